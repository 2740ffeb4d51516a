using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.Replicas;
using Paxi.Protocols.WPaxos;
using Xunit;

namespace Paxi.Protocols.Tests.WPaxos;

/// <summary>Phase 1 and phase 2 of objects that this replica owns or wants.</summary>
public sealed class OwnersTests() : OwnersSpec("retransmit-interval = 50ms, heartbeat-interval = 20ms, election-timeout = 100ms, owners.idle = 200ms, owners.pipeline = 2, batch.max-waiting = 6")
{
    /// <summary>WPaxos 3: the first request for an object that nobody owns runs phase 1, with all replicas; its own promise must be among those counted.</summary>
    [Fact]
    public void The_first_touch_of_an_object_runs_phase_1_with_everybody()
    {
        Propose("x=1");
        var prepares = Sent<Prepare>();
        Assert.Equal(Quorums.Members, prepares.Select(static sent => sent.To));
        Assert.All(prepares, static sent => Assert.Equal((Ballot(1, "1.1"), 1L), (sent.Message.Ballot, sent.Message.FirstSlot)));

        foreach (var from in new[] { "1.2", "1.3", "2.1", "2.2", "3.1", "3.2" })
        {
            Promised(from, "x", Ballot(1, "1.1"));
        }

        Assert.Empty(Observed);
        Promised("1.1", "x", Ballot(1, "1.1"));
        Assert.Equal(["led x 1.1.1"], Observed);
        Assert.Equal("x=1", Text(Sent<Accepts>()[0].Message.Proposals.Single().Batch));
    }

    /// <summary>The grid's Q1 with fz = 0: a majority of every zone.</summary>
    [Fact]
    public void A_zone_without_a_majority_is_no_phase_1_quorum()
    {
        Propose("x=1");
        foreach (var from in new[] { "1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "3.1", "3.1", "3.1" })
        {
            Promised(from, "x", Ballot(1, "1.1"));
        }

        Assert.Empty(Observed);
    }

    /// <summary>fz = 0: phase 2 stays in the zone; everybody else is told what was decided, those who voted are told the place.</summary>
    [Fact]
    public void Phase_2_asks_the_own_zone_and_all_others_are_told()
    {
        Own("x");
        Propose("x=2");
        var accepts = Sent<Accepts>();
        Assert.Equal(["1.1", "1.2", "1.3"], accepts.Select(static sent => sent.To.ToString()));
        Accepted("1.1", accepts[0].Message);
        Accepted("1.1", accepts[0].Message);
        Assert.Empty(Told<Learn>());
        Accepted("1.3", accepts[0].Message);
        var learn = Assert.Single(Told<Learn>());
        Assert.True(learn.IsOwn);
        Assert.Equal(2, Assert.Single(Told<DecidedHere>()).Places.Single().Slot);

        Advance(21);
        Assert.Equal(["1.2", "1.3"], Sent<Commits>().Select(static sent => sent.To.ToString()));
        Assert.Equal(6, Sent<Decided>().Count(static sent => sent.To.Zone != 1));
    }

    /// <summary>A vote of a round of an earlier start is none for this one's.</summary>
    [Fact]
    public void A_vote_for_another_start_does_not_count()
    {
        Own("x");
        Propose("x=2");
        var accepts = Sent<Accepts>()[0].Message;
        foreach (var from in new[] { "1.1", "1.2", "1.3" })
        {
            Tell(new Accepted(Replica(from), accepts.Start + 1, accepts.Round, []));
            Tell(new Accepted(Replica("9.9"), accepts.Start, accepts.Round, []));
        }

        Assert.Empty(Told<Learn>());
    }

    /// <summary>Paxos Made Simple 2.2, P2c: the vote of the highest ballot is proposed again, gaps get no-ops, and own commands come after.</summary>
    [Fact]
    public void What_phase_1_finds_is_proposed_again_before_anything_else()
    {
        Known = (Ballot(4, "2.1"), 2);
        Propose("x=new", hops: 3);
        var ballot = Ballot(5, "1.1");
        Assert.Equal(3, Sent<Prepare>()[0].Message.FirstSlot);
        Promised("1.1", "x", ballot, 3, 2, Vote(5, Ballot(2, "3.1"), "x=low"));
        Promised("1.2", "x", ballot, 3, 2, Vote(4, Ballot(3, "2.1"), "x=kept"), Vote(5, Ballot(3, "2.1"), "x=high"));
        Tell(new Promise(Replica("2.1"), Key("x"), ballot, 3, IsLast: true, 3, 3, []));
        foreach (var from in new[] { "2.2", "3.1", "3.2" })
        {
            Promised(from, "x", ballot, 3, 2);
        }

        var missing = Assert.Single(Told<Missing>());
        Assert.Equal((Replica("2.1"), 3L), (missing.Peer, missing.Places.Single().Slot));
        Assert.Empty(Sent<Accepts>());
        Execute(Key("x"), 3);
        Advance(20);
        var first = Vote().Single();
        Assert.Equal(["4:x=kept", "5:x=high"], first.Proposals.Select(static proposal => $"{proposal.Place.Slot}:{Text(proposal.Batch)}"));
        Assert.All(first.Proposals, proposal => Assert.Equal(ballot, proposal.Place.Ballot));
        var learned = Told<Learn>().Single();
        Assert.False(learned.IsOwn);
        Assert.Equal("6:x=new", Vote().SelectMany(static round => round.Proposals).Select(static proposal => $"{proposal.Place.Slot}:{Text(proposal.Batch)}").Single());
        Assert.True(Told<Learn>().Single().IsOwn);
    }

    /// <summary>
    /// Found by the swarm: that a slot is decided was known to one replica, in memory alone. The thief took its word and fetched the state; the replica crashed before it gave it, and nobody could
    /// say any more what the votes on the disks of a quorum had decided.
    /// </summary>
    [Fact]
    public void A_decided_slot_that_no_durable_state_covers_is_proposed_again()
    {
        Propose("x=new");
        var ballot = Ballot(1, "1.1");
        Promised("1.1", "x", ballot, 1, 0, Vote(1, Ballot(0, "2.1"), "x=1"), Vote(3, Ballot(0, "2.1"), "x=3"));
        Promised("1.2", "x", ballot, 1, 2, Vote(2, Ballot(0, "2.1"), "x=2"));
        foreach (var from in new[] { "2.1", "2.2", "3.1", "3.2" })
        {
            Promised(from, "x", ballot);
        }

        Assert.Empty(Told<Missing>());
        Assert.Equal(["1:x=1", "2:x=2", "3:x=3", "4:x=new"], Voted(2));
    }

    /// <summary>An old vote that lost, in a slot whose other votes a checkpoint has removed, says nothing: the state does.</summary>
    [Fact]
    public void A_vote_in_a_slot_that_a_durable_state_covers_is_not_proposed_again()
    {
        Propose("x=new");
        var ballot = Ballot(1, "1.1");
        Promised("1.1", "x", ballot, 1, 0, Vote(2, Ballot(0, "2.1"), "x=lost"));
        Tell(new Promise(Replica("1.2"), Key("x"), ballot, 1, IsLast: true, 2, 2, []));
        foreach (var from in new[] { "2.1", "2.2", "3.1", "3.2" })
        {
            Promised(from, "x", ballot);
        }

        Assert.Equal(2, Assert.Single(Told<Missing>()).Places.Single().Slot);
        Assert.Empty(Sent<Accepts>());
        Execute(Key("x"), 2);
        Advance(20);
        Assert.Equal(["3:x=new"], Voted(1));
    }

    /// <summary>What is proposed in the next rounds, as <c>slot:commands</c>; all of it is voted for.</summary>
    private List<string> Voted(int rounds) =>
        [.. Enumerable.Range(0, rounds).SelectMany(_ => Vote()).SelectMany(static round => round.Proposals).Select(static proposal => $"{proposal.Place.Slot}:{Text(proposal.Batch)}")];

    /// <summary>The next chunk of votes is asked for after the last one told.</summary>
    [Fact]
    public void An_acceptor_with_many_votes_is_asked_until_it_has_told_the_last()
    {
        Propose("x=1");
        Sent<Prepare>();
        Tell(new Promise(Replica("2.1"), Key("x"), Ballot(1, "1.1"), 1, IsLast: false, 0, 0, [Vote(1, Ballot(0, "2.1"), "x=0")]));
        var (to, next) = Assert.Single(Sent<Prepare>());
        Assert.Equal((Replica("2.1"), 2L), (to, next.FirstSlot));
    }

    /// <summary>The learner hears of an object's slots in their order, whatever order the rounds end in.</summary>
    [Fact]
    public void Slots_are_learned_in_order()
    {
        Own("x");
        Propose("x=2");
        Propose("x=3", sequence: 2);
        var rounds = Sent<Accepts>().Where(static sent => sent.To == Self).Select(static sent => sent.Message).ToList();
        Assert.Equal(2, rounds.Count);
        Accepted("1.1", rounds[1]);
        Accepted("1.2", rounds[1]);
        Assert.Empty(Told<Learn>());
        Accepted("1.1", rounds[0]);
        Accepted("1.2", rounds[0]);
        Assert.Equal([2L, 3L], Told<Learn>().SelectMany(static learn => learn.Proposals).Select(static proposal => proposal.Place.Slot));
    }

    /// <summary>What waits for room in the pipeline goes together when there is some.</summary>
    [Fact]
    public void What_waits_together_goes_together()
    {
        Own("x");
        for (var sequence = 1; sequence <= 5; sequence++)
        {
            Propose($"x={sequence}", sequence: sequence);
        }

        Assert.Equal(["x=1", "x=2"], Vote().Select(static round => Text(round.Proposals.Single().Batch)));
        Assert.Equal(["x=3 x=4 x=5"], Vote().Select(static round => Text(round.Proposals.Single().Batch)));
    }

    /// <summary>Proposals for many objects at once share a message; one that is refused does not hold up the others.</summary>
    [Fact]
    public void Objects_share_a_round_and_a_refused_one_does_not_hold_up_the_others()
    {
        Own("x");
        Own("y");
        Tell(new Propose(Block(1, 1, "x=2", "y=2", "x=3")) { Asked = Self });
        var round = Sent<Accepts>().Select(static sent => sent.Message).Distinct().Single();
        Assert.Equal(["x=2 x=3", "y=2"], round.Proposals.Select(static proposal => Text(proposal.Batch)));
        Accepted("1.1", round, new Refused(0, Key("x"), Ballot(2, "2.1")));
        Accepted("1.2", round);
        Assert.Equal("y=2", Told<Learn>().Single().Proposals.Select(static proposal => Text(proposal.Batch)).Single());
    }

    /// <summary>An owner that loses its object passes on what waits and what is under way: nothing is lost, and the sessions see to it that nothing is done twice.</summary>
    [Fact]
    public void An_owner_that_loses_its_object_passes_the_commands_on_to_the_winner()
    {
        Own("x");
        for (var sequence = 1; sequence <= 3; sequence++)
        {
            Propose($"x={sequence}", asked: "1.2", sequence: sequence);
        }

        var round = Sent<Accepts>()[0].Message;
        Accepted("1.2", round, new Refused(0, Key("x"), Ballot(2, "2.1")));
        var passed = Assert.Single(Told<PassOn>());
        Assert.Equal((Replica("2.1"), Replica("1.2"), "x=1 x=2 x=3"), (passed.To, passed.Asked, Text(passed.Batch)));

        // A late quorum for a slot of the lost ballot changes nothing here.
        Accepted("1.1", round);
        Accepted("1.3", round);
        Propose("x=4", sequence: 4);
        Assert.Equal("x=4", Text(Assert.Single(Told<PassOn>()).Batch));
        Assert.Empty(Told<Learn>());
        Assert.Equal("0", Status("waiting"));
    }

    /// <summary>Rivals do not duel: who is told of a higher ballot in phase 1 gives way to a winner that lives.</summary>
    [Fact]
    public void Who_loses_phase_1_passes_the_commands_on()
    {
        Propose("x=1");
        Sent<Prepare>();
        Tell(new Reject(Replica("3.1"), Key("x"), Ballot(1, "1.1"), Ballot(1, "2.2")));
        Assert.Equal((Replica("2.2"), "x=1"), Told<PassOn>().Select(static passed => (passed.To, Text(passed.Batch))).Single());
        Assert.Empty(Sent<Prepare>());
    }

    /// <summary>When the winner is suspected the loser tries again, but after a pause.</summary>
    [Fact]
    public void Who_loses_to_a_dead_replica_tries_again_after_a_pause()
    {
        Tell(new PeerSuspected(Replica("2.2"), IsSuspected: true));
        Propose("x=1");
        Sent<Prepare>();
        Tell(new Reject(Replica("3.1"), Key("x"), Ballot(1, "1.1"), Ballot(1, "2.2")));
        Assert.Empty(Sent<Prepare>());
        Advance(20);
        Assert.Equal(Ballot(2, "1.1"), Sent<Prepare>().Select(static sent => sent.Message.Ballot).Distinct().Single());
    }

    /// <summary>What an acceptor may have promised an owner believes, and outbids as long as there is a ballot above.</summary>
    [Theory]
    [InlineData(Sanity.LargestCounter - 2, Sanity.LargestCounter - 1)]
    [InlineData(Sanity.LargestCounter - 1, 0u)]
    public void A_ballot_is_outbid_up_to_the_largest_counter(uint promised, uint next)
    {
        Tell(new PeerSuspected(Replica("2.2"), IsSuspected: true));
        Propose("x=1");
        Sent<Prepare>();
        Tell(new Reject(Replica("3.1"), Key("x"), Ballot(1, "1.1"), Ballot(promised, "2.2")));
        Advance(20);
        Assert.Equal(next, Sent<Prepare>().Select(static sent => sent.Message.Ballot.Counter).Distinct().SingleOrDefault());
        Assert.Equal("0", Status("refused"));
        Assert.Equal(next > 0 ? "0" : "1", Status("dropped"));
    }

    [Fact]
    public void A_ballot_with_an_absurd_counter_is_not_believed()
    {
        Propose("x=1");
        Sent<Prepare>();
        Tell(new Reject(Replica("3.1"), Key("x"), Ballot(1, "1.1"), Ballot(Sanity.LargestCounter, "2.2")));
        Assert.Equal("1", Status("refused"));
        PromisedByAll("x", Ballot(1, "1.1"));
        Assert.Contains("led x 1.1.1", Observed);
    }

    [Fact]
    public void A_silent_acceptor_is_asked_again_and_phase_1_without_a_quorum_ends()
    {
        Propose("x=1");
        Sent<Prepare>();
        Promised("1.1", "x", Ballot(1, "1.1"));
        Advance(51);
        Assert.Equal(8, Sent<Prepare>().Count);
        Advance(500);
        Sent<Prepare>();
        Advance(500);
        Assert.Empty(Sent<Prepare>());
        Assert.Equal(("0", "1"), (Status("waiting"), Status("dropped")));
    }

    [Fact]
    public void A_round_without_a_quorum_is_sent_again_to_everybody()
    {
        Own("x");
        Propose("x=2");
        Accepted("1.1", Sent<Accepts>()[0].Message);
        Advance(80);
        var again = Sent<Accepts>();
        Assert.Equal(8, again.Count);
        Accepted("2.1", again[0].Message);
        Accepted("2.2", again[0].Message);
        Assert.Single(Told<Learn>());
    }

    /// <summary>Passivation: the actor goes, what it knew stays; the next request needs no phase 1.</summary>
    [Fact]
    public void An_idle_owner_goes_and_comes_back_without_phase_1()
    {
        Own("x");
        Advance(500);
        Assert.Equal(("0", "1"), (Status("active"), Status("owned")));
        Propose("x=2");
        Assert.Empty(Sent<Prepare>());
        Assert.Equal(2, Vote().Single().Proposals.Single().Place.Slot);
        Assert.Equal("1", Status("active"));
    }

    /// <summary>An object that somebody took while its actor was away is not this replica's any more.</summary>
    [Fact]
    public void A_ballot_seen_while_the_owner_is_passivated_counts()
    {
        Own("x");
        Advance(500);
        Tell(new BallotSeen(Key("x"), Ballot(2, "3.1")));
        Propose("x=2");
        Assert.Equal(Replica("3.1"), Assert.Single(Told<PassOn>()).To);
        Assert.Equal("0", Status("owned"));
    }

    /// <summary>An open session, and what is no command, are answered here.</summary>
    [Fact]
    public void What_needs_no_object_is_answered_at_once()
    {
        Tell(new Propose(Block(7, 1, "", "nonsense")) { Asked = Self });
        var block = Assert.Single(Assert.Single(Told<Executed>()).Blocks);
        var results = new Paxi.Actors.Wire.WireReader(block.Results);
        Assert.Equal((7UL, 2), (block.Session, block.Count));
        Assert.Equal((1L, (byte)CommandStatus.Done, 0), (results.VarInt(), results.Byte(), results.Bytes().Length));
        Assert.Equal((2L, (byte)CommandStatus.Invalid, "no command"), (results.VarInt(), results.Byte(), System.Text.Encoding.UTF8.GetString(results.Bytes().Span)));
        Assert.Empty(Sent<Prepare>());
    }

    [Fact]
    public void Too_much_that_waits_is_refused_as_a_whole()
    {
        Propose("x=1");
        var block = Block(1, 2, "x=2", "x=3", "x=4", "x=5", "x=6", "y=7");
        Tell(new Propose(block) { Asked = Self });
        var refused = Assert.Single(Told<ProposalRefused>());
        Assert.Equal((true, RefusalReason.Overloaded), (ReferenceEquals(block, refused.Batch), refused.Reason));
        Assert.Equal("1", Status("waiting"));
    }

    private static Proposal Vote(long slot, Ballot ballot, string command) => new(new Place(Key("x"), ballot, slot), Block(5, slot, command));
}
