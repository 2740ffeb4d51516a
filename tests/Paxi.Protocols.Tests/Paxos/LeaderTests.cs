using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Detector;
using Paxi.Actors.Replicas;
using Paxi.Protocols.Paxos;
using Xunit;

namespace Paxi.Protocols.Tests.Paxos;

public sealed class LeaderTests() : LeaderSpec("batch.pipeline = 2, batch.max-commands = 4, batch.max-waiting = 6, batch.pace = 0")
{
    /// <summary>PMS 2.2, phase 1: a quorum of promises, and not less. The own promise is among them, so that a restart never leads with the same ballot again.</summary>
    [Fact]
    public void It_leads_with_a_quorum_of_promises_that_has_its_own()
    {
        Stand();
        Assert.Equal([Second, Third], Sent<Prepare>().Select(static (_, index) => index == 0 ? Second : Third));
        Assert.Single(Told<Prepare>());
        Promised(Second, 1);
        Promised(Third, 1);
        Assert.Empty(Observed);

        Promised(First, 1);
        Assert.Equal(["led 1.1.1"], Observed);
    }

    /// <summary>An acceptor is counted once, however often its answer arrives.</summary>
    [Fact]
    public void A_promise_that_arrives_twice_counts_once()
    {
        Stand();
        Promised(First, 1);
        Promised(First, 1);
        Promised(First, 1);
        Assert.Empty(Observed);
    }

    /// <inheritdoc cref="A_promise_that_arrives_twice_counts_once"/>
    [Fact]
    public void A_vote_that_arrives_twice_counts_once()
    {
        Win();
        Propose("a");
        Accepted(Second, 1);
        Accepted(Second, 1);
        Accepted(Second, 1);
        Assert.Empty(Told<Learn>());

        Accepted(Third, 1);
        Assert.Equal(1, Assert.Single(Told<Learn>()).Slot);
    }

    /// <summary>PMS 2.2, phase 2a: "where v is the value of the highest-numbered proposal among the responses".</summary>
    [Fact]
    public void It_proposes_the_vote_of_the_highest_ballot_again()
    {
        Tell(new AcceptorReady(Ballot(3, Third), IsNew: false));
        Tell(ElectionDue.Instance);
        Tell(new LearnedTo(0));
        var ballot = Ballot(4, First);
        Tell(new Promise(First, ballot, 1, true, 0, 0, [new LogEntry(1, Ballot(1, Second), Batch("old"))]));
        Tell(new Promise(Third, ballot, 1, true, 0, 0, [new LogEntry(1, Ballot(2, Third), Batch("new"))]));

        var accept = Assert.Single(Sent<Accept>(Second));
        Assert.Equal((1, ballot), (accept.Slot, accept.Ballot));
        Assert.True(accept.Batch.ContentEquals(Batch("new")));
    }

    /// <summary>PMS 3: "the leader ... fills the gap by proposing, as commands, a special no-op".</summary>
    [Fact]
    public void It_fills_gaps_with_no_ops()
    {
        Stand();
        Promised(First, 1, new LogEntry(3, Ballot(0, Second), Batch("c")));
        Promised(Second, 1, new LogEntry(1, Ballot(0, Second), Batch("a")));
        Assert.Equal([1L, 2L], Sent<Accept>(Third).Select(static accept => accept.Slot));
        Accepted(First, 1);
        Accepted(Second, 1);
        Accepted(First, 2);
        Accepted(Second, 2);
        Accepted(First, 3);
        Accepted(Second, 3);

        var learned = Told<Learn>();
        Assert.Equal([1L, 2L, 3L], learned.Select(static learn => learn.Slot));
        Assert.True(learned[1].Batch.IsNoOp);
        Assert.True(learned[2].Batch.ContentEquals(Batch("c")));
        Assert.All(learned, static learn => Assert.False(learn.IsOwn));
    }

    /// <summary>Slots are decided in any order and learned in theirs.</summary>
    [Fact]
    public void The_learner_hears_of_slots_in_order()
    {
        Win();
        Propose("a");
        Propose("b");
        Accepted(First, 2);
        Accepted(Second, 2);
        Assert.Empty(Told<Learn>());
        Accepted(First, 1);
        Accepted(Third, 1);
        Assert.Equal([1L, 2L], Told<Learn>().Select(static learn => learn.Slot));
    }

    [Fact]
    public void What_waits_while_the_pipeline_is_full_goes_together()
    {
        Win();
        foreach (var (content, session) in new[] { ("a", 1UL), ("b", 2UL), ("c", 3UL), ("d", 4UL) })
        {
            Propose(content, session);
        }

        Assert.Equal([1, 1], Sent<Accept>(Second).Select(static accept => accept.Batch.Count));
        Accepted(First, 1);
        Accepted(Second, 1);
        var joined = Assert.Single(Sent<Accept>(Second));
        Assert.Equal((3, 2), (joined.Slot, joined.Batch.Count));
        Assert.Equal(1, joined.Commit);
    }

    [Fact]
    public void A_batch_is_bounded()
    {
        Win();
        for (var session = 1UL; session <= 8; session++)
        {
            Propose("x", session);
        }

        Sent<Accept>();
        Accepted(First, 1);
        Accepted(Second, 1);
        Assert.Equal(4, Assert.Single(Sent<Accept>(Second)).Batch.Count);
    }

    [Fact]
    public void More_than_may_wait_is_refused_as_overloaded()
    {
        Win();
        for (var session = 1UL; session <= 8; session++)
        {
            Propose("x", session);
        }

        Assert.Empty(Told<ProposalRefused>());
        Propose("y", 9);
        Assert.Equal(RefusalReason.Overloaded, Assert.Single(Told<ProposalRefused>()).Reason);
    }

    [Fact]
    public void While_the_oldest_has_waited_too_long_nothing_more_is_taken()
    {
        Win();
        for (var session = 1UL; session <= 3; session++)
        {
            Propose("x", session);
        }

        Advance(600);
        Propose("y", 9);
        Assert.Equal(RefusalReason.Overloaded, Assert.Single(Told<ProposalRefused>()).Reason);
    }

    [Fact]
    public void A_follower_refuses_and_names_the_leader()
    {
        Tell(new AcceptorReady(default, IsNew: true));
        Tell(new LeaderHeard(Ballot(1, Second)));
        Propose("a");
        var refused = Assert.Single(Told<ProposalRefused>());
        Assert.Equal((RefusalReason.NoLeader, (ReplicaId?)Second), (refused.Reason, refused.Leader));
        Assert.Equal(Second, Told<LeaderChanged>()[^1].Leader);
    }

    /// <summary>Found by the swarm, seed 5443: the leader's ballot was below the candidate's, and nobody told of it again when the election was lost.</summary>
    [Fact]
    public void A_leader_that_was_passed_over_is_named_when_the_election_is_lost()
    {
        Tell(new AcceptorReady(Ballot(3, Third), IsNew: false));
        Tell(ElectionDue.Instance);
        Tell(new LearnedTo(0));
        Tell(new LeaderHeard(Ballot(3, Third)));
        Assert.Null(Told<LeaderChanged>()[^1].Leader);
        Advance(5_000);
        Assert.Equal(Third, Told<LeaderChanged>()[^1].Leader);
    }

    [Fact]
    public void A_suspected_leader_is_named_no_more()
    {
        Tell(new AcceptorReady(default, IsNew: true));
        Tell(new LeaderHeard(Ballot(1, Second)));
        Tell(new LeaderSuspected(Ballot(1, Second)));
        Assert.Null(Told<LeaderChanged>()[^1].Leader);
    }

    [Fact]
    public void A_higher_ballot_ends_its_lead_and_what_waits_is_refused()
    {
        Win();
        Told<LeaderChanged>();
        Propose("a", 1);
        Propose("b", 2);
        Propose("c", 3);
        Answer(new Reject(Second, Own, Ballot(2, Third)));

        var refused = Assert.Single(Told<ProposalRefused>());
        Assert.True(refused.Batch.ContentEquals(Batch("c", 3)));
        Assert.Single(Told<StandDown>());
        Assert.Null(Told<LeaderChanged>()[^1].Leader);
        Accepted(First, 1);
        Accepted(Second, 1);
        Assert.Empty(Told<Learn>());
    }

    [Fact]
    public void The_next_ballot_is_above_all_that_it_has_seen()
    {
        Win();
        Answer(new Reject(Second, Own, Ballot(7, Third)));
        Sent<Prepare>();
        Tell(ElectionDue.Instance);
        Tell(new LearnedTo(0));
        Assert.All(Sent<Prepare>(), static prepare => Assert.Equal(Ballot(8, First), prepare.Ballot));
    }

    [Fact]
    public void What_was_not_answered_is_sent_again_to_those_who_did_not()
    {
        Win();
        Propose("a");
        Sent<Accept>();
        Accepted(Second, 1);
        Advance(400);
        Assert.Empty(Sent<Accept>(Second));
        Assert.NotEmpty(Sent<Accept>(Third));
    }

    [Fact]
    public void A_prepare_that_was_not_answered_is_sent_again()
    {
        Stand();
        Sent<Prepare>();
        Promised(First, 1);
        Advance(300);
        Assert.Equal([Second, Third], new[] { Second, Third }.Where(peer => Sent<Prepare>(peer).Count == 1));
    }

    [Fact]
    public void A_candidate_without_a_quorum_gives_up()
    {
        Stand();
        Advance(1100);
        Assert.True(Assert.Single(Told<StandDown>()).Lost);
    }

    [Fact]
    public void A_leader_that_lost_contact_stops()
    {
        Win();
        Told<LeaderChanged>();
        Tell(new ContactLost(Own));
        Assert.Null(Told<LeaderChanged>()[^1].Leader);
        Assert.Single(Told<StandDown>());
        Assert.NotEmpty(Told<LeadershipLost>());
    }

    /// <summary>Others know slots to be decided that this one lacks, and one has cut them off: it catches up before it counts that promise.</summary>
    [Fact]
    public void It_never_decides_a_slot_anew_that_somebody_has_cut_off()
    {
        Stand();
        Promised(First, 1);
        Answer(new Promise(Second, Own, 1, true, Truncated: 10, Decided: 12, []));
        Assert.Empty(Observed);
        Assert.Equal(new CommitSeen(12, Second), Assert.Single(Told<CommitSeen>()));

        Sent<Prepare>();
        Tell(new LearnedTo(12));
        Assert.Equal(13, Assert.Single(Sent<Prepare>(Second)).FirstSlot);
        Answer(new Promise(Second, Own, 13, true, 10, 12, []));
        Assert.Equal(["led 1.1.1"], Observed);
        Propose("a");
        Assert.Equal(13, Assert.Single(Sent<Accept>(Second)).Slot);
    }

    [Fact]
    public void A_promise_in_chunks_counts_when_it_is_whole()
    {
        Stand();
        Promised(First, 1);
        Answer(new Promise(Second, Own, 1, IsLast: false, 0, 0, [new LogEntry(1, Ballot(0, Second), Batch("a"))]));
        Assert.Empty(Observed);
        Assert.Equal(2, Sent<Prepare>(Second)[^1].FirstSlot);
        Answer(new Promise(Second, Own, 2, IsLast: true, 0, 0, [new LogEntry(2, Ballot(0, Second), Batch("b"))]));
        Assert.Equal([1L, 2L], Sent<Accept>(Third).Select(static accept => accept.Slot));
    }

    /// <summary>Somebody else has decided a slot that this one has under way: it was deposed, whether it has heard so or not.</summary>
    [Fact]
    public void Learning_a_slot_that_it_has_under_way_ends_its_lead()
    {
        Win();
        Propose("a");
        Tell(new LearnedTo(1));
        Assert.Single(Told<StandDown>());
    }

    [Fact]
    public void Answers_of_strangers_and_absurd_ballots_are_refused_and_counted()
    {
        Win();
        Answer(new Accepted(new ReplicaId(9, 9), Own, 1));
        Answer(new Promise(new ReplicaId(9, 9), Own, 1, true, 0, 0, []));
        Answer(new Reject(Second, Own, Ballot(uint.MaxValue, Second)));
        Answer(new Reject(Second, Own, Ballot(2, new ReplicaId(9, 9))));
        Assert.Equal("4", Status("refused"));
        Assert.Equal("leading", Status("state"));
    }

    [Fact]
    public void An_absurd_promise_is_ignored()
    {
        Stand();
        Promised(First, 1);
        Promised(Second, 1, new LogEntry(long.MaxValue, Ballot(0, Second), Batch("a")));
        Promised(Second, 1, new LogEntry(2, Ballot(0, Second), Batch("a")), new LogEntry(1, Ballot(0, Second), Batch("a")));
        Promised(Second, 1, new LogEntry(1, Ballot(5, Second), Batch("a")));
        Assert.Empty(Observed);
    }
}
