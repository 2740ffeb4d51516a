using Paxi.Actors;
using Paxi.Actors.Replicas;
using Paxi.Protocols.WPaxos;
using Xunit;

namespace Paxi.Protocols.Tests.WPaxos;

/// <summary>fz = 1: phase 2 needs a second zone.</summary>
public sealed class ZoneFaultTests() : OwnersSpec("grid.fz = 1")
{
    /// <summary>The nearest one, by the round trips that were measured; not one of suspected replicas.</summary>
    [Fact]
    public void The_second_zone_is_the_nearest_one_that_lives()
    {
        Propose("x=1");
        var ballot = Ballot(1, "1.1");
        Promised("1.1", "x", ballot);
        Promised("1.2", "x", ballot);
        Advance(5);
        Promised("3.1", "x", ballot);
        Advance(15);
        Promised("2.1", "x", ballot);
        Promised("2.2", "x", ballot);
        Assert.Equal(["1.1", "1.2", "1.3", "3.1", "3.2", "3.3"], Sent<Accepts>().Select(static sent => sent.To.ToString()));

        Tell(new PeerSuspected(Replica("3.1"), IsSuspected: true));
        Tell(new PeerSuspected(Replica("3.3"), IsSuspected: true));
        Assert.Equal("{1.1, 1.2, 1.3, 2.1, 2.2, 2.3, 3.2}", Status("targets"));
    }
}

/// <summary>kpaxos: the owner of an object is fixed.</summary>
public sealed class PlacedTests() : OwnersSpec("partition = \"2:,1:m,3:t\"", protocol: WPaxosProtocol.KPaxos)
{
    [Fact]
    public void A_request_goes_to_the_zone_of_its_range()
    {
        Propose("a=1");
        Assert.Equal(2, Assert.Single(Told<PassOn>()).To.Zone);
        Propose("z=1");
        Assert.Equal(3, Assert.Single(Told<PassOn>()).To.Zone);
    }

    [Fact]
    public void Another_replica_of_the_zone_stands_in_then_another_zone()
    {
        Propose("a=1");
        var mapped = Assert.Single(Told<PassOn>()).To;
        Tell(new PeerSuspected(mapped, IsSuspected: true));
        Propose("a=1");
        var second = Assert.Single(Told<PassOn>()).To;
        Assert.True(second != mapped && second.Zone == 2);
        for (ushort node = 1; node <= 3; node++)
        {
            Tell(new PeerSuspected(new ReplicaId(2, node), IsSuspected: true));
        }

        Propose("a=1");
        Assert.Equal(3, Assert.Single(Told<PassOn>()).To.Zone);
        Tell(new PeerSuspected(mapped, IsSuspected: false));
        Propose("a=1");
        Assert.Equal(mapped, Assert.Single(Told<PassOn>()).To);
    }

    /// <summary>A transaction is done at the home of its first object. It takes the others by phase 1, whoever their fixed owner is, and their home takes them back with the next request.</summary>
    [Fact]
    public void A_transaction_takes_objects_of_other_homes()
    {
        Propose("a,n=1");
        Assert.Equal(2, Assert.Single(Told<PassOn>()).To.Zone);
        Assert.Empty(Sent<Prepare>());

        Propose("n,z=1", hops: GatewayActor.MaxHops, sequence: 2);
        PromisedByAll("n", Ballot(1, "1.1"));
        PromisedByAll("z", Ballot(1, "1.1"));
        Assert.Equal(["led n 1.1.1", "led z 1.1.1"], Observed);
        Assert.Equal("z", Vote().Single().Proposals.Single().Place.Object.ToString());

        // Owned here, and yet its requests go to its home.
        Propose("z=2", sequence: 3);
        Assert.Equal(3, Assert.Single(Told<PassOn>()).To.Zone);
    }
}
