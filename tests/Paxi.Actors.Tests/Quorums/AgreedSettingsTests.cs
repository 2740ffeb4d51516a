using System.Collections.Immutable;
using Akka.Configuration;
using Paxi.Actors.Configuration;
using Paxi.Actors.Epochs;
using Paxi.Actors.Replicas;
using Xunit;

namespace Paxi.Actors.Tests.Quorums;

public sealed class AgreedSettingsTests
{
    private static readonly ImmutableArray<ReplicaId> s_three = [new(1, 1), new(1, 2), new(1, 3)];

    [Theory]
    [InlineData("grid.fz = 1")]
    [InlineData("grid.fn = 0")]
    [InlineData("grid.rows = on")]
    [InlineData("sessions.max = 9")]
    [InlineData("sessions.max-outstanding = 9")]
    [InlineData("store.max-versions = 9")]
    [InlineData("lease.duration = 300ms")]
    [InlineData("lease.max-drift = 9")]
    [InlineData("ephemeral-leader = on")]
    public void Each_of_them_changes_the_fingerprint(string setting) => Assert.NotEqual(Print(Of("")), Print(Of(setting)));

    [Theory]
    [InlineData("lease.duration = 0.4s")]
    [InlineData("ephemeral-leader = false")]
    [InlineData("sessions.max = \"65536\"")]
    [InlineData("client.timeout = 1s, thrifty = on, batch.pipeline = 3")]
    public void Another_way_to_write_a_value_or_a_setting_of_one_replica_does_not(string setting) => Assert.Equal(Print(Of("")), Print(Of(setting)));

    [Fact]
    public void Voters_quorums_and_algorithm_change_it()
    {
        var settings = Reference.Section(Config.Empty);
        uint[] fingerprints =
        [
            Print(AgreedSettings.Of("paxos", settings)),
            Print(AgreedSettings.Of("other", settings)),
            AgreedSettings.Of("paxos", settings).FingerprintIn(new Epoch(1, s_three[..2])),
            AgreedSettings.Of("paxos", settings).FingerprintIn(new Epoch(2, s_three, s_three[..2])),
            Print(Of("quorum { q1 = 3, q2 = 1 }")),
        ];
        Assert.Equal(fingerprints.Length, fingerprints.Distinct().Count());
    }

    [Theory]
    [InlineData("quorum.q1 = 2")]
    [InlineData("quorum { q1 = 2, q2 = 2 }")]
    public void A_majority_is_the_same_written_out(string setting)
    {
        Assert.Equal(Print(Of("")), Print(Of(setting)));
        Assert.Equal(Of("").FingerprintIn(new Epoch(2, s_three, s_three[..2])), Of(setting).FingerprintIn(new Epoch(2, s_three, s_three[..2])));

        // Of one voter a majority is one; two are not.
        Assert.NotEqual(Of("").FingerprintIn(new Epoch(2, s_three, s_three[..1])), Of(setting).FingerprintIn(new Epoch(2, s_three, s_three[..1])));
    }

    /// <summary>A lease ends with the process; what is voted on and executed does not.</summary>
    [Fact]
    public void The_journal_keeps_those_that_outlive_a_restart()
    {
        Assert.Equal("quorum.q1=0 quorum.q2=0 grid.fz=0 grid.fn=-1 grid.rows=off sessions.max=65536 sessions.max-outstanding=16384 store.max-versions=16 groups=0 group-size=0",
            Of("lease.duration = 0").Identity(s_three[0], "paxos").Settings);
    }

    private static AgreedSettings Of(string settings) =>
        AgreedSettings.Of("paxos", Reference.Section(ConfigurationFactory.ParseString(settings)));

    private static uint Print(AgreedSettings settings) => settings.FingerprintIn(new Epoch(1, s_three));
}
