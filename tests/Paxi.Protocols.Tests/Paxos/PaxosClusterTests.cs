using System.Text;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Protocols.Paxos;
using Paxi.TestKit.Simulation;
using Xunit;

namespace Paxi.Protocols.Tests.Paxos;

/// <summary>Whole clusters in the simulated world, with every check attached: what each test names must hold, and no step may break a property.</summary>
public abstract class PaxosClusterSpec : IDisposable
{
    private SimulatedCluster? _cluster;

    protected SimulatedCluster Cluster => _cluster ?? throw new InvalidOperationException("call Start first");

    protected SimulatedClient Client { get; private set; } = null!;

    public void Dispose()
    {
        try
        {
            _cluster?.ThrowIfFailed();
        }
        finally
        {
            _cluster?.Dispose();
            GC.SuppressFinalize(this);
        }
    }

    /// <summary>Starts a cluster and waits until a first write is done.</summary>
    protected void Start(string settings = "", int nodes = 3, ulong seed = 1)
    {
        _cluster = new SimulatedCluster(new PaxosProtocol(), new ClusterOptions { Settings = settings, Nodes = nodes, Seed = seed });
        Cluster.Start();
        Advance(10);
        Client = Cluster.AddClient();
        Put("first", "write");
    }

    protected void Put(string key, string value, TimeSpan? within = null)
    {
        var reply = Client.Execute(new Set(key, Encoding.UTF8.GetBytes(value)), within);
        Assert.Equal(Outcome.Done, reply.Outcome);
        Cluster.ThrowIfFailed();
    }

    /// <summary>A client whose commands are given up soon, so that what is lost stays lost.</summary>
    protected SimulatedClient AddHastyClient(ReplicaId to)
    {
        var client = Cluster.AddClient([to], static settings => settings with { Timeout = TimeSpan.FromMilliseconds(100) });
        Assert.Equal(Outcome.Done, client.Execute(new Set("session", "open"u8.ToArray())).Outcome);
        return client;
    }

    protected static void SendOnce(SimulatedClient client, string key) => client.Send(new Set(key, "once"u8.ToArray()), static _ => { });

    protected void PutMany(int count, string value)
    {
        for (var key = 0; key < count; key++)
        {
            Put($"k{key}", value);
        }
    }

    protected string? Get(string key, ReadMode? mode = null, SimulatedClient? client = null)
    {
        var reply = (client ?? Client).Execute(new Get(key) { Mode = mode });
        Assert.Equal(Outcome.Done, reply.Outcome);
        Cluster.ThrowIfFailed();
        return reply.Value is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;
    }

    protected void Advance(double milliseconds) => Cluster.World.Advance(TimeSpan.FromMilliseconds(milliseconds));

    protected void Converge(double withinMilliseconds = 5_000)
    {
        Cluster.World.Run(Cluster.HasConverged, TimeSpan.FromMilliseconds(withinMilliseconds));
        Assert.True(Cluster.HasConverged(), "the replicas have not executed the same");
        Cluster.CheckConverged();
        Cluster.ThrowIfFailed();
    }

    protected ReplicaId Leader => Cluster.Leader ?? throw new InvalidOperationException("nobody has led yet");

    protected ReplicaId[] Followers => [.. Cluster.Replicas.Where(id => id != Leader)];

    protected string Name(ReplicaId id) => Cluster.Node(id).Name;

    protected string[] Others(ReplicaId id) => [.. Cluster.Replicas.Where(other => other != id).Select(Name)];

    /// <summary>A number that a role of a replica shows.</summary>
    protected long Number(ReplicaId id, string role, string name) => long.Parse(Cluster.StatusOf(id)!.Find(role, name)!);
}

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

/// <summary>Quorums and reads.</summary>
public sealed class PaxosReadTests : PaxosClusterSpec
{
    [Theory]
    [InlineData("quorum.q1 = 4, quorum.q2 = 2")]
    [InlineData("quorum.q1 = 5, quorum.q2 = 1")]
    [InlineData("quorum.q1 = 2, quorum.q2 = 4")]
    [InlineData("thrifty = on")]
    [InlineData("thrifty = on, quorum.q1 = 4, quorum.q2 = 2")]
    public void Every_way_to_read_sees_every_write(string settings)
    {
        Start(settings, nodes: 5);
        for (var round = 0; round < 10; round++)
        {
            Put("k", $"{round}");
            Assert.Equal($"{round}", Get("k", ReadMode.Log));
            Assert.Equal($"{round}", Get("k", ReadMode.Leader));
            Assert.Equal($"{round}", Get("k", ReadMode.Quorum));
        }

        Converge();
    }

    /// <summary>Flexible Paxos: with q2 = 2 of 5 the commit needs one follower, so three may be down.</summary>
    [Fact]
    public void A_small_phase_2_quorum_goes_on_when_most_replicas_are_down()
    {
        Start("quorum.q1 = 4, quorum.q2 = 2", nodes: 5);
        foreach (var follower in Followers[..3])
        {
            Cluster.Node(follower).Crash();
        }

        PutMany(10, "v");
        Cluster.Start();
        Converge();
    }

    [Fact]
    public void A_thrifty_leader_goes_on_when_one_of_its_few_is_down()
    {
        Start("thrifty = on", nodes: 5);
        Cluster.Node(new ReplicaId(1, 2)).Crash();
        var started = Cluster.World.Now;
        PutMany(50, "v");

        // One silence of a retransmission interval, and then everyone is asked: not one silence a slot.
        Assert.True(Cluster.World.Now - started < TimeSpan.FromSeconds(2), $"{Cluster.World.Now - started}");
        Cluster.Start();
        Converge();
    }

    /// <summary>The deposed leader has not heard so; its lease has run out before the other could be elected.</summary>
    [Fact]
    public void A_deposed_leader_does_not_answer_lease_reads()
    {
        Start();
        var old = Leader;
        Put("k", "old");
        var near = Cluster.AddClient([old], settings => settings with { ReadMode = ReadMode.Leader, Timeout = TimeSpan.FromMilliseconds(300) });
        Assert.Equal("old", Get("k", client: near));
        Cluster.Network.Split(Others(old), [Name(old)]);
        var reads = new List<string?>();
        for (var round = 0; round < 30; round++)
        {
            near.Send(new Get("k"), reply => reads.Add(reply.Outcome == Outcome.Done ? Encoding.UTF8.GetString(reply.Value!.Value.Span) : null));
            Advance(50);
        }

        Put("k", "new");
        Assert.NotEqual(old, Leader);
        reads.Clear();
        near.Send(new Get("k"), reply => reads.Add(reply.Outcome == Outcome.Done ? Encoding.UTF8.GetString(reply.Value!.Value.Span) : null));
        Advance(400);
        Assert.Equal([null], reads);
    }

    /// <summary>A leader read takes no message between replicas.</summary>
    [Fact]
    public void A_lease_read_costs_no_round()
    {
        Start();
        Put("k", "v");
        var before = Cluster.Coverage.Votes;
        for (var round = 0; round < 20; round++)
        {
            Assert.Equal("v", Get("k", ReadMode.Leader));
        }

        Assert.Equal(before, Cluster.Coverage.Votes);
        Assert.Equal(20, Number(Leader, PaxosRoles.Reader, "reads"));
    }

    /// <summary>Paxos Quorum Reads leave the leader alone, and go on without one as long as nothing is undecided.</summary>
    [Fact]
    public void Quorum_reads_need_no_leader()
    {
        Start(nodes: 5);
        Put("k", "v");
        Converge();
        Advance(200);
        Cluster.Node(Leader).Crash();
        var client = Cluster.AddClient(Followers);
        Assert.Equal("v", Get("k", ReadMode.Quorum, client));
    }

    [Fact]
    public void Quorum_reads_do_not_wait_for_what_a_dead_leader_left_undecided()
    {
        Start(nodes: 3);
        Put("k", "v");
        var dead = Leader;
        var (one, two) = (Followers[0], Followers[1]);

        var losing = AddHastyClient(dead);

        // A vote at one follower for a slot that the next leader does not find, because that follower is down during the election.
        Cluster.Node(dead).Disk.Stall(TimeSpan.FromSeconds(5));
        Cluster.Network.Link(dead, two).IsCut = true;
        SendOnce(losing, "lost");
        Advance(10);
        Cluster.Node(one).Crash();
        Cluster.Node(dead).Disk.Options = Cluster.Node(dead).Disk.Options with { UnsyncedSurvival = 0 };
        Cluster.Node(dead).Crash();
        Cluster.Network.Heal();
        Cluster.Node(dead).Start();
        Advance(3_000);
        Cluster.Node(one).Start();
        Advance(1_000);
        Assert.True(Number(one, PaxosRoles.Acceptor, "last") > Number(one, PaxosRoles.Acceptor, "decided"), "the vote is not there");
        var started = Cluster.World.Now;
        Assert.Equal("v", Get("k", ReadMode.Quorum, Cluster.AddClient([one, two])));
        Assert.True(Cluster.World.Now - started < TimeSpan.FromMilliseconds(100), $"the read took {Cluster.World.Now - started}");
    }

    [Fact]
    public void An_ephemeral_leader_answers_where_it_is_asked()
    {
        Start("ephemeral-leader = on");
        var clients = Cluster.Replicas.Select(id => Cluster.AddClient([id])).ToArray();
        for (var round = 0; round < 12; round++)
        {
            var client = clients[round % 3];
            var reply = client.Execute(new Set("k", Encoding.UTF8.GetBytes($"{round}")));
            Assert.Equal(Outcome.Done, reply.Outcome);
            Assert.Equal(Cluster.Replicas[round % 3], reply.Leader);
            Assert.Equal($"{round}", Get("k", ReadMode.Log, clients[(round + 1) % 3]));
        }

        Converge();
    }

    /// <summary>All at once at every replica: each pushes the others aside, but the pauses grow and every command is done.</summary>
    [Fact]
    public void Ephemeral_leaders_that_rival_make_progress()
    {
        Start("ephemeral-leader = on", nodes: 5);
        var clients = Cluster.Replicas.Select(id => Cluster.AddClient([id])).ToArray();
        var done = 0;
        for (var round = 0; round < 20; round++)
        {
            foreach (var client in clients)
            {
                client.Send(new Set($"k{round}", "v"u8.ToArray()), reply => done += reply.Outcome == Outcome.Done ? 1 : 0);
            }

            Advance(20);
        }

        Cluster.World.Run(() => done == 100, TimeSpan.FromSeconds(9));
        Assert.Equal(100, done);
        Converge();
    }
}
