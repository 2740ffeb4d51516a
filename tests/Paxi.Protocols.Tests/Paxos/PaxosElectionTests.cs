using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Protocols.Paxos;
using Xunit;

namespace Paxi.Protocols.Tests.Paxos;

/// <summary>Elections and failover.</summary>
public sealed class PaxosElectionTests : PaxosClusterSpec
{
    [Fact]
    public void The_first_replica_leads_at_once()
    {
        Start();
        Assert.Equal(new ReplicaId(1, 1), Leader);
        Assert.True(Cluster.World.Now < TimeSpan.FromMilliseconds(300), $"the first write took {Cluster.World.Now}");
        Assert.Equal(1, Cluster.Coverage.Elections);
    }

    [Fact]
    public void One_replica_alone_is_a_cluster()
    {
        Start(nodes: 1);
        Put("k", "v");
        Assert.Equal("v", Get("k"));
        Assert.Equal("v", Get("k", ReadMode.Leader));
        Assert.Equal("v", Get("k", ReadMode.Quorum));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void Failover_takes_less_than_a_second_in_the_median(int nodes)
    {
        var times = new List<double>();
        for (var seed = 1UL; seed <= 15; seed++)
        {
            Start(nodes: nodes, seed: seed);
            Advance(1000 + (seed * 37));
            var before = Leader;
            var crashedAt = Cluster.World.Now;
            Cluster.Node(before).Crash();
            Put("after", "crash");
            Assert.NotEqual(before, Leader);
            times.Add((Cluster.World.Now - crashedAt).TotalMilliseconds);
            Cluster.Dispose();
        }

        times.Sort();
        Assert.True(times[times.Count / 2] < 1_000, $"median {times[times.Count / 2]} ms");
        Assert.True(times[^1] < 2_000, $"longest {times[^1]} ms");
    }

    [Fact]
    public void A_leader_that_comes_back_follows_and_catches_up()
    {
        Start();
        PutMany(20, "before");
        var first = Leader;
        Cluster.Node(first).Crash();
        PutMany(20, "after");
        var second = Leader;
        Cluster.Node(first).Start();
        Converge();
        Advance(3_000);
        Assert.Equal(second, Leader);
        Assert.Equal(2, Cluster.Coverage.Elections);
    }

    [Fact]
    public void A_follower_that_restarts_does_not_disturb_the_leader()
    {
        Start();
        for (var round = 0; round < 5; round++)
        {
            Cluster.Node(Followers[round % 2]).Restart();
            Put("k", $"{round}");
            Advance(1_500);
        }

        Assert.Equal(1, Cluster.Coverage.Elections);
        Converge();
    }

    [Fact]
    public void After_a_crash_of_all_every_acknowledged_write_is_there()
    {
        Start();
        PutMany(30, "kept");
        foreach (var node in Cluster.Nodes)
        {
            node.Crash();
        }

        Cluster.Start();
        for (var key = 0; key < 30; key++)
        {
            Assert.Equal("kept", Get($"k{key}"));
        }

        Converge();
    }

    /// <summary>One-way: its heartbeats arrive, but it hears nothing. It must notice, or the cluster stands still for ever.</summary>
    [Fact]
    public void A_leader_that_hears_nothing_makes_room()
    {
        Start();
        var deaf = Leader;
        Cluster.Network.CutOneWay(Others(deaf), [Name(deaf)]);
        var cutAt = Cluster.World.Now;
        Put("k", "v");
        Assert.NotEqual(deaf, Leader);
        Assert.True(Cluster.World.Now - cutAt < TimeSpan.FromSeconds(4), $"it took {Cluster.World.Now - cutAt}");
        Cluster.Network.Heal();
        Converge();
    }

    /// <summary>One-way the other way round: it misses the leader, but the others hear both. Leader after leader deposed is what the poll prevents.</summary>
    [Fact]
    public void A_follower_that_hears_nothing_deposes_nobody()
    {
        Start();
        var deaf = Followers[0];
        Cluster.Network.CutOneWay(Others(deaf), [Name(deaf)]);
        for (var round = 0; round < 20; round++)
        {
            Put("k", $"{round}");
            Advance(500);
        }

        Assert.Equal(1, Cluster.Coverage.Elections);
        Cluster.Network.Heal();
        Put("k", "healed");
        Converge();
        Assert.Equal(1, Cluster.Coverage.Elections);
    }

    [Fact]
    public void A_leader_cut_off_from_a_quorum_stops_claiming_to_lead()
    {
        Start(nodes: 5);
        var cut = Leader;
        Cluster.Network.Partition([Name(cut), Name(Followers[0])]);
        Advance(3_000);
        Assert.NotEqual("leading", Cluster.StatusOf(cut)!.Find(PaxosRoles.Leader, "state"));
        Put("k", "v");
        Cluster.Network.Heal();
        Converge();
    }

    /// <summary>Nobody can win while messages take longer than the timeouts; but rivals back off, so that promises do not climb without end.</summary>
    [Fact]
    public void Rivals_do_not_duel()
    {
        Start("election-timeout = 100ms, heartbeat-interval = 20ms, lease.duration = 80ms", nodes: 5);
        var before = Cluster.Coverage.Elections;
        for (var round = 0; round < 10; round++)
        {
            Cluster.Node(Leader).Crash();
            Put("k", $"{round}");
            Cluster.Start();
            Advance(500);
        }

        var elections = Cluster.Coverage.Elections - before;
        Assert.InRange(elections, 10, 13);
    }

    [Fact]
    public void A_paused_leader_that_wakes_up_decides_nothing_against_the_new_one()
    {
        Start();
        var paused = Leader;
        Cluster.Node(paused).Pause();
        Put("k", "new");
        Cluster.Node(paused).Resume();
        Put("k", "newer");
        Converge();
        Assert.Equal("newer", Get("k"));
    }
}
