using System.Text;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Protocols.Paxos;
using Paxi.TestKit.Simulation;
using Xunit;

namespace Paxi.Protocols.Tests.Paxos;

/// <summary>Whole clusters in the simulated world, with every check attached.</summary>
public sealed class PaxosClusterTests
{
    [Fact]
    public void Three_replicas_execute_commands_in_one_order()
    {
        using var cluster = new SimulatedCluster(new PaxosProtocol());
        cluster.Start();
        var client = cluster.AddClient();

        Assert.Equal(Outcome.Done, client.Execute(Set("k", "v1")).Outcome);
        var reply = client.Execute(new Get("k"));

        Assert.Equal(Outcome.Done, reply.Outcome);
        Assert.Equal("v1", Text(reply.Value));
        Assert.Equal(new ReplicaId(1, 1), cluster.Leader);
        cluster.World.Run(cluster.HasConverged, TimeSpan.FromSeconds(1));
        Assert.True(cluster.HasConverged());
        cluster.ThrowIfFailed();
    }

    [Fact]
    public void Another_replica_takes_over_when_the_leader_crashes_and_the_old_one_comes_back()
    {
        using var cluster = new SimulatedCluster(new PaxosProtocol());
        cluster.Start();
        var client = cluster.AddClient();
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(Outcome.Done, client.Execute(Set($"k{i}", $"v{i}")).Outcome);
        }

        var first = cluster.Leader!.Value;
        var crashedAt = cluster.World.Now;
        cluster.Node(first).Crash();
        Assert.Equal(Outcome.Done, client.Execute(Set("after", "crash")).Outcome);
        Assert.NotEqual(first, cluster.Leader);
        Assert.True(cluster.World.Now - crashedAt < TimeSpan.FromSeconds(2), $"failover took {cluster.World.Now - crashedAt}");

        var second = cluster.Leader;
        cluster.Node(first).Start();
        cluster.World.Run(cluster.HasConverged, TimeSpan.FromSeconds(5));
        Assert.True(cluster.HasConverged());
        Assert.Equal(second, cluster.Leader);
        Assert.Equal("v7", Text(client.Execute(new Get("k7")).Value));
        cluster.ThrowIfFailed();
    }

    private static Set Set(string key, string value) => new(key, Encoding.UTF8.GetBytes(value));

    private static string? Text(ReadOnlyMemory<byte>? value) => value is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;
}
