using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Protocols.Paxos;
using Xunit;

namespace Paxi.Protocols.Tests.Paxos;

/// <summary>Lagging replicas, lost messages, snapshots.</summary>
public sealed class PaxosCatchUpTests : PaxosClusterSpec
{
    [Fact]
    public void A_lost_accept_is_sent_again()
    {
        Start(nodes: 3);
        var (lost, other) = (Followers[0], Followers[1]);
        Cluster.Node(other).Crash();
        Cluster.Network.Link(Leader, lost).IsCut = true;
        SimulatedReply reply = new();
        Client.Send(new Set("k", "v"u8.ToArray()), answer => reply.Value = answer);
        Advance(100);
        Assert.Null(reply.Value);
        Cluster.Network.Heal();
        Advance(500);
        Assert.Equal(Outcome.Done, reply.Value!.Outcome);
    }

    /// <summary>A slot that no quorum voted for before its leader went down, with a later slot that one did: Paxi never fills such a gap.</summary>
    [Fact]
    public void A_gap_that_a_dead_leader_left_is_filled()
    {
        Start("batch.pipeline = 4, batch.pace = 0", nodes: 3);
        var dead = Leader;
        var (one, two) = (Followers[0], Followers[1]);

        var (losing, finding) = (AddHastyClient(dead), AddHastyClient(dead));

        // Slot n reaches nobody; slot n + 1 reaches one follower, which is no quorum without the leader's disk.
        Cluster.Node(dead).Disk.Stall(TimeSpan.FromSeconds(5));
        Cluster.Network.CutOneWay([Name(dead)], Others(dead));
        SendOnce(losing, "lost");
        Advance(20);
        Cluster.Network.Heal();
        Cluster.Network.Link(dead, two).IsCut = true;
        SendOnce(finding, "found");
        Advance(20);
        Cluster.Node(dead).Crash();
        Cluster.Network.Heal();

        Put("k", "v");
        Assert.Contains(Leader, new[] { one, two });
        Assert.Equal(1, Cluster.Coverage.NoOps);
        Cluster.Node(dead).Start();
        Converge();
        Assert.Equal("once", Get("found"));
        Assert.Null(Get("lost"));
    }

    [Fact]
    public void A_replica_that_was_down_catches_up_by_the_log()
    {
        Start();
        var lagging = Followers[1];
        Cluster.Node(lagging).Crash();
        PutMany(200, "v");
        Cluster.Node(lagging).Start();
        Converge();
        Assert.Equal(0, Cluster.Coverage.SnapshotsFromPeers);
        Assert.Equal(0, Number(lagging, PaxosRoles.Learner, "snapshot"));
    }

    [Fact]
    public void A_replica_that_was_down_for_long_catches_up_by_snapshot()
    {
        Start("snapshot.every-slots = 20, snapshot.retain-slots = 5, snapshot.chunk-bytes = 256");
        var lagging = Followers[1];
        Cluster.Node(lagging).Crash();
        PutMany(200, "v");
        Cluster.Node(lagging).Start();
        Converge();
        Assert.True(Number(lagging, PaxosRoles.Learner, "snapshot") > 100);
        Assert.True(Number(Leader, PaxosRoles.Acceptor, "truncated") > 100);

        // And it is a full member again: with another one down its votes count.
        Cluster.Node(Followers.First(id => id != lagging)).Crash();
        Put("k", "again");
    }

    [Fact]
    public void A_replica_with_an_empty_disk_catches_up_by_snapshot()
    {
        Start("snapshot.every-slots = 20, snapshot.retain-slots = 0");
        PutMany(100, "v");

        // The last member has voted for what was decided; losing its disk breaks what it promised, which only the other two can make good.
        var wiped = Followers[1];
        Cluster.Node(wiped).Crash();
        PutMany(100, "w");
        Cluster.Node(wiped).Disk.Wipe();
        Cluster.Node(wiped).Start();
        Cluster.World.Run(Cluster.HasConverged, TimeSpan.FromSeconds(5));
        Assert.True(Cluster.HasConverged());
    }

    /// <summary>A replica that lags stands for election: it must not decide anything again that the others have decided and cut off.</summary>
    [Fact]
    public void A_lagging_replica_that_becomes_leader_catches_up_first()
    {
        Start("snapshot.every-slots = 20, snapshot.retain-slots = 0", nodes: 3);
        var leader = Leader;
        var (lagging, other) = (Followers[0], Followers[1]);
        Cluster.Network.Partition([Name(lagging)]);
        PutMany(100, "v");
        Cluster.Network.Heal();

        // The other follower may not stand: it hears nobody who would answer its polls.
        Cluster.Node(leader).Crash();
        Cluster.Network.CutOneWay([Name(lagging)], [Name(other)]);
        Advance(1_200);
        Cluster.Network.Heal();
        Put("k", "after");
        Cluster.Node(leader).Start();
        Converge();
        Assert.Equal("v", Get("k50"));
    }

    [Fact]
    public void The_log_in_memory_and_on_disk_stays_bounded()
    {
        Start("snapshot.every-slots = 10, snapshot.retain-slots = 5");
        PutMany(300, "v");
        Converge();
        Advance(500);
        foreach (var node in Cluster.Nodes)
        {
            Assert.InRange(node.Disk.Count(PaxosJournal.LogTable), 1, 30);
            Assert.InRange(node.Disk.Count(PaxosJournal.SnapshotTable), 1, 2);
        }
    }

    [Fact]
    public void Snapshots_are_due_by_bytes_too()
    {
        Start("snapshot.every-slots = 100000, snapshot.every-bytes = 2k, snapshot.retain-bytes = 500");
        PutMany(200, "0123456789012345678901234567890123456789");
        Advance(500);
        Assert.True(Number(Leader, PaxosRoles.Learner, "snapshot") > 100);
        Assert.True(Number(Leader, PaxosRoles.Acceptor, "log_bytes") < 4_000);
    }

    private sealed class SimulatedReply
    {
        public Reply? Value { get; set; }
    }
}
