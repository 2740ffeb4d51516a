using System.Text;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.TestKit.Checks;
using Paxi.TestKit.Histories;
using Paxi.TestKit.Simulation;
using Xunit;

namespace Paxi.TestKit.Tests.Simulation;

/// <summary>The cluster as a test of one's own protocol uses it.</summary>
public sealed class SimulatedClusterTests
{
    [Fact]
    public void Commands_are_executed_and_recorded()
    {
        using var cluster = Started();
        var client = cluster.AddClient();
        Assert.Null(client.Execute(new Set("k", Text("one"))).Value);
        Assert.Equal("one", Show(client.Execute(new Get("k")).Value));
        Assert.True(client.Execute(new CompareAndSet("k", Text("one"), Text("two"))).Swapped);
        var parts = client.Execute(new Transact([new Get("k"), new Delete("k"), new Get("k")])).Parts!;
        Assert.Equal(["two", "two", null], parts.Select(part => Show(part.Value)));
        cluster.ThrowIfFailed();
        var history = cluster.History.ToHistory();
        Assert.Equal(
            [OperationKind.Set, OperationKind.Get, OperationKind.CompareAndSet, OperationKind.Transaction],
            history.Operations.Select(operation => operation.Kind));
        Assert.All(history.Operations, operation => Assert.True(operation.Ok));
        Assert.Equal("two", history.Operations[3].Parts[0].Result);
    }

    [Fact]
    public void Replicas_hold_the_same_state_byte_for_byte()
    {
        using var cluster = Started();
        var client = cluster.AddClient();
        for (var number = 0; number < 30; number++)
        {
            client.Execute(new Set($"k{number % 4}", Text($"{number}")));
        }

        cluster.World.Run(cluster.HasConverged, TimeSpan.FromSeconds(5));
        Assert.True(cluster.HasConverged());
        var states = cluster.Replicas.Select(replica => Convert.ToHexString(cluster.Ledger.SnapshotOf(replica)!.Value.Span)).Distinct();
        Assert.Single(states);
        cluster.CheckConverged();
        cluster.ThrowIfFailed();
    }

    /// <summary>Clients are told nothing and ask nothing, so all bytes in the network are those of the links.</summary>
    [Fact]
    public void Links_count_the_bytes_that_the_network_carries()
    {
        using var cluster = Started();
        cluster.World.Advance(TimeSpan.FromSeconds(1));
        long Sum(string name) => cluster.Replicas.Sum(replica => long.Parse(cluster.StatusOf(replica)!.Find("links", name)!, System.Globalization.CultureInfo.InvariantCulture));
        Assert.True(Sum("bytes") > 0);
        Assert.Equal(cluster.Network.Counters.Bytes, Sum("bytes"));
        Assert.Equal(Sum("bytes"), cluster.Replicas.Sum(to => cluster.Replicas.Where(from => from != to).Sum(from =>
            long.Parse(cluster.StatusOf(from)!.Find("links", $"bytes.{to}")!, System.Globalization.CultureInfo.InvariantCulture))));
    }

    [Fact]
    public void Messages_can_be_held_and_delivered_one_by_one()
    {
        using var cluster = Started();
        cluster.World.Advance(TimeSpan.FromMilliseconds(100));
        var client = cluster.AddClient();
        client.Execute(new Set("k", Text("first")));
        cluster.Network.Link("1.1", "1.2").IsHeld = true;
        cluster.Network.Link("1.1", "1.3").IsHeld = true;
        Reply? reply = null;
        client.Send(new Set("k", Text("second")), answer => reply = answer);
        cluster.World.Advance(TimeSpan.FromMilliseconds(30));
        Assert.Null(reply);
        var order = Assert.IsType<Order>(Last(cluster, "1.1", "1.2"));
        Assert.Equal(1, order.Batch.Count);
        cluster.World.Advance(TimeSpan.FromMilliseconds(5));
        Assert.Equal(Outcome.Done, reply?.Outcome);
    }

    [Fact]
    public void A_replica_comes_back_with_what_was_acknowledged()
    {
        using var cluster = Started();
        var client = cluster.AddClient();
        for (var number = 0; number < 10; number++)
        {
            client.Execute(new Set("k", Text($"{number}")));
        }

        foreach (var node in cluster.Nodes)
        {
            node.Crash();
        }

        Assert.Null(cluster.StatusOf(new ReplicaId(1, 1)));
        cluster.Start();
        Assert.Equal("9", Show(client.Execute(new Get("k")).Value));
        Assert.Equal("2.1.1", cluster.StatusOf(new ReplicaId(1, 1))!.Find(PrimaryCopy.Role, "ballot"));
        cluster.ThrowIfFailed();
    }

    [Fact]
    public void A_check_of_ones_own_is_asked_too()
    {
        var check = new CountingCheck();
        using var cluster = new SimulatedCluster(new PrimaryCopy(), new ClusterOptions { MoreChecks = () => [check] });
        cluster.Start();
        cluster.AddClient().Execute(new Set("k", Text("v")));
        var violated = Assert.Throws<ViolationException>(cluster.ThrowIfFailed);
        Assert.Equal("nothing is decided", violated.Violation.Check);
    }

    [Fact]
    public void An_unknown_replica_is_named()
    {
        using var cluster = Started();
        Assert.Contains("there is no replica 7.7; there are 1.1, 1.2, 1.3", Assert.Throws<ArgumentException>(() => cluster.Node("7.7")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_that_gets_no_answer_does_not_hang()
    {
        using var cluster = Started();
        cluster.Node("1.1").Crash();
        Assert.NotEqual(Outcome.Done, cluster.AddClient().Execute(new Set("k", Text("v"))).Outcome);
        Assert.Throws<TimeoutException>(() => cluster.AddClient().Execute(new Set("k", Text("v")), TimeSpan.FromSeconds(1)));
    }

    private static object Last(SimulatedCluster cluster, string from, string to)
    {
        object last = "";
        while (cluster.Network.Link(from, to).HeldCount > 0)
        {
            var message = cluster.Network.Deliver(from, to);
            last = message is Order ? message : last;
        }

        return last;
    }

    private static SimulatedCluster Started()
    {
        var cluster = new SimulatedCluster(new PrimaryCopy());
        cluster.Start();
        return cluster;
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private static string? Show(ReadOnlyMemory<byte>? value) => value is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;

    private sealed class CountingCheck : Check
    {
        public override string Name => "nothing is decided";

        public override string Source => "nowhere";

        public override void Decided(ReplicaId replica, string log, long slot, BatchView batch) => Violate($"slot {slot}");
    }
}
