using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.StateMachines;
using Paxi.TestKit.Simulation;
using Xunit;

namespace Paxi.Protocols.Tests.WPaxos;

/// <summary>Every replica tells who proposes for an object.</summary>
public sealed class OwnerQueryTests
{
    private static readonly ObjectKey Key = new("key");

    [Fact]
    public void With_one_leader_it_is_the_leader()
    {
        using var cluster = Start("paxos", zones: 1);
        foreach (var replica in cluster.Replicas)
        {
            Assert.Equal(cluster.Leader, cluster.OwnerOf(replica, Key)!.Owner);
        }
    }

    [Fact]
    public void With_owners_it_is_whoever_was_asked_first_and_nobody_for_a_key_never_written()
    {
        using var cluster = Start("wpaxos", zones: 2);
        var answer = cluster.OwnerOf(cluster.Replicas[0], Key)!;
        Assert.Equal(cluster.Replicas[0], answer.Owner);
        Assert.Equal(answer.Owner, answer.Ballot.Owner);
        Assert.Null(cluster.OwnerOf(cluster.Replicas[0], new ObjectKey("never"))!.Owner);
    }

    [Fact]
    public void With_a_map_it_is_the_replica_of_the_map_for_everybody()
    {
        using var cluster = Start("kpaxos", zones: 1);
        Assert.Single(cluster.Replicas.Select(replica => cluster.OwnerOf(replica, Key)!.Owner).Distinct());
        Assert.NotNull(cluster.OwnerOf(cluster.Replicas[0], Key)!.Owner);
    }

    private static SimulatedCluster Start(string algorithm, int zones)
    {
        var cluster = new SimulatedCluster(ProtocolList.Find(algorithm), new ClusterOptions { Zones = zones });
        cluster.Start();
        cluster.World.Advance(TimeSpan.FromSeconds(2));
        Reply? reply = null;
        cluster.AddClient().Send(new Set("key", "value"u8.ToArray()), answer => reply = answer);
        cluster.World.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(Outcome.Done, reply!.Outcome);
        cluster.ThrowIfFailed();
        return cluster;
    }
}
