using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.Replicas;
using Paxi.TestKit.Linearizability;
using Paxi.TestKit.Simulation;
using Xunit;

namespace Paxi.TestKit.Tests.Simulation;

/// <summary>The simulation of protocols in which each object has a log and an owner of its own.</summary>
public sealed class ObjectLogTests
{
    private static readonly ProtocolPromises Owned = new(Linearizable: true, [ReadMode.Log], Transactions: false, Owners: true);

    [Fact]
    public void Each_object_has_a_leader_and_faults_of_the_leader_meet_that_of_any_object()
    {
        var crashed = new SortedSet<ReplicaId>();
        for (var seed = 1UL; seed <= 12; seed++)
        {
            using var cluster = new SimulatedCluster(TestProtocols.Find("wpaxos"), new ClusterOptions { Seed = seed, Zones = 2, Nodes = 3 });
            cluster.Start();
            cluster.World.Advance(TimeSpan.FromMilliseconds(500));
            foreach (var (replica, key) in new[] { (new ReplicaId(1, 1), "near"), (new ReplicaId(2, 2), "far") })
            {
                Assert.Equal(Outcome.Done, cluster.AddClient([replica]).Execute(new Set(key, "v"u8.ToArray())).Outcome);
            }

            Assert.Equal(["near", "far"], cluster.LedLogs);
            Assert.Equal(new ReplicaId(1, 1), cluster.LeaderOf("near"));
            Assert.Equal(new ReplicaId(2, 2), cluster.LeaderOf("far"));
            Assert.Equal(new ReplicaId(2, 2), cluster.Leader);
            Assert.Null(cluster.Deposed);
            Assert.Null(cluster.LeaderOf("other"));
            new FaultInjector(cluster, Conditions.Calm).Begin(new CrashEvent(default, TimeSpan.FromSeconds(1), FaultTarget.Leader, false, Moment.AtOnce));
            crashed.Add(cluster.Nodes.Single(node => !node.IsUp).Id);
            cluster.ThrowIfFailed();
        }

        Assert.Equal([new ReplicaId(1, 1), new ReplicaId(2, 2)], crashed);
    }

    /// <summary>The order in which commands took effect first is a linearization also when every object is ordered by itself.</summary>
    [Theory]
    [InlineData("wpaxos")]
    [InlineData("kpaxos")]
    public void The_decided_order_explains_several_logs(string algorithm)
    {
        var proven = 0L;
        for (var seed = 1UL; seed <= 8; seed++)
        {
            var report = SimulationRun.Run(TestProtocols.Find(algorithm), new RunOptions
            {
                Seed = seed,
                Zones = 2,
                Operations = 400,
                Clients = 12,
                Limits = new CheckLimits { Time = TimeSpan.Zero, Parallelism = 1 },
            });
            Assert.True(report.Passed, $"{algorithm}, seed {seed}: {report.Violation?.ToString() ?? report.Undecided}");
            proven += report.Coverage["proven by the decided order"];
        }

        Assert.Equal(8, proven);
    }

    [Fact]
    public void Clients_of_protocols_with_owners_keep_to_the_keys_of_their_zone_and_the_other_draws_are_what_they_were()
    {
        var localities = new SortedSet<int>();
        for (var seed = 1UL; seed <= 40; seed++)
        {
            var owned = Workload.Draw(new SeededRandom(seed), 1_000, 16, Owned, zones: 3);
            var single = Workload.Draw(new SeededRandom(seed), 1_000, 16, Owned with { Owners = false }, zones: 3);
            localities.Add(owned.Locality);
            Assert.Equal(0, single.Locality);
            Assert.Equal(owned with { Locality = 0, ReadModes = [] }, single with { ReadModes = [] });
        }

        Assert.Equal([0, 50, 80, 95], localities);
    }

    [Theory]
    [InlineData(8, 95, 0.97)]
    [InlineData(8, 0, 0.34)]
    [InlineData(2, 95, 1.0)]
    public void Keys_are_drawn_near_the_client(int keys, int locality, double expected)
    {
        using var cluster = new SimulatedCluster(TestProtocols.Find("wpaxos"), new ClusterOptions { Zones = 3, Nodes = 1 });
        cluster.Start();
        var left = 300;
        var workload = Workload.Draw(new SeededRandom(1), left, 3, Owned, zones: 3) with { Keys = keys, Locality = locality, Think = TimeSpan.FromMilliseconds(5), Reads = 0 };
        WorkloadClient[] clients =
        [
            .. Enumerable.Range(1, 3).Select(zone => new WorkloadClient(
                workload, cluster, cluster.AddClient(zone: zone), new SeededRandom((ulong)zone), zone, () => left-- > 0, zone)),
        ];
        cluster.World.Run(() => clients.All(client => client.IsDone), TimeSpan.FromMinutes(2));
        var operations = cluster.History.ToHistory().Operations;
        Assert.Equal(300, operations.Count);
        var near = operations.Count(operation => int.Parse(operation.Key[1..]) % 3 == (operation.Client - 1) % Math.Min(keys, 3));
        if (keys > 2)
        {
            Assert.InRange((double)near / operations.Count, expected - 0.1, expected + 0.1);
        }
        else
        {
            // Zone 3 shares the first key.
            Assert.Equal(["k0", "k1"], operations.Select(operation => operation.Key).Distinct().Order());
        }

        cluster.ThrowIfFailed();
    }
}
