using System.Collections.Immutable;
using Akka.Configuration;
using Paxi.Actors.Configuration;
using Paxi.Actors.Epochs;
using Paxi.Actors.Quorums;
using Xunit;

namespace Paxi.Actors.Tests.Epochs;

/// <summary>A voter that nobody hears: it stays one, or is removed after a time where the configuration says so.</summary>
public sealed class UnreachableTests
{
    private static readonly ImmutableArray<ReplicaId> s_five = [.. Enumerable.Range(1, 5).Select(static node => new ReplicaId(1, (ushort)node))];
    private static readonly EpochOptions s_removing = new() { RemovesUnreachable = true, UnreachableAfter = TimeSpan.FromSeconds(10) };

    private static EpochsCluster Five(EpochOptions? options = null) => new(1, s_five, static voters => QuorumSystem.Majority(voters), options: options);

    private static ImmutableArray<ReplicaId> Ids(params int[] nodes) => [.. nodes.Select(static node => new ReplicaId(1, (ushort)node))];

    private static ReplicaId Id(int node) => new(1, (ushort)node);

    [Fact]
    public void A_voter_that_is_gone_stays_one_by_default()
    {
        using var cluster = Five();
        cluster.Crash(Id(5));
        cluster.Run(600);
        Assert.All(cluster.Told.Values, Assert.Empty);
    }

    [Fact]
    public void It_is_removed_after_the_configured_time()
    {
        using var cluster = Five(s_removing);
        cluster.Run(30);
        cluster.Crash(Id(5));
        cluster.Run(9);
        Assert.All(cluster.Told.Values, Assert.Empty);
        cluster.Run(6);
        foreach (var voter in Ids(1, 2, 3, 4))
        {
            Assert.Equal(new Epoch(3, Ids(1, 2, 3, 4)), cluster.Told[voter][^1]);
        }
    }

    /// <summary>The second goes a whole time after the first, and the third not at all: two would be left.</summary>
    [Fact]
    public void One_is_removed_at_a_time_and_three_are_left()
    {
        using var cluster = Five(s_removing);
        cluster.Crash(Id(1));
        cluster.Crash(Id(2));
        cluster.Run(15);
        Assert.Equal(new Epoch(3, Ids(2, 3, 4, 5)), cluster.Told[Id(4)][^1]);
        cluster.Run(15);
        Assert.Equal(new Epoch(5, Ids(3, 4, 5)), cluster.Told[Id(4)][^1]);
        cluster.Crash(Id(3));
        cluster.Run(100);
        Assert.Equal(5, cluster.Told[Id(4)][^1].Number);
    }

    /// <summary>Those that are cut off miss all others, which are the most.</summary>
    [Fact]
    public void A_minority_that_is_cut_off_removes_nobody()
    {
        using var cluster = Five(s_removing);
        cluster.Cut(Id(1));
        cluster.Run(100);
        Assert.Empty(cluster.Told[Id(1)]);
        Assert.Equal(new Epoch(3, Ids(2, 3, 4, 5)), cluster.Told[Id(3)][^1]);

        using var lonely = Five(s_removing);
        lonely.Cut(Id(3), Id(4), Id(5));
        lonely.Run(100);
        Assert.All(lonely.Told.Values, Assert.Empty);
    }

    /// <summary>With fz = 0 the old quorums of a whole zone could still form, so the change would never end.</summary>
    [Fact]
    public void A_voter_stays_where_its_removal_could_not_end()
    {
        ImmutableArray<ReplicaId> nine = [.. Enumerable.Range(0, 9).Select(static index => new ReplicaId((ushort)(1 + (index / 3)), (ushort)(1 + (index % 3))))];
        using var cluster = new EpochsCluster(1, nine, static voters => QuorumSystem.FlexibleGrid(voters, 0), options: s_removing);
        cluster.Crash(nine[7]);
        cluster.Crash(nine[8]);
        cluster.Run(100);
        Assert.All(cluster.Told.Values, Assert.Empty);
    }

    [Fact]
    public void The_time_is_held_against_the_beats()
    {
        var section = Reference.Section(ConfigurationFactory.ParseString("epochs { remove-unreachable = on, unreachable-after = 4s }"));
        var fault = Assert.Throws<ArgumentException>(() => EpochOptions.Create(section));
        Assert.Equal("paxi.epochs.unreachable-after = 4s; it must be at least ten times paxi.epochs.beat-interval, 500ms", fault.Message);
        Assert.False(EpochOptions.Create(Reference.Section(Config.Empty)).RemovesUnreachable);
    }
}
