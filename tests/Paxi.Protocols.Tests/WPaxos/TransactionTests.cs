using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Replicas;
using Paxi.Protocols.WPaxos;
using Xunit;

namespace Paxi.Protocols.Tests.WPaxos;

/// <summary>Transactions over several objects: the replica that does them, and the one that finds them left.</summary>
public sealed class TransactionTests() : OwnersSpec("retransmit-interval = 50ms, heartbeat-interval = 20ms, election-timeout = 100ms")
{
    [Fact]
    public void The_objects_are_gathered_in_their_order_and_the_commit_comes_after_every_hold()
    {
        Propose("y,x=1");
        Assert.Equal("x", Asked());
        PromisedByAll("x", Ballot(1, "1.1"));
        Assert.Empty(Sent<Accepts>());
        Assert.Equal("y", Asked());
        PromisedByAll("y", Ballot(1, "1.1"));
        Assert.Equal("y 1 Hold", Steps());
        Assert.DoesNotContain(Told<Learn>(), static learn => learn.IsOwn);
        Assert.Equal("x 1 Commit", Steps());
        Assert.Contains(Told<Learn>(), static learn => learn.IsOwn);
        Assert.Equal("y 2 Release", Steps());
        Assert.Equal("x 2", Steps());
        Assert.Equal("", Steps());
        Assert.Equal("0", Status("waiting"));
    }

    /// <summary>Nothing is put before all are reserved; who loses one gives all back, and gathers anew after a pause.</summary>
    [Fact]
    public void Who_loses_an_object_while_gathering_gives_all_back_and_tries_again()
    {
        Own("x");
        Propose("x,y=1");
        Assert.Equal("y", Asked());
        Tell(new Reject(Replica("3.1"), Key("y"), Ballot(1, "1.1"), Ballot(7, "2.1")));
        Propose("x=2", session: 2);
        Assert.Equal("x 2", Steps());
        Advance(400);
        Assert.Equal("y", Asked());
    }

    /// <summary>Else it would lose the first one while it waits for the second one, and so would all rivals.</summary>
    [Fact]
    public void Who_has_the_first_object_does_not_wait_after_a_lost_ballot_of_the_second_one()
    {
        Own("x");
        Propose("y=1");
        Assert.Equal("y", Asked());
        Tell(new Reject(Replica("3.1"), Key("y"), Ballot(1, "1.1"), Ballot(7, "2.1")));
        Propose("x,y=2", session: 2);
        Assert.Equal("y", Asked());
    }

    /// <summary>Whoever asks again before it is over gets no second transaction for the same objects.</summary>
    [Fact]
    public void A_transaction_that_is_under_way_is_not_begun_again()
    {
        Own("x");
        Propose("x,y=1");
        Propose("x,y=1");
        Assert.Equal("1", Status("waiting"));
        Assert.Equal("y", Asked());
        Tell(new Reject(Replica("3.1"), Key("y"), Ballot(1, "1.1"), Ballot(7, "2.1")));
        Propose("x,y=1");
        Assert.Equal("0", Status("waiting"));
        Advance(400);
        Assert.Equal("1", Status("waiting"));
        Assert.Equal("y", Asked());
    }

    /// <summary>The session table has the answer then.</summary>
    [Fact]
    public void A_transaction_that_is_over_is_done_again_for_who_asks_again()
    {
        Own("x");
        Own("y");
        for (var time = 1; time <= 2; time++)
        {
            Propose("x,y=1");
            Propose("x,y=1");
            Assert.Equal($"y {2 * time} Hold", Steps());
            Assert.Equal($"x {2 * time} Commit", Steps());
            Assert.Equal($"y {(2 * time) + 1} Release", Steps());
            Assert.Equal($"x {(2 * time) + 1}", Steps());
            Assert.Equal("", Steps());
        }
    }

    [Fact]
    public void Nothing_is_gathered_from_others_while_phase_1_has_no_quorum()
    {
        Own("x");
        Own("y");
        Tell(new BallotSeen(Key("z"), Ballot(5, "2.1")));
        Tell(new PeerSuspected(Replica("3.1"), IsSuspected: true));
        Tell(new PeerSuspected(Replica("3.2"), IsSuspected: true));
        Propose("x,z=1");
        Assert.Empty(Told<ObjectQuery>());
        Assert.Equal("0", Status("waiting"));
        Propose("x,y=2", sequence: 2);
        Assert.Equal("y 2 Hold", Steps());
    }

    /// <summary>The commit may be decided by another, or never: neither is said.</summary>
    [Fact]
    public void Who_loses_an_object_under_a_commit_answers_nothing()
    {
        Own("x");
        Own("y");
        Propose("x,y=1");
        Assert.Equal("y 2 Hold", Steps());
        Tell(new BallotSeen(Key("x"), Ballot(5, "2.1")));
        Advance(1000);
        Assert.Empty(Told<Executed>());
        Assert.DoesNotContain(Told<Learn>(), static learn => learn.IsOwn);
        Assert.Equal("0", Status("waiting"));
    }

    /// <summary>A coordinator that died between hold and commit: whoever takes a held object fills the commit's slot with something else, and then abandons.</summary>
    [Fact]
    public void A_held_object_whose_commit_is_missing_is_abandoned()
    {
        Left();
        PromisedByAll("x", Ballot(1, "1.1"));
        Assert.Equal("x 1", Steps());
        Assert.Equal("y 2 Abandon", Steps());
        Assert.Equal("y 3", Steps());
    }

    /// <summary>The commit is there: it has happened.</summary>
    [Fact]
    public void A_held_object_whose_commit_is_found_is_released()
    {
        Left();
        foreach (var member in Quorums.Members.Where(static member => member.Node <= 2))
        {
            Promised(member.ToString(), "x", Ballot(1, "1.1"), votes: new Proposal(s_places[0], s_command, Share(ShareKind.Commit)));
        }

        Assert.Equal("x 1 Commit", Steps());
        Advance(20);
        Assert.Equal("y 2 Release", Steps());
    }

    /// <summary>Else a later phase 1 might find what follows and not the end, and fill its slot with nothing: m2paxos, seed 1909.</summary>
    [Fact]
    public void An_end_that_phase_1_finds_is_decided_before_anything_follows()
    {
        Execute(Key("y"), 1, Share(ShareKind.Hold));
        Propose("y=1");
        foreach (var member in Quorums.Members.Where(static member => member.Node <= 2))
        {
            Promised(member.ToString(), "y", Ballot(1, "1.1"), decided: 1,
                votes: new Proposal(new Place(Key("y"), Ballot(0, "2.1"), 2), Batch.NoOp, Share(ShareKind.Abandon), Decided: 1));
        }

        Advance(50);
        Assert.Equal("y 2 Abandon", Steps());
        Execute(Key("y"), 2);
        Advance(50);
        Assert.Equal("y 3", Steps());
    }

    /// <summary>Two of three votes decide the hold; the third, and one that comes twice, find nothing left to do.</summary>
    [Fact]
    public void A_commit_is_proposed_once_the_hold_has_its_quorum()
    {
        Own("x");
        Own("y");
        Propose("x,y=1");
        var hold = Sent<Accepts>().First(static sent => sent.To == Self).Message;
        Accepted("1.1", hold);
        Accepted("1.2", hold);
        Accepted("1.2", hold);
        Accepted("1.3", hold);
        Assert.Equal("x 2 Commit", Steps());
        Accepted("1.3", hold);
        Assert.Equal("y 3 Release", Steps());
    }

    /// <summary>Two over the same objects: one after the other, and both get done.</summary>
    [Fact]
    public void Two_transactions_over_the_same_objects_follow_each_other()
    {
        Own("x");
        Own("y");
        Propose("x,y=1");
        Propose("y,x=2", asked: "2.1", session: 2);
        var steps = Enumerable.Range(0, 8).Select(_ => Steps()).ToList();
        Assert.Equal(["y 2 Hold", "x 2 Commit", "y 3 Release", "x 3"], steps[..4]);
        Assert.Equal(["y 4 Hold", "x 4 Commit", "y 5 Release", "x 5"], steps[4..]);
        Assert.Equal("0", Status("waiting"));
    }

    private static readonly Place[] s_places = [new(Key("x"), Ballot(0, "2.1"), 1), new(Key("y"), Ballot(0, "2.1"), 1)];
    private static readonly Batch s_command = Block(5, 1, "x,y=1");

    private static Share Share(ShareKind kind) =>
        new(kind, new TransactionId(9, 1), s_places, kind == ShareKind.Hold ? s_command : Batch.NoOp, [default, default]);

    /// <summary>A request for y finds the hold of somebody who is gone; it is proposed again, and x is asked for.</summary>
    private void Left()
    {
        Propose("y=1");
        Assert.Equal("y", Asked());
        foreach (var member in Quorums.Members.Where(static member => member.Node <= 2))
        {
            Promised(member.ToString(), "y", Ballot(1, "1.1"), votes: new Proposal(s_places[1], Batch.NoOp, Share(ShareKind.Hold)));
        }

        Assert.Equal("y 1 Hold", Steps());
        Advance(20);
        Assert.Equal("x", Asked());
    }

    private string Asked() => Assert.Single(Sent<Prepare>().Select(static sent => sent.Message.Object.ToString()).Distinct());

    /// <summary>What is proposed now, as <c>object slot kind</c>; the own zone votes for it.</summary>
    private string Steps() => string.Join(", ", Vote().SelectMany(static round => round.Proposals)
        .Select(static proposal => $"{proposal.Place.Object} {proposal.Place.Slot} {proposal.Share?.Kind}".TrimEnd()));
}
