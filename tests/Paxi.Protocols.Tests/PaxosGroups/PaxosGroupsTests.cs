using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.StateMachines;
using Paxi.Protocols.Paxos;
using Paxi.Protocols.PaxosGroups;
using Paxi.TestKit.Simulation;
using Xunit;

namespace Paxi.Protocols.Tests.PaxosGroups;

/// <summary>Whole clusters in the simulated world, with every check attached.</summary>
public sealed class PaxosGroupsTests : IDisposable
{
    private SimulatedCluster? _cluster;
    private GroupMap _map = null!;

    private SimulatedCluster Cluster => _cluster!;

    private SimulatedClient Client { get; set; } = null!;

    public void Dispose()
    {
        try
        {
            _cluster?.ThrowIfFailed();
        }
        finally
        {
            _cluster?.Dispose();
        }
    }

    [Fact]
    public void Each_group_is_led_by_a_replica_of_another_zone_from_the_first_election_on()
    {
        Start();
        Assert.Equal(["1.1", "2.1", "3.1"], Leaders);
        Assert.Equal(3, Cluster.Coverage.Elections);
        Assert.All(Cluster.Replicas, replica => Assert.Equal("1.1 2.1 3.1", Cluster.StatusOf(replica)!.Find(PaxosGroupsRoles.Groups, "leaders")));
    }

    [Fact]
    public void Every_replica_tells_the_leader_of_a_keys_group()
    {
        Start();
        for (var group = 0; group < 3; group++)
        {
            Assert.All(Cluster.Replicas, replica => Assert.Equal(Cluster.LeaderOf(GroupMap.LogOf(group)), Cluster.OwnerOf(replica, new ObjectKey(KeyIn(group)))!.Owner));
        }
    }

    [Fact]
    public void The_loss_of_a_leader_moves_its_group_and_leaves_the_others_alone()
    {
        Start();
        var lost = Cluster.LeaderOf(GroupMap.LogOf(1))!.Value;
        Cluster.Node(lost).Crash();
        var client = Cluster.AddClient([Cluster.Replicas[0]]);
        var begun = Cluster.World.Now;
        for (var round = 0; round < 50; round++)
        {
            Put(KeyIn(0), $"a{round}", client);
            Put(KeyIn(2), $"c{round}", client);
        }

        Assert.True(Cluster.World.Now - begun < TimeSpan.FromMilliseconds(500), $"a hundred writes to groups whose leaders are well took {Cluster.World.Now - begun}");
        Assert.Equal(["1.1", lost.ToString(), "3.1"], Leaders);

        Put(KeyIn(1), "b", client);
        Assert.Equal("1.1", Leaders[0]);
        Assert.NotEqual(lost.ToString(), Leaders[1]);
        Assert.Equal("3.1", Leaders[2]);
        Assert.Equal("b", Get(KeyIn(1)));
        Assert.Equal(4, Cluster.Coverage.Elections);

        Cluster.Node(lost).Start();
        Converge();
    }

    [Fact]
    public void A_request_for_several_groups_is_split_and_answered_as_a_whole()
    {
        Start();
        var answers = new List<Reply>();
        for (var number = 0; number < 60; number++)
        {
            Client.Send(new Set(KeyIn(number % 3, number / 3), Encoding.UTF8.GetBytes($"{number}")), answers.Add);
        }

        Cluster.World.Run(() => answers.Count == 60, TimeSpan.FromSeconds(2));
        Assert.Equal(60, answers.Count);
        Assert.All(answers, static answer => Assert.Equal(Outcome.Done, answer.Outcome));
        Assert.True(long.Parse(Cluster.StatusOf(Cluster.Replicas[0])!.Find(PaxosGroupsRoles.Groups, "split")!, CultureInfo.InvariantCulture) > 0);
        for (var number = 0; number < 60; number++)
        {
            Assert.Equal($"{number}", Get(KeyIn(number % 3, number / 3)));
        }

        Converge();
    }

    [Fact]
    public void A_transaction_within_a_group_is_done_and_one_over_several_is_refused_without_effect()
    {
        Start();
        var inside = Client.Execute(new Transact([new Set(KeyIn(1), "1"u8.ToArray()), new Set(KeyIn(1, 1), "2"u8.ToArray()), new Get(KeyIn(1))]));
        Assert.Equal(Outcome.Done, inside.Outcome);
        Assert.Equal("1", Encoding.UTF8.GetString(inside.Parts![2].Value!.Value.Span));

        var over = Client.Execute(new Transact([new Set(KeyIn(1), "3"u8.ToArray()), new Set(KeyIn(2), "4"u8.ToArray())]));
        Assert.Equal(Outcome.Failed, over.Outcome);
        Assert.Contains("a transaction over keys of several groups", over.Error, StringComparison.Ordinal);
        Assert.Equal("1", Get(KeyIn(1)));
        Assert.Null(Get(KeyIn(2)));
    }

    [Theory]
    [InlineData(ReadMode.Log)]
    [InlineData(ReadMode.Leader)]
    [InlineData(ReadMode.Quorum)]
    public void Every_replica_answers_reads_of_every_group(ReadMode mode)
    {
        Start(nodes: 1);
        for (var group = 0; group < 3; group++)
        {
            Put(KeyIn(group), $"v{group}");
        }

        foreach (var replica in Cluster.Replicas)
        {
            var client = Cluster.AddClient([replica]);
            for (var group = 0; group < 3; group++)
            {
                Assert.Equal($"v{group}", Get(KeyIn(group), mode, client));
            }
        }
    }

    [Fact]
    public void All_groups_come_back_from_one_journal()
    {
        Start("snapshot.every-slots = 10, snapshot.retain-slots = 2, batch.max-commands = 1", nodes: 1);
        for (var number = 0; number < 90; number++)
        {
            Put(KeyIn(number % 3, number / 3), $"{number}");
        }

        // Each of the three groups cuts off its own log behind its own snapshot.
        Assert.All(Cluster.Nodes, node => Assert.InRange(node.Disk.Count(PaxosJournal.LogTable), 3, 45));
        Assert.All(Cluster.Nodes, node => Assert.InRange(node.Disk.Count(PaxosJournal.SnapshotTable), 3, 6));
        foreach (var node in Cluster.Nodes)
        {
            node.Crash();
        }

        Cluster.Start();
        for (var number = 0; number < 90; number++)
        {
            Assert.Equal($"{number}", Get(KeyIn(number % 3, number / 3)));
        }

        Converge();
    }

    [Fact]
    public void Groups_of_three_of_nine_replicas_are_served_by_all_nine()
    {
        Start("groups = 9, group-size = 3", groups: 9, size: 3);
        Assert.Equal(Cluster.Replicas.Select(static replica => replica.ToString()), Leaders.Order());
        foreach (var replica in Cluster.Replicas)
        {
            var client = Cluster.AddClient([replica]);
            for (var group = 0; group < 9; group++)
            {
                Put(KeyIn(group), $"{replica}", client);
                Assert.Equal($"{replica}", Get(KeyIn(group), ReadMode.Leader, client));
                Assert.Equal($"{replica}", Get(KeyIn(group), ReadMode.Quorum, client));
                Assert.Equal(Cluster.LeaderOf(GroupMap.LogOf(group)), Cluster.OwnerOf(replica, new ObjectKey(KeyIn(group)))!.Owner);
            }
        }

        // Nobody else has a copy.
        Assert.All(Cluster.Replicas, replica => Assert.Equal(3, Cluster.Ledger.PositionsOf(replica).Count));
        Converge();
    }

    [Fact]
    public void Those_that_are_not_of_a_group_find_its_next_leader()
    {
        Start("groups = 1, group-size = 3", groups: 1, size: 3);
        var lost = Cluster.LeaderOf(GroupMap.LogOf(0))!.Value;
        Cluster.Node(lost).Crash();
        var guest = Cluster.Replicas.First(replica => !_map.ReplicasOf(0).Contains(replica));
        Put(KeyIn(0), "after", Cluster.AddClient([guest]));
        Cluster.World.Advance(TimeSpan.FromSeconds(3));
        Assert.NotEqual(lost, Cluster.LeaderOf(GroupMap.LogOf(0)));
        Assert.Equal(Cluster.LeaderOf(GroupMap.LogOf(0)), Cluster.OwnerOf(guest, new ObjectKey(KeyIn(0)))!.Owner);
    }

    private IReadOnlyList<string> Leaders => [.. Enumerable.Range(0, _map.Count).Select(group => Cluster.LeaderOf(GroupMap.LogOf(group))!.Value.ToString())];

    private void Start(string settings = "", int nodes = 3, int groups = 3, int size = 0)
    {
        _cluster = new SimulatedCluster(new PaxosGroupsProtocol(), new ClusterOptions { Zones = 3, Nodes = nodes, Settings = settings });
        _map = new GroupMap(Cluster.Replicas, groups, size);
        Cluster.Start();
        Cluster.World.Advance(TimeSpan.FromSeconds(1));
        Client = Cluster.AddClient();
    }

    /// <summary>The n-th of the numbered keys that lie in the group.</summary>
    private string KeyIn(int group, int number = 0) =>
        Enumerable.Range(0, 10_000).Select(static key => $"k{key}").Where(key => _map.GroupOf(new ObjectKey(key)) == group).ElementAt(number);

    private void Put(string key, string value, SimulatedClient? client = null)
    {
        Assert.Equal(Outcome.Done, (client ?? Client).Execute(new Set(key, Encoding.UTF8.GetBytes(value))).Outcome);
        Cluster.ThrowIfFailed();
    }

    private string? Get(string key, ReadMode? mode = null, SimulatedClient? client = null)
    {
        var reply = (client ?? Client).Execute(new Get(key) { Mode = mode });
        Assert.Equal(Outcome.Done, reply.Outcome);
        Cluster.ThrowIfFailed();
        return reply.Value is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;
    }

    private void Converge()
    {
        Cluster.World.Run(Cluster.HasConverged, TimeSpan.FromSeconds(5));
        Assert.True(Cluster.HasConverged(), "the replicas have not executed the same");
        Cluster.CheckConverged();
        Cluster.ThrowIfFailed();
    }
}

/// <summary>Random faults, settings (with them the number of groups and their size) and workloads. More seeds: <c>paxi simulate</c>.</summary>
public sealed class PaxosGroupsSwarmTests
{
    [Fact]
    public void Survives_the_swarm()
    {
        for (var seed = 1UL; seed <= 12; seed++)
        {
            Run(new RunOptions { Seed = seed, Zones = 2 + (int)(seed % 2), Nodes = 3, Operations = 300, Clients = 8 });
        }
    }

    /// <summary>A leader that had lost its ballot reached with an old accept a follower that had learned the slot meanwhile: the command that lost stood in its log as decided.</summary>
    [Fact]
    public void A_late_accept_replaces_nothing_that_was_learned() =>
        Run(new RunOptions { Seed = 303, Zones = 3, Nodes = 3, Operations = 1000, Clients = 16 });

    private static void Run(RunOptions options)
    {
        var report = SimulationRun.Run(new PaxosGroupsProtocol(), options);
        Assert.True(report.Violation is null, $"seed {options.Seed}: {report.Violation}");
    }
}
