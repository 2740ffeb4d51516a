using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.TestKit.Simulation;
using Paxi.TestKit.World;
using Xunit;

namespace Paxi.TestKit.Tests.Simulation;

public sealed class FaultInjectorTests : IDisposable
{
    private static readonly ReplicaId A = new(1, 1);
    private static readonly ReplicaId B = new(1, 2);
    private static readonly ReplicaId C = new(1, 3);

    private readonly SimulatedCluster _cluster = new(new PrimaryCopy());
    private readonly FaultInjector _injector;

    public FaultInjectorTests()
    {
        _cluster.Start();
        _injector = new FaultInjector(_cluster, Conditions.Calm);
        _cluster.World.Advance(Ms(50));
        Assert.Equal(A, _cluster.Leader);
    }

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public void A_crash_ends_by_itself_and_the_later_of_two_counts()
    {
        _injector.Schedule([Crash(Ms(10), Ms(100), B), Crash(Ms(50), Ms(300), B)]);
        _cluster.World.Advance(Ms(11));
        Assert.False(_cluster.Node(B).IsUp);
        _cluster.World.Advance(Ms(200));
        Assert.False(_cluster.Node(B).IsUp);
        _cluster.World.Advance(Ms(140));
        Assert.True(_cluster.Node(B).IsUp);
        Assert.Equal(1, _cluster.Node(B).Crashes);
        Assert.Equal(2, _injector.Begun["crash"]);
    }

    [Fact]
    public void A_fault_without_a_replica_meets_the_leader()
    {
        _injector.Begin(new CrashEvent(default, Ms(100), FaultTarget.Leader, false, Moment.AtOnce));
        Assert.False(_cluster.Node(A).IsUp);
        Assert.True(_cluster.Node(B).IsUp);
    }

    [Fact]
    public void A_crash_at_a_moment_comes_between_the_step_and_its_announcement()
    {
        var client = _cluster.AddClient();
        Assert.Equal(Outcome.Done, client.Execute(new Set("k", "v"u8.ToArray())).Outcome);
        _injector.Begin(new CrashEvent(default, Ms(5_000), new FaultTarget(B), false, Moment.Vote));
        Assert.True(_cluster.Node(B).IsUp);
        var sent = _cluster.Network.Counters.Sent;
        Assert.Equal(Outcome.Done, client.Execute(new Set("k", "w"u8.ToArray())).Outcome);

        // The vote of 1.2 is on its disk, and nobody heard of it.
        Assert.False(_cluster.Node(B).IsUp);
        Assert.Equal(1, _injector.MomentsMet);
        Assert.True(_cluster.Network.Counters.Sent > sent);
        _cluster.ThrowIfFailed();
    }

    [Fact]
    public void A_moment_that_does_not_come_is_given_up()
    {
        _injector.Begin(new CrashEvent(default, Ms(10), new FaultTarget(B), false, Moment.Vote));
        _cluster.World.Advance(Ms(2_500));
        _cluster.AddClient().Execute(new Set("k", "v"u8.ToArray()));
        Assert.True(_cluster.Node(B).IsUp);
    }

    [Fact]
    public void A_link_that_two_partitions_cut_opens_with_the_later_one()
    {
        _injector.Begin(new PartitionEvent(default, Ms(100), [A], [B, C], CutDirection.Both));
        _injector.Begin(new PartitionEvent(default, Ms(200), [A], [B], CutDirection.Out));
        Assert.True(_cluster.Network.Link(A, B).IsCut && _cluster.Network.Link(B, A).IsCut && _cluster.Network.Link(C, A).IsCut);
        Assert.False(_cluster.Network.Link(B, C).IsCut);
        _cluster.World.Advance(Ms(150));
        Assert.True(_cluster.Network.Link(A, B).IsCut);
        Assert.False(_cluster.Network.Link(B, A).IsCut || _cluster.Network.Link(A, C).IsCut);
        _cluster.World.Advance(Ms(51));
        Assert.False(_cluster.Network.Link(A, B).IsCut);
        Assert.True(_cluster.Network.Counters.Cut > 0);
    }

    [Fact]
    public void A_failing_disk_stops_the_replica_until_it_is_started_again()
    {
        var client = _cluster.AddClient();
        _injector.Begin(new DiskFailureEvent(default, Ms(500), new FaultTarget(C)));
        Assert.Equal(Outcome.Done, client.Execute(new Set("k", "v"u8.ToArray())).Outcome);
        _cluster.World.Advance(Ms(100));
        Assert.Equal(Actors.Replicas.ReplicaState.Failed, _cluster.StatusOf(C)?.State);
        Assert.True(_cluster.Node(C).Disk.HasFault);
        _cluster.World.Advance(Ms(600));
        Assert.Equal(Actors.Replicas.ReplicaState.Running, _cluster.StatusOf(C)?.State);
        Assert.Equal(2, _cluster.Node(C).Starts);

        // The failure is explained by the disk, so it is none of the run.
        _cluster.ThrowIfFailed();
    }

    [Fact]
    public void A_role_that_fails_without_a_disk_fault_fails_the_run()
    {
        using var broken = new SimulatedCluster(new PrimaryCopy(Bug.Throws));
        broken.Start();
        var client = broken.AddClient();
        for (var number = 0; number < 200; number++)
        {
            client.Send(new Set("k", BitConverter.GetBytes(number)), _ => { });
            broken.World.Advance(Ms(5));
        }

        Assert.Throws<WorldFailedException>(broken.ThrowIfFailed);
    }

    [Fact]
    public void Disks_clocks_and_pauses_go_back_when_their_fault_ends()
    {
        _injector.Begin(new SlowDiskEvent(default, Ms(100), new FaultTarget(B), Ms(70)));
        _injector.Begin(new ClockEvent(default, Ms(100), new FaultTarget(B), 500, Ms(-40)));
        _injector.Begin(new PauseEvent(default, Ms(100), new FaultTarget(C), Moment.AtOnce));
        Assert.NotEqual(Conditions.Calm.DiskDelay, _cluster.Node(B).Disk.Options.WriteDelay);
        Assert.Equal(500, _cluster.Node(B).Clock.DriftPartsPerMillion);
        Assert.True(_cluster.Node(C).System.IsPaused);
        _cluster.World.Advance(Ms(101));
        Assert.Equal(Conditions.Calm.DiskDelay, _cluster.Node(B).Disk.Options.WriteDelay);
        Assert.Equal(0, _cluster.Node(B).Clock.DriftPartsPerMillion);
        Assert.Equal(Ms(-40), _cluster.Node(B).Clock.StepOffset);
        Assert.False(_cluster.Node(C).System.IsPaused);
    }

    [Fact]
    public void Flaky_and_clogged_links_recover()
    {
        _injector.Begin(new FlakyEvent(default, Ms(100), new FaultTarget(B), 0.5));
        _injector.Begin(new ClogEvent(default, Ms(60), new FaultTarget(A), new FaultTarget(C)));
        Assert.Equal(0.5, _cluster.Network.Link(B, A).Loss);
        Assert.Equal(0.5, _cluster.Network.Link(C, B).Loss);
        Assert.Null(_cluster.Network.Link(A, C).Loss);
        _cluster.World.Advance(Ms(101));
        Assert.Null(_cluster.Network.Link(B, A).Loss);
        Assert.True(_cluster.Network.Counters.Clogged > 0);
    }

    [Fact]
    public void Healing_ends_everything_at_once_and_for_good()
    {
        _injector.Schedule([Crash(Ms(500), Ms(1_000), A), new PauseEvent(Ms(500), Ms(1_000), new FaultTarget(B), Moment.AtOnce)]);
        _injector.Begin(Crash(default, Ms(1_000), B));
        _injector.Begin(new PartitionEvent(default, Ms(1_000), [A], [B, C], CutDirection.Both));
        _injector.Begin(new ClockEvent(default, Ms(1_000), new FaultTarget(C), -300, default));
        _injector.Begin(new PauseEvent(default, Ms(1_000), new FaultTarget(C), Moment.AtOnce));
        _cluster.World.Advance(Ms(10));
        _injector.HealAll();
        Assert.All(_cluster.Nodes, node => Assert.True(node.IsUp && !node.System.IsPaused && node.Clock.DriftPartsPerMillion == 0));
        Assert.DoesNotContain(_cluster.Network.Links, link => link.IsCut);
        _cluster.World.Advance(Ms(2_000));
        Assert.All(_cluster.Nodes, node => Assert.True(node.IsUp && !node.System.IsPaused));
        Assert.Equal(0, _cluster.Node(A).Crashes);
    }

    [Fact]
    public void A_power_cut_takes_all_and_brings_them_back_one_after_another()
    {
        _injector.Begin(new PowerCutEvent(default, Ms(100), [A, B, C], Ms(50)));
        Assert.All(_cluster.Nodes, node => Assert.False(node.IsUp));
        _cluster.World.Advance(Ms(120));
        Assert.Equal([true, false, false], _cluster.Nodes.Select(node => node.IsUp));
        _cluster.World.Advance(Ms(100));
        Assert.All(_cluster.Nodes, node => Assert.True(node.IsUp));
    }

    [Fact]
    public void A_rival_wins_while_the_leader_hears_nobody_of_it()
    {
        using var cluster = new SimulatedCluster(TestProtocols.Find("paxos"), new ClusterOptions { Zones = 1, Nodes = 5, Settings = "quorum { q1 = 1, q2 = 5 }" });
        cluster.Start();
        cluster.World.Run(() => cluster.Leader is not null, TimeSpan.FromSeconds(5));
        var leader = cluster.Leader!.Value;
        var rival = cluster.Replicas.First(replica => replica != leader);
        var injector = new FaultInjector(cluster, Conditions.Calm);
        injector.Begin(new RivalEvent(default, TimeSpan.FromSeconds(4), [rival], Restart: false));
        Assert.True(cluster.Network.Link(leader, rival).IsCut);
        cluster.World.Run(() => cluster.Leader != leader, TimeSpan.FromSeconds(4));
        Assert.Equal(rival, cluster.Leader);
        Assert.Equal(leader, cluster.Deposed);
        Assert.Equal(1, injector.RivalsWon);
        Assert.All(cluster.Replicas.Where(replica => replica != leader), other => Assert.True(cluster.Network.Link(other, leader).IsCut));
        cluster.World.Advance(TimeSpan.FromSeconds(5));
        Assert.DoesNotContain(cluster.Network.Links, link => link.IsCut);
        cluster.ThrowIfFailed();
    }

    /// <summary>One rival of five wins nothing: what the others granted the leader outlives each of their restarts.</summary>
    [Fact]
    public void Those_who_hear_the_leader_restart_while_a_rival_asks_for_their_votes()
    {
        using var cluster = new SimulatedCluster(TestProtocols.Find("paxos"), new ClusterOptions { Zones = 1, Nodes = 5 });
        cluster.Start();
        cluster.World.Run(() => cluster.Leader is not null, TimeSpan.FromSeconds(5));
        var leader = cluster.Leader!.Value;
        var rival = cluster.Replicas.First(replica => replica != leader);
        var injector = new FaultInjector(cluster, Conditions.Calm);
        injector.Begin(new RivalEvent(default, TimeSpan.FromSeconds(4), [rival], Restart: true));
        cluster.World.Advance(TimeSpan.FromSeconds(4));
        Assert.All(cluster.Nodes, node => Assert.Equal(node.Id == leader || node.Id == rival ? 0 : 3, node.Crashes));
        Assert.All(cluster.Nodes, node => Assert.True(node.IsUp));
        Assert.Equal(leader, cluster.Leader);
        Assert.Equal(0, injector.RivalsWon);
        cluster.ThrowIfFailed();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_leads_after_lost_accepts_finds_gaps(bool crashes)
    {
        using var cluster = new SimulatedCluster(TestProtocols.Find("paxos"), new ClusterOptions
        {
            Zones = 1,
            Nodes = 5,
            Settings = "batch.pipeline = 32\nretransmit-interval = 250ms\n",
        });
        cluster.Start();
        cluster.World.Run(() => cluster.Leader is not null, TimeSpan.FromSeconds(5));
        var client = cluster.AddClient();
        var answers = new List<Outcome>();
        for (var number = 0; number < 400; number++)
        {
            var value = new[] { (byte)(number >> 8), (byte)number };
            cluster.World.ScheduleOnce(Ms(number * 20), () => client.Send(new Set("k", value), reply => answers.Add(reply.Outcome)));
        }

        var injector = new FaultInjector(cluster, Conditions.Calm);
        injector.Begin(new GapsEvent(default, Ms(6_000), Ms(150), 0.5, Ms(2_000), [], crashes));
        cluster.World.Advance(TimeSpan.FromSeconds(6));
        Assert.True(cluster.Coverage.NoOps > 5, $"{cluster.Coverage.NoOps} no-ops after {cluster.Coverage.Elections} elections");
        Assert.Equal(crashes, cluster.Nodes.Sum(node => node.Crashes) > 1);
        cluster.World.Advance(TimeSpan.FromSeconds(9));
        Assert.All(cluster.Nodes, node => Assert.True(node.IsUp));
        Assert.All(cluster.Network.Links, link => Assert.True(!link.IsCut && link.Loss is null));
        Assert.Equal(400, answers.Count);
        Assert.Contains(Outcome.Done, answers);
        cluster.ThrowIfFailed();
    }

    private static CrashEvent Crash(TimeSpan at, TimeSpan span, ReplicaId replica) => new(at, span, new FaultTarget(replica), false, Moment.AtOnce);

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
