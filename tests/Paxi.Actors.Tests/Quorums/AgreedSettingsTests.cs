using System.Collections.Immutable;
using Akka.Configuration;
using Paxi.Actors.Configuration;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;
using Xunit;

namespace Paxi.Actors.Tests.Quorums;

public sealed class AgreedSettingsTests
{
    private static readonly ImmutableArray<ReplicaId> s_three = [new(1, 1), new(1, 2), new(1, 3)];

    [Theory]
    [InlineData("sessions.max = 9")]
    [InlineData("sessions.max-outstanding = 9")]
    [InlineData("store.max-versions = 9")]
    [InlineData("lease.duration = 300ms")]
    [InlineData("lease.max-drift = 9")]
    [InlineData("ephemeral-leader = on")]
    public void Each_of_them_changes_the_fingerprint(string setting) => Assert.NotEqual(Of("").Fingerprint, Of(setting).Fingerprint);

    [Theory]
    [InlineData("lease.duration = 0.4s")]
    [InlineData("ephemeral-leader = false")]
    [InlineData("sessions.max = \"65536\"")]
    [InlineData("client.timeout = 1s, thrifty = on, batch.pipeline = 3")]
    public void Another_way_to_write_a_value_or_a_setting_of_one_replica_does_not(string setting) => Assert.Equal(Of("").Fingerprint, Of(setting).Fingerprint);

    [Fact]
    public void Voters_quorums_and_algorithm_change_it()
    {
        var settings = Reference.Section(Config.Empty);
        uint[] fingerprints =
        [
            AgreedSettings.Of("paxos", QuorumSystem.Majority(s_three), settings).Fingerprint,
            AgreedSettings.Of("other", QuorumSystem.Majority(s_three), settings).Fingerprint,
            AgreedSettings.Of("paxos", QuorumSystem.Majority(s_three[..2]), settings).Fingerprint,
            AgreedSettings.Of("paxos", QuorumSystem.Flexible(s_three, 3, 1), settings).Fingerprint,
        ];
        Assert.Equal(fingerprints.Length, fingerprints.Distinct().Count());
    }

    /// <summary>A lease ends with the process; what is voted on and executed does not.</summary>
    [Fact]
    public void The_journal_keeps_those_that_outlive_a_restart()
    {
        Assert.Equal("voters=1.1,1.2,1.3 quorums=q1=2/q2=2 sessions.max=65536 sessions.max-outstanding=16384 store.max-versions=16",
            Of("lease.duration = 0").Identity(s_three[0], "paxos").Settings);
    }

    private static AgreedSettings Of(string settings) =>
        AgreedSettings.Of("paxos", QuorumSystem.Flexible(s_three, 2, 2), Reference.Section(ConfigurationFactory.ParseString(settings)));
}
