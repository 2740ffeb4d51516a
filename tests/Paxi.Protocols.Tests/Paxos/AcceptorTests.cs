using Paxi.Actors;
using Paxi.Protocols.Paxos;
using Xunit;

namespace Paxi.Protocols.Tests.Paxos;

/// <summary>The acceptor, with the rule of the paper that each test is about. PMS is Lamport, Paxos Made Simple (2001).</summary>
public sealed class AcceptorTests() : RoleSpec(PaxosRoles.Acceptor, "lease.duration = 0")
{
    /// <summary>PMS 2.2, P1a: "An acceptor can accept a proposal numbered n iff it has not responded to a prepare request having a number greater than n."</summary>
    [Fact]
    public void It_votes_for_nothing_below_its_promise()
    {
        Receive(new Prepare(Third, Ballot(2, Third), 1));
        Advance(2);
        Receive(new Accept(Second, Ballot(1, Second), 1, 0, Batch("late")));
        Advance(2);

        Assert.Empty(Sent<Accepted>());
        Assert.Equal(Ballot(2, Third), Assert.Single(Sent<Reject>(Second)).Promised);
        Assert.DoesNotContain(Observed, step => step.StartsWith("accepted", StringComparison.Ordinal));
    }

    /// <summary>PMS 2.2: a prepare request below one that was answered is ignored; here the candidate is told why.</summary>
    [Fact]
    public void It_promises_nothing_below_its_promise()
    {
        Receive(new Prepare(Third, Ballot(2, Third), 1));
        Receive(new Prepare(Second, Ballot(1, Second), 1));
        Advance(2);

        Assert.Single(Sent<Promise>());
        Assert.Equal(new Reject(First, Ballot(1, Second), Ballot(2, Third)), Assert.Single(Sent<Reject>()));
    }

    /// <summary>PMS 2.3: "An acceptor records its intended response in stable storage before actually sending the response."</summary>
    [Fact]
    public void A_promise_is_durable_before_it_is_sent()
    {
        Node.Disk.Stall(TimeSpan.FromMilliseconds(50));
        Receive(new Prepare(Second, Ballot(1, Second), 1));
        Advance(40);
        Assert.Empty(Sent<Promise>());
        Assert.Empty(Observed);

        Advance(20);
        Assert.Single(Sent<Promise>(Second));
        Assert.Equal(["promised 1.1.2"], Observed);
    }

    /// <inheritdoc cref="A_promise_is_durable_before_it_is_sent"/>
    [Fact]
    public void A_vote_is_durable_before_it_is_sent()
    {
        Node.Disk.Stall(TimeSpan.FromMilliseconds(50));
        Receive(new Accept(Second, Ballot(1, Second), 1, 0, Batch("a")));
        Advance(40);
        Assert.Empty(Sent<Accepted>());

        Advance(20);
        Assert.Equal(new Accepted(First, Ballot(1, Second), 1), Assert.Single(Sent<Accepted>(Second)));
        Assert.Equal(["accepted 1 1.1.2"], Observed);
    }

    /// <summary>A disk that fails: no answer, rather than one that the next start does not know of.</summary>
    [Fact]
    public void A_vote_that_the_disk_did_not_take_is_never_sent()
    {
        World.IsExpected = static _ => true;
        Node.Disk.IsFailing = true;
        Receive(new Accept(Second, Ballot(1, Second), 1, 0, Batch("a")));
        Advance(100);

        Assert.Empty(Sent<Accepted>());
        Assert.Empty(Observed);
    }

    /// <summary>PMS 2.2: an acceptor must remember "even if it fails and is then restarted" the highest ballot it answered, and its highest vote.</summary>
    [Fact]
    public void A_restart_remembers_promise_and_votes()
    {
        Receive(new Accept(Second, Ballot(1, Second), 1, 0, Batch("a")));
        Receive(new Accept(Second, Ballot(1, Second), 3, 0, Batch("c")));
        Receive(new Prepare(Third, Ballot(4, Third), 1));
        Advance(5);
        CrashAndStart();

        Receive(new Prepare(Second, Ballot(3, Second), 1));
        Assert.Equal(Ballot(4, Third), Assert.Single(Sent<Reject>()).Promised);
        Receive(new Prepare(Third, Ballot(5, Third), 1));
        Advance(5);
        var promise = Assert.Single(Sent<Promise>());
        Assert.Equal([1, 3], promise.Entries.Select(static entry => entry.Slot));
        Assert.Equal([Ballot(1, Second), Ballot(1, Second)], promise.Entries.Select(static entry => entry.Ballot));
        Assert.True(promise.IsLast);
    }

    /// <summary>A vote in a ballot that was never asked for by a prepare is a promise too, and survives as one.</summary>
    [Fact]
    public void A_vote_promises_its_ballot()
    {
        Receive(new Accept(Third, Ballot(7, Third), 1, 0, Batch("a")));
        Advance(5);
        CrashAndStart();

        Receive(new Accept(Second, Ballot(6, Second), 2, 0, Batch("b")));
        Advance(5);
        Assert.Empty(Sent<Accepted>());
        Assert.Single(Sent<Reject>());
    }

    /// <summary>
    /// Paxi's defect: "a promise leaves out committed entries, so a lagging new leader can decide slot 0 twice". A promise has every vote, decided or not.
    /// </summary>
    [Fact]
    public void A_promise_has_decided_votes_too()
    {
        Receive(new Accept(Second, Ballot(1, Second), 1, 0, Batch("a")));
        Receive(new Accept(Second, Ballot(1, Second), 2, 1, Batch("b")));
        Receive(new Commit(Second, Ballot(1, Second), 2, 1));
        Receive(new Prepare(Third, Ballot(2, Third), 1));
        Advance(5);

        var promise = Assert.Single(Sent<Promise>());
        Assert.Equal([1, 2], promise.Entries.Select(static entry => entry.Slot));
        Assert.Equal(2, promise.Decided);
    }

    [Fact]
    public void A_promise_of_many_votes_comes_in_chunks_under_the_frame_limit()
    {
        var large = new string('x', 200_000);
        for (var slot = 1; slot <= 7; slot++)
        {
            Receive(new Accept(Second, Ballot(1, Second), slot, 0, Batch(large)));
        }

        var next = 1L;
        var slots = new List<long>();
        for (var chunks = 0; chunks < 10; chunks++)
        {
            Receive(new Prepare(Third, Ballot(2, Third), next));
            Advance(20);
            var promise = Assert.Single(Sent<Promise>());
            Assert.True(((Paxi.Actors.Wire.IWireMessage)promise).SizeHint < 1 << 20);
            Assert.Equal(next, promise.FirstSlot);
            slots.AddRange(promise.Entries.Select(static entry => entry.Slot));
            if (promise.IsLast)
            {
                break;
            }

            next = promise.Entries[^1].Slot + 1;
        }

        Assert.Equal([1, 2, 3, 4, 5, 6, 7], slots);
    }

    /// <summary>What a snapshot covers may be cut off; the promise says so, so that nobody takes those slots for free.</summary>
    [Fact]
    public void A_promise_tells_what_was_cut_off()
    {
        for (var slot = 1; slot <= 4; slot++)
        {
            Receive(new Accept(Second, Ballot(1, Second), slot, slot - 1, Batch($"{slot}")));
        }

        Receive(new Commit(Second, Ballot(1, Second), 4, 1));
        Advance(5);
        Tell(new SnapshotDurable(10));
        Advance(5);
        CrashAndStart();
        Receive(new Prepare(Third, Ballot(2, Third), 1));
        Advance(5);

        var promise = Assert.Single(Sent<Promise>());
        Assert.Equal(10, promise.Truncated);
        Assert.Equal(10, promise.Decided);
        Assert.Empty(promise.Entries);
    }

    /// <summary>Paxos Quorum Reads (2019): the watermark is the highest slot voted for, not the highest known to be decided, and a restart does not lower it.</summary>
    [Fact]
    public void A_read_query_is_answered_with_the_highest_vote()
    {
        Receive(new Accept(Second, Ballot(1, Second), 1, 0, Batch("a")));
        Receive(new Accept(Second, Ballot(1, Second), 4, 0, Batch("d")));
        Advance(5);
        CrashAndStart();
        Receive(new ReadQuery(Third, 77));
        Assert.Equal(new ReadAnswer(First, 77, 4), Assert.Single(Sent<ReadAnswer>(Third)));
    }

    /// <summary>
    /// A leader that won phase 1 without hearing of a vote will fill that slot anew: the vote decides nothing any more, and reads need not wait for it.
    /// </summary>
    [Fact]
    public void A_vote_that_the_present_leader_did_not_find_holds_up_no_read()
    {
        Receive(new Accept(Second, Ballot(1, Second), 1, 0, Batch("a")));
        Receive(new Accept(Second, Ballot(1, Second), 4, 0, Batch("d")));
        Receive(new Commit(Third, Ballot(2, Third), 1, 3));
        Receive(new ReadQuery(Third, 1));
        Assert.Equal(2, Assert.Single(Sent<ReadAnswer>()).Slot);

        Receive(new Accept(Third, Ballot(2, Third), 3, 1, Batch("c")));
        Receive(new ReadQuery(Third, 2));
        Assert.Equal(3, Assert.Single(Sent<ReadAnswer>()).Slot);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    [InlineData(1L << 40)]
    public void An_absurd_slot_is_refused_and_counted(long slot)
    {
        Receive(new Accept(Second, Ballot(1, Second), slot, 0, Batch("a")));
        Receive(new Prepare(Second, Ballot(1, Second), slot));
        Receive(new CatchUp(Second, slot));
        Receive(new Commit(Second, Ballot(1, Second), slot, slot));
        Advance(5);
        Assert.Empty(Sent<Accepted>());
        Assert.NotEqual("0", Status("refused"));

        Receive(new Accept(Second, Ballot(1, Second), 1, 0, Batch("a")));
        Advance(5);
        Assert.Single(Sent<Accepted>());
    }

    [Theory]
    [InlineData(1u, 9, 9)]
    [InlineData(1u, 1, 3)]
    [InlineData(0u, 1, 2)]
    [InlineData(uint.MaxValue, 1, 2)]
    public void An_absurd_ballot_is_refused_and_counted(uint counter, int zone, int node)
    {
        var ballot = Ballot(counter, new ReplicaId((ushort)zone, (ushort)node));
        Receive(new Accept(Second, ballot, 1, 0, Batch("a")));
        Receive(new Prepare(Second, ballot, 1));
        Receive(new Commit(Second, ballot, 1, 1));
        Advance(5);

        Assert.Empty(Sent<Accepted>());
        Assert.Empty(Sent<Promise>());
        Assert.Equal("3", Status("refused"));
        Assert.Equal("0.0.0", Status("promised"));
    }

    /// <summary>The Part-Time Parliament (1998), B1: one value a ballot. A second one is a defect of its leader, and does not replace the first.</summary>
    [Fact]
    public void A_second_value_in_one_ballot_is_refused()
    {
        World.IsExpected = static _ => true;
        Receive(new Accept(Second, Ballot(1, Second), 1, 0, Batch("a")));
        Receive(new Accept(Second, Ballot(1, Second), 1, 0, Batch("b")));
        Advance(5);

        Assert.Single(Sent<Accepted>());
        Assert.Equal("1", Status("refused"));
    }

    /// <summary>A leader sends again what is not answered in time; a slow disk must not get a second write for it.</summary>
    [Fact]
    public void A_copy_of_an_accept_is_not_written_twice()
    {
        Node.Disk.Stall(TimeSpan.FromMilliseconds(50));
        var accept = new Accept(Second, Ballot(1, Second), 1, 0, Batch("a"));
        Receive(accept);
        Receive(accept);
        Assert.Equal("1", Status("unwritten"));
        Advance(60);
        Assert.Single(Sent<Accepted>(Second));

        // The answer may have been lost: now it is durable, and answered at once.
        Receive(accept);
        Assert.Equal("0", Status("unwritten"));
        Assert.Equal(new Accepted(First, Ballot(1, Second), 1), Assert.Single(Sent<Accepted>(Second)));
    }

    [Fact]
    public void After_a_restart_a_copy_of_an_accept_is_answered_without_a_write()
    {
        var accept = new Accept(Second, Ballot(1, Second), 1, 0, Batch("a"));
        Receive(accept);
        Advance(5);
        CrashAndStart();
        Receive(accept);
        Assert.Equal("0", Status("unwritten"));
        Assert.Single(Sent<Accepted>(Second));
    }

    /// <summary>The first write of the slot says nothing of the second vote, which has another ballot.</summary>
    [Fact]
    public void A_vote_that_replaced_another_is_not_answered_for_the_write_of_the_first()
    {
        Node.Disk.Stall(TimeSpan.FromMilliseconds(50));
        Receive(new Accept(Second, Ballot(1, Second), 1, 0, Batch("a")));
        Advance(40);
        Receive(new Accept(Third, Ballot(2, Third), 1, 0, Batch("b")));
        while (Sent<Accepted>(Second).Count == 0)
        {
            Assert.Empty(Sent<Accepted>(Third));
            Advance(0.1);
        }

        Receive(new Accept(Third, Ballot(2, Third), 1, 0, Batch("b")));
        Assert.Empty(Sent<Accepted>(Third));
        Advance(10);
        Assert.Single(Sent<Accepted>(Third));
    }
}
