using Paxi.Protocols.Paxos;
using Xunit;

namespace Paxi.Protocols.Tests.Paxos;

/// <summary>What the acceptor knows to be decided: by watermarks, from others, up to a snapshot.</summary>
public sealed class AcceptorDecidedTests() : RoleSpec(PaxosRoles.Acceptor, "lease.duration = 0, snapshot.retain-slots = 3")
{
    /// <summary>
    /// A watermark says that a slot is decided, not what was decided. A vote of another ballot may be for a command that lost: the learner must ask.
    /// </summary>
    [Fact]
    public void A_watermark_counts_only_for_votes_of_its_ballot()
    {
        Receive(new Accept(Second, Ballot(1, Second), 1, 0, Batch("lost")));
        Receive(new Commit(Third, Ballot(2, Third), 1, 1));
        Advance(5);

        Assert.Empty(Told<Learn>());
        Assert.Equal(new CommitSeen(1, Third), Assert.Single(Told<CommitSeen>()));

        Receive(new Accept(Third, Ballot(2, Third), 1, 1, Batch("won")));
        Advance(5);
        Assert.True(Assert.Single(Told<Learn>()).Batch.ContentEquals(Batch("won")));
    }

    [Fact]
    public void The_learner_gets_decided_slots_in_order_and_without_a_gap()
    {
        Receive(new Accept(Second, Ballot(1, Second), 1, 0, Batch("a")));
        Receive(new Accept(Second, Ballot(1, Second), 3, 0, Batch("c")));
        Receive(new Commit(Second, Ballot(1, Second), 3, 1));
        Assert.Equal([1L], Told<Learn>().Select(static learn => learn.Slot));
        Receive(new Accept(Second, Ballot(1, Second), 2, 3, Batch("b")));
        Advance(5);
        Assert.Equal([2L, 3L], Told<Learn>().Select(static learn => learn.Slot));
    }

    [Fact]
    public void After_a_restart_the_learner_gets_what_the_journal_knows_to_be_decided()
    {
        Receive(new Accept(Second, Ballot(1, Second), 1, 0, Batch("a")));
        Receive(new Accept(Second, Ballot(1, Second), 2, 1, Batch("b")));
        Receive(new Accept(Second, Ballot(1, Second), 3, 2, Batch("c")));
        Advance(5);
        CrashAndStart();

        Assert.Equal([1L, 2L], Told<Learn>().Select(static learn => learn.Slot));
        Assert.Equal(new AcceptorReady(Ballot(1, Second), IsNew: false), Assert.Single(Told<AcceptorReady>()));
    }

    /// <summary>What was learned without a vote is kept as decided, and a vote of a higher ballot for the same command keeps its ballot.</summary>
    [Fact]
    public void What_was_learned_is_kept_as_decided()
    {
        Receive(new Accept(Third, Ballot(5, Third), 2, 0, Batch("b")));
        Tell(new Learned([new LogEntry(1, Ballot(1, Second), Batch("a")), new LogEntry(2, Ballot(1, Second), Batch("b"))]));
        Advance(5);
        CrashAndStart();

        Assert.Equal([1L, 2L], Told<Learn>().Select(static learn => learn.Slot));
        Receive(new Prepare(Second, Ballot(9, Second), 1));
        Advance(5);
        Assert.Equal([Ballot(1, Second), Ballot(5, Third)], Assert.Single(Sent<Promise>()).Entries.Select(static entry => entry.Ballot));
    }

    /// <summary>What was learned has a ballot that was perhaps never promised here; a vote in it is a promise, and survives as one.</summary>
    [Fact]
    public void A_vote_for_what_was_learned_promises_its_ballot()
    {
        Tell(new Learned([new LogEntry(1, Ballot(7, Third), Batch("a"))]));
        Advance(5);
        Receive(new Accept(Third, Ballot(7, Third), 1, 0, Batch("a")));
        Advance(5);
        Assert.Single(Sent<Accepted>(Third));
        Assert.Equal("7.1.3", Status("promised"));
    }

    /// <summary>
    /// A replica that was away learns what was decided in a ballot that it never promised; then an accept of the ballot that it has promised arrives, late. The command that lost must not take the place of
    /// the one that was decided.
    /// </summary>
    [Fact]
    public void What_was_learned_gives_way_to_no_vote_of_a_lower_ballot()
    {
        Receive(new Prepare(Second, Ballot(7, Second), 1));
        Tell(new Learned([new LogEntry(1, Ballot(8, Third), Batch("decided"))]));
        Advance(5);
        Receive(new Accept(Second, Ballot(7, Second), 1, 0, Batch("lost")));
        Advance(5);
        Assert.Empty(Sent<Accepted>());
        Assert.Equal(1, Assert.Single(Sent<CatchUpEntries>(Second)).Decided);

        Receive(new CatchUp(Second, 1));
        Assert.True(Assert.Single(Assert.Single(Sent<CatchUpEntries>(Second)).Entries).Batch.ContentEquals(Batch("decided")));
        CrashAndStart();
        Assert.True(Assert.Single(Told<Learn>()).Batch.ContentEquals(Batch("decided")));
    }

    [Fact]
    public void A_slot_that_was_cut_off_is_not_voted_for_again()
    {
        Tell(new SnapshotDurable(10));
        Advance(5);
        Receive(new Accept(Second, Ballot(1, Second), 4, 0, Batch("a")));
        Advance(5);

        Assert.Empty(Sent<Accepted>());
        Assert.Equal(10, Assert.Single(Sent<CatchUpEntries>(Second)).Decided);
    }

    [Fact]
    public void The_log_behind_a_snapshot_is_cut_but_for_the_last_slots()
    {
        for (var slot = 1; slot <= 20; slot++)
        {
            Receive(new Accept(Second, Ballot(1, Second), slot, slot - 1, Batch($"{slot}")));
        }

        Receive(new Commit(Second, Ballot(1, Second), 20, 1));
        Tell(new SnapshotDurable(18));
        Assert.Equal("15", Status("truncated"));
        Receive(new CatchUp(Third, 16));
        Assert.Equal([16, 17, 18, 19, 20], Assert.Single(Sent<CatchUpEntries>()).Entries.Select(static entry => entry.Slot));
        Receive(new CatchUp(Third, 15));
        var entries = Assert.Single(Sent<CatchUpEntries>());
        Assert.Empty(entries.Entries);
        Assert.Equal(15, entries.Truncated);
    }
}
