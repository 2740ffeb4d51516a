using System.Collections.Immutable;
using Paxi.Actors.Epochs;
using Paxi.Actors.Quorums;
using Xunit;

namespace Paxi.Actors.Tests.Epochs;

/// <summary>The log of epochs: changes are agreed, in two steps, one at a time, and survive crashes, rivals and loss.</summary>
public sealed class EpochsTests
{
    private static readonly ImmutableArray<ReplicaId> s_three = Ids(1, 3);

    private static ImmutableArray<ReplicaId> Ids(int fromZone, int toZone, int nodes = 3) =>
        [.. Enumerable.Range(fromZone, toZone - fromZone + 1).SelectMany(zone => Enumerable.Range(1, nodes).Select(node => new ReplicaId((ushort)zone, (ushort)node)))];

    private static QuorumSystem Grid0(ImmutableArray<ReplicaId> voters) => QuorumSystem.FlexibleGrid(voters, 0);

    private static QuorumSystem Grid1(ImmutableArray<ReplicaId> voters) => QuorumSystem.FlexibleGrid(voters, 1);

    private static ReplicaId Id(string text) => ReplicaId.Parse(text);

    [Fact]
    public void A_zone_joins_in_two_steps()
    {
        using var cluster = new EpochsCluster(1, s_three, Grid0);
        var zone = Ids(4, 4);
        Join(cluster, zone);
        var answers = cluster.Change(Id("1.1"), zone, []);
        cluster.Run(5);
        Assert.Null(Assert.Single(answers).Error);
        Assert.Equal(new Epoch(3, Ids(1, 4)), answers[0].Epoch.ToEpoch());
        foreach (var (replica, told) in cluster.Told)
        {
            Assert.Equal([new Epoch(2, Ids(1, 4), s_three), new Epoch(3, Ids(1, 4))], told);
        }
    }

    [Fact]
    public void A_new_voter_that_has_not_caught_up_does_not_count()
    {
        using var cluster = new EpochsCluster(2, s_three, Grid0, options: new EpochOptions { ChangeTimeout = TimeSpan.FromSeconds(4) });
        var zone = Ids(4, 4);
        Join(cluster, zone[..2]);
        cluster.Add(zone[2]);
        var answers = cluster.Change(Id("2.1"), zone, []);
        cluster.Run(3.9);
        Assert.Empty(answers);
        Assert.All(cluster.Told.Values, Assert.Empty);
        cluster.Run(1);
        Assert.Equal("not within 4 s: 4.3 has not caught up; the members are as before", Assert.Single(answers).Error);
    }

    /// <summary>With fz = 0 a minority of each zone is not enough to know that the old voters cannot decide any more.</summary>
    [Fact]
    public void The_new_voters_do_not_count_alone_before_the_old_cannot_decide()
    {
        using var cluster = new EpochsCluster(3, s_three, Grid0);
        cluster.Cut(Id("3.1"), Id("3.2"));
        var answers = cluster.Change(Id("1.1"), [], Ids(3, 3));
        cluster.Run(10);
        Assert.Empty(answers);
        Assert.Equal([new Epoch(2, Ids(1, 2), s_three)], cluster.Told[Id("1.1")]);
        cluster.Heal();
        cluster.Run(10);
        Assert.Null(Assert.Single(answers).Error);
        Assert.Equal(new Epoch(3, Ids(1, 2)), cluster.Told[Id("1.1")][^1]);
    }

    [Fact]
    public void With_fz_1_a_zone_that_is_gone_can_be_removed()
    {
        using var cluster = new EpochsCluster(4, s_three, Grid1);
        foreach (var gone in Ids(3, 3))
        {
            cluster.Crash(gone);
        }

        var answers = cluster.Change(Id("1.1"), [], Ids(3, 3));
        cluster.Run(10);
        Assert.Null(Assert.Single(answers).Error);
        Assert.Equal(new Epoch(3, Ids(1, 2)), answers[0].Epoch.ToEpoch());
    }

    [Fact]
    public void The_joint_epoch_stays_while_nobody_new_is_synced_and_is_taken_back()
    {
        using var cluster = new EpochsCluster(5, s_three, Grid0, options: new EpochOptions { ChangeTimeout = TimeSpan.FromSeconds(5) });
        var zone = Ids(4, 4);
        Join(cluster, zone);
        // All but one of each zone: every phase-1 quorum needs a majority of every zone, so none is without a synced member; here no zone has enough.
        cluster.Syncing.Clear();
        var answers = cluster.Change(Id("1.1"), zone, []);
        cluster.Run(4.5);
        Assert.Empty(answers);
        Assert.True(cluster.Told[Id("1.2")][^1].IsJoint);
        cluster.Run(5);
        Assert.Equal("the new voters were not synced in time; the members are as before", Assert.Single(answers).Error);
        Assert.Equal(new Epoch(3, s_three), cluster.Told[Id("1.2")][^1]);
    }

    [Fact]
    public void A_change_goes_on_when_its_driver_dies_in_the_middle()
    {
        using var cluster = new EpochsCluster(6, s_three, Grid1);
        cluster.Syncing.Clear();
        cluster.Change(Id("1.1"), [], Ids(3, 3));
        cluster.Run(2);
        Assert.True(cluster.Told[Id("2.2")][^1].IsJoint);
        cluster.Crash(Id("1.1"));
        foreach (var voter in Ids(1, 2))
        {
            if (voter != Id("1.1"))
            {
                cluster.Tell(voter, new Synced(2));
            }
        }

        cluster.Run(10);
        Assert.Equal(new Epoch(3, Ids(1, 2)), cluster.Told[Id("2.2")][^1]);
        cluster.Restart(Id("1.1"));
        cluster.Run(3);
        Assert.Equal(new Epoch(3, Ids(1, 2)), cluster.Told[Id("1.1")][^1]);
    }

    /// <summary>
    /// Seed 575 of WPaxos went on without an end: two replicas with slow disks knew the epoch, acted in different ones before it, and answered each other's envelopes with what both knew.
    /// </summary>
    [Fact]
    public void A_peer_that_acts_in_an_older_epoch_is_told_of_the_newest_but_not_with_each_of_its_envelopes()
    {
        using var cluster = new EpochsCluster(1, s_three, Grid0, options: new EpochOptions { BeatInterval = TimeSpan.FromSeconds(1) });
        var other = new OtherEpoch(Id("1.2"), 0);
        var before = cluster.Notices;
        for (var envelope = 0; envelope < 10; envelope++)
        {
            cluster.Tell(Id("1.1"), other);
        }

        Assert.Equal(before + 1, cluster.Notices);
        cluster.Run(0.3);
        cluster.Tell(Id("1.1"), other);
        Assert.Equal(before + 2, cluster.Notices);
    }

    [Fact]
    public void One_change_at_a_time()
    {
        using var cluster = new EpochsCluster(7, s_three, Grid1);
        cluster.Syncing.Clear();
        cluster.Change(Id("1.1"), [], Ids(3, 3));
        cluster.Run(2);
        var second = cluster.Change(Id("2.1"), [], Ids(1, 1));
        cluster.Run(0.1);
        Assert.Contains("one change at a time", Assert.Single(second).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_that_the_rules_forbid_is_refused()
    {
        using var cluster = new EpochsCluster(8, s_three, Grid1);
        var answers = cluster.Change(Id("1.1"), [], Ids(2, 3));
        Assert.Equal("fz = 1 must be from 0 to 0, less than the number of zones", Assert.Single(answers).Error);
        Assert.Equal("the voters are 1.1, 1.2, 1.3, 2.1, 2.2, 2.3, 3.1, 3.2, 3.3 already", Assert.Single(cluster.Change(Id("1.1"), [Id("1.1")], [])).Error);
    }

    /// <summary>Rival changes at two replicas, loss, crashes: each epoch is the same everywhere, and epochs follow each other as they may.</summary>
    [Fact]
    public void Epochs_are_agreed_under_faults()
    {
        for (ulong seed = 1; seed <= 60; seed++)
        {
            using var cluster = new EpochsCluster(seed, s_three, Grid1, loss: (int)(seed % 4) * 10);
            var random = cluster.World.Random.Fork("faults");
            var zone = Ids(4, 4);
            Join(cluster, zone);
            cluster.Change(Id("1.1"), zone, []);
            cluster.Change(Id("3.2"), [], Ids(2, 2));
            for (var round = 0; round < 12; round++)
            {
                var replica = s_three[random.Next(s_three.Length)];
                cluster.Run(random.NextDouble());
                cluster.Crash(replica);
                cluster.Run(random.NextDouble());
                cluster.Restart(replica);
            }

            cluster.Loss = 0;
            cluster.Run(20);
            var decided = new SortedDictionary<long, Epoch> { [1] = new Epoch(1, s_three) };
            foreach (var epoch in cluster.Told.Values.SelectMany(told => told))
            {
                Assert.True(decided.TryAdd(epoch.Number, epoch) || decided[epoch.Number] == epoch, $"seed {seed}: {epoch} and {decided[epoch.Number]}");
            }

            foreach (var (number, epoch) in decided)
            {
                Assert.True(number == 1 || !decided.TryGetValue(number - 1, out var before) || Follows(before, epoch), $"seed {seed}: {epoch}");
            }

            var last = decided.Values.Last();
            Assert.False(last.IsJoint, $"seed {seed}: {last}");
            Assert.All(last.Voters, voter => Assert.Equal(last, cluster.Told[voter].LastOrDefault(new Epoch(1, s_three))));
        }
    }

    private static bool Follows(Epoch before, Epoch after) => before.IsJoint
        ? after == before.ToFinal() || after == before.ToAborted()
        : after.IsJoint && after.Before.SequenceEqual(before.Voters);

    private static void Join(EpochsCluster cluster, ImmutableArray<ReplicaId> zone)
    {
        foreach (var replica in zone)
        {
            cluster.Add(replica);
            cluster.Tell(replica, new Synced(1));
        }
    }
}
