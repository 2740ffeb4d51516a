using Paxi.Actors;
using Paxi.Actors.Replicas;
using Paxi.Protocols.WPaxos;
using Xunit;

namespace Paxi.Protocols.Tests.WPaxos;

/// <summary>Who serves a request: routes and handing over.</summary>
public sealed class RoutingTests() : OwnersSpec("steal.policy = consecutive, steal.threshold = 3, retransmit-interval = 50ms, heartbeat-interval = 20ms, election-timeout = 100ms")
{
    /// <summary>The acceptor has seen who owns the object: no phase 1.</summary>
    [Fact]
    public void A_request_for_an_object_of_another_goes_there()
    {
        Known = (Ballot(3, "3.2"), 7);
        Propose("x=1", asked: "1.2", hops: 1);
        var passed = Assert.Single(Told<PassOn>());
        Assert.Equal((Replica("3.2"), Replica("1.2"), (byte)1), (passed.To, passed.Asked, passed.Hops));
        Assert.Empty(Sent<Prepare>());
    }

    [Fact]
    public void A_request_that_was_passed_on_too_often_is_served_here()
    {
        Known = (Ballot(3, "3.2"), 7);
        Propose("x=1", hops: GatewayActor.MaxHops);
        Assert.Equal(Ballot(4, "1.1"), Sent<Prepare>()[0].Message.Ballot);
    }

    [Fact]
    public void The_objects_of_a_suspected_owner_are_taken_over_with_the_next_request()
    {
        Tell(new BallotSeen(Key("x"), Ballot(3, "3.2")));
        Propose("x=1");
        Assert.Single(Told<PassOn>());
        Tell(new PeerSuspected(Replica("3.2"), IsSuspected: true));
        Known = (Ballot(3, "3.2"), 7);
        Propose("x=1");
        Assert.Equal(Ballot(4, "1.1"), Sent<Prepare>()[0].Message.Ballot);
    }

    /// <summary>
    /// Found in nine processes on a busy machine: with one zone dead an owner in another was slow, was suspected, and lost its object to a replica whose phase 1 had no quorum: nobody had
    /// it until the zone came back.
    /// </summary>
    [Fact]
    public void Nothing_is_taken_from_a_suspected_owner_while_phase_1_has_no_quorum()
    {
        Tell(new BallotSeen(Key("x"), Ballot(3, "1.2")));
        Known = (Ballot(3, "1.2"), 7);
        foreach (var replica in new[] { "3.1", "3.2", "3.3", "1.2" })
        {
            Tell(new PeerSuspected(Replica(replica), IsSuspected: true));
        }

        Propose("x=1");
        Assert.Equal(Replica("1.2"), Assert.Single(Told<PassOn>()).To);
        Tell(new Unsettled([Key("x")]));
        Advance(1000);
        Assert.Empty(Sent<Prepare>());

        Tell(new PeerSuspected(Replica("3.1"), IsSuspected: false));
        Tell(new PeerSuspected(Replica("3.2"), IsSuspected: false));
        Propose("x=2", sequence: 2);
        Assert.Equal(Ballot(4, "1.1"), Sent<Prepare>()[0].Message.Ballot);
    }

    /// <summary>Requests of one burst to the same replica for the same gateway share a message.</summary>
    [Fact]
    public void What_goes_to_the_same_replica_goes_together()
    {
        Tell(new BallotSeen(Key("x"), Ballot(3, "3.2")));
        Tell(new BallotSeen(Key("y"), Ballot(3, "3.2")));
        Tell(new Propose(Block(1, 1, "x=1", "y=1")) { Asked = Self });
        Assert.Equal("x=1 y=1", Text(Assert.Single(Told<PassOn>()).Batch));
    }

    /// <summary>The policy says that another zone should have the object: the owner asks the replica there to take it, and passes on what comes.</summary>
    [Fact]
    public void The_policy_hands_an_object_over()
    {
        Own("x");
        Propose("x=1", asked: "2.1", sequence: 1);
        Propose("x=2", asked: "2.1", sequence: 2);
        Assert.Empty(Sent<Handover>());
        Propose("x=3", asked: "2.3", sequence: 3);
        var (to, handover) = Assert.Single(Sent<Handover>());
        Assert.Equal((Replica("2.3"), Ballot(1, "1.1")), (to, handover.Ballot));

        Propose("x=4", sequence: 4);
        Assert.Equal((Replica("2.3"), "x=4"), Told<PassOn>().Select(static passed => (passed.To, Text(passed.Batch))).Single());
        Assert.Equal(3, Vote().Count + Vote().Count);
    }

    /// <summary>Clients of the zone ask another replica for good: the object follows them, though the zone stays the same.</summary>
    [Fact]
    public void An_object_follows_its_clients_within_the_zone()
    {
        Own("x");
        AskInTurn(["1.2"], 20, every: 20);
        Assert.Empty(Sent<Handover>());
        AskInTurn(["1.2"], 1, every: 20);
        var (to, handover) = Assert.Single(Sent<Handover>());
        Assert.Equal((Replica("1.2"), Ballot(1, "1.1")), (to, handover.Ballot));
    }

    /// <summary>The requests come in turn through several replicas, of one zone or two, or through the owner itself, or they are few: nobody would be better off.</summary>
    [Theory]
    [InlineData("1.2 1.3", 60)]
    [InlineData("1.2 2.1", 60)]
    [InlineData("1.1", 60)]
    [InlineData("1.2", 15)]
    public void An_object_stays_where_its_clients_ask_all_replicas_or_the_owner_or_seldom(string asked, int requests)
    {
        Own("x");
        AskInTurn(asked.Split(' '), requests, every: 100);
        Assert.Empty(Sent<Handover>());
    }

    /// <summary>A replica that does not take what it was handed must not stop the object.</summary>
    [Fact]
    public void An_owner_goes_on_when_nobody_takes_the_object()
    {
        Own("x");
        Hand();
        Advance(250);
        Propose("x=4", sequence: 4);
        Assert.Empty(Told<PassOn>());
        Assert.NotEmpty(Sent<Accepts>());
    }

    /// <summary>Nobody could take it: phase 1 would have no quorum, and the object none either for as long.</summary>
    [Fact]
    public void Nothing_is_handed_over_while_phase_1_has_no_quorum()
    {
        Own("x");
        Tell(new PeerSuspected(Replica("3.1"), IsSuspected: true));
        Tell(new PeerSuspected(Replica("3.2"), IsSuspected: true));
        Hand();
        Assert.Empty(Sent<Handover>());
    }

    [Fact]
    public void Who_is_handed_an_object_takes_it()
    {
        Tell(new BallotSeen(Key("x"), Ballot(3, "2.1")));
        Known = (Ballot(3, "2.1"), 9);
        Tell(new Handover(Replica("2.1"), Key("x"), Ballot(3, "2.1")));
        Propose("x=1");
        var prepare = Sent<Prepare>()[0].Message;
        Assert.Equal((Ballot(4, "1.1"), 10L), (prepare.Ballot, prepare.FirstSlot));
        Assert.Empty(Told<PassOn>());
    }

    [Fact]
    public void A_handover_of_a_ballot_that_is_past_is_ignored()
    {
        Tell(new BallotSeen(Key("x"), Ballot(4, "3.1")));
        Tell(new Handover(Replica("2.1"), Key("x"), Ballot(3, "2.1")));
        Tell(new Handover(Replica("9.9"), Key("y"), Ballot(3, "2.1")));
        Assert.Empty(Sent<Prepare>());
    }

    /// <param name="every">Milliseconds between two requests.</param>
    private void AskInTurn(string[] asked, int requests, int every)
    {
        for (var number = 0; number < requests; number++)
        {
            Propose($"x={number}", asked: asked[number % asked.Length], sequence: number + 1);
            Vote();
            Advance(every);
        }
    }

    private void Hand()
    {
        for (var sequence = 1; sequence <= 3; sequence++)
        {
            Propose($"x={sequence}", asked: "2.1", sequence: sequence);
            Vote();
        }
    }
}

/// <summary>adaptive = off, as in Paxi.</summary>
public sealed class ImmediateStealTests() : OwnersSpec("steal.adaptive = off")
{
    [Fact]
    public void Every_replica_that_is_asked_steals_at_once()
    {
        Known = (Ballot(3, "3.2"), 7);
        Propose("x=1");
        Assert.Equal(Ballot(4, "1.1"), Sent<Prepare>()[0].Message.Ballot);
        Assert.Empty(Told<PassOn>());
    }

    [Fact]
    public void Nothing_is_stolen_while_phase_1_has_no_quorum()
    {
        Tell(new BallotSeen(Key("x"), Ballot(3, "2.2")));
        Tell(new PeerSuspected(Replica("3.1"), IsSuspected: true));
        Tell(new PeerSuspected(Replica("3.2"), IsSuspected: true));
        Propose("x=1");
        Assert.Equal(Replica("2.2"), Assert.Single(Told<PassOn>()).To);
        Assert.Empty(Sent<Prepare>());
    }

    /// <summary>
    /// Found by the swarm: with nine replicas after one key, each took it back with the next request, and there was nothing but phase 1. Who has lost an object gives the winner time.
    /// </summary>
    [Fact]
    public void Who_has_just_lost_an_object_does_not_take_it_back_at_once()
    {
        Own("x");
        Tell(new BallotSeen(Key("x"), Ballot(2, "3.1")));
        var passed = 0;
        for (var round = 0; round < 20; round++)
        {
            Propose("x=1");
            passed += Told<PassOn>().Count;
        }

        Assert.Equal(20, passed);
        Assert.Empty(Sent<Prepare>());
        Advance(500);
        Known = (Ballot(2, "3.1"), 7);
        Propose("x=1");
        Advance(500);
        Assert.Equal(Ballot(3, "1.1"), Sent<Prepare>()[0].Message.Ballot);
    }
}
