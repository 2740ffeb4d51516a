using Paxi.Actors;
using Paxi.Actors.StateMachines;
using Paxi.Protocols.Tests.Paxos;
using Paxi.Protocols.WPaxos;
using Xunit;

namespace Paxi.Protocols.Tests.WPaxos;

/// <summary>The acceptor of WPaxos, as the one that is read by a new voter and as that of the new voter.</summary>
public sealed class HoldingsTests() : RoleSpec("acceptor", protocol: WPaxosProtocol.WPaxos)
{
    private static readonly ReplicaId s_newcomer = new(2, 1);

    /// <summary>Every promise and vote is told, whatever the size, in chunks that fit together.</summary>
    [Fact]
    public void All_that_is_held_is_told_in_bounded_chunks()
    {
        const int Objects = 3000;
        for (var number = 0; number < Objects; number++)
        {
            Receive(new Prepare(Second, new ObjectKey($"k{number}"), Ballot(3, Second), 1));
        }

        for (var slot = 1; slot <= 5; slot++)
        {
            Receive(new Accepts(Second, 1, slot, [Make("k7", Ballot(3, Second), slot, new string('x', 300_000))], []));
        }

        Advance(50);
        var (chunks, held) = ReadAll();
        Assert.Equal(Objects, held.Select(static holding => holding.Object).Distinct().Count());
        Assert.All(held, static holding => Assert.Equal(Ballot(3, Second), holding.Ballot));
        Assert.Equal([1, 2, 3, 4, 5], held.SelectMany(static holding => holding.Votes).Select(static vote => vote.Place.Slot));
        Assert.All(chunks, static chunk => Assert.True(chunk.SizeHint < AcceptorActor.ChunkBytes + 400_000 && chunk.Objects.Count <= 1024));
        Assert.True(chunks.Count >= 4);
    }

    /// <summary>What was adopted survives: the ballot is not promised away below, the votes are told by promises.</summary>
    [Fact]
    public void What_is_adopted_is_durable_before_it_is_said()
    {
        var key = new ObjectKey("x");
        Tell(new Adopt(5, [new Holding(key, Ballot(9, Third), 0, [Make("x", Ballot(4, Second), 1, "a"), Make("x", Ballot(9, Third), 2, "b")])]));
        Assert.Empty(Told<Adopted>());
        Advance(5);
        Assert.Empty(Assert.Single(Told<Adopted>()).Uncovered);
        CrashAndStart();
        Receive(new Prepare(Second, key, Ballot(8, Second), 1));
        Advance(5);
        Assert.Equal(Ballot(9, Third), Assert.Single(Sent<Reject>()).Promised);
        Receive(new Prepare(Second, key, Ballot(10, Second), 1));
        Advance(5);
        Assert.Equal([Ballot(4, Second), Ballot(9, Third)], Assert.Single(Sent<Promise>()).Votes.Select(static vote => vote.Place.Ballot));
    }

    /// <summary>Of two votes in a slot the one of the higher ballot is kept, from wherever it comes; and no vote is counted that was not given.</summary>
    [Fact]
    public void The_vote_of_the_higher_ballot_is_kept()
    {
        var key = new ObjectKey("x");
        Receive(new Accepts(Second, 1, 1, [Make("x", Ballot(5, Second), 1, "own")], []));
        Advance(5);
        _ = Sent<Accepted>();
        Tell(new Adopt(5, [new Holding(key, Ballot(5, Third), 0, [Make("x", Ballot(4, Third), 1, "lower")])]));
        Tell(new Adopt(6, [new Holding(key, Ballot(7, Third), 0, [Make("x", Ballot(7, Third), 2, "higher")])]));
        Advance(5);
        Assert.Empty(Sent<Accepted>());
        Receive(new Prepare(Second, key, Ballot(8, Second), 1));
        Advance(5);
        Assert.Equal([Ballot(5, Second), Ballot(7, Third)], Assert.Single(Sent<Promise>()).Votes.Select(static vote => vote.Place.Ballot));
    }

    /// <summary>A ballot that was merely seen is not durable; adopting one that is not higher makes it so.</summary>
    [Fact]
    public void A_ballot_that_was_only_seen_is_promised()
    {
        var key = new ObjectKey("x");
        Receive(new Commits(Third, [new Place(key, Ballot(9, Third), 1)]));
        Tell(new Adopt(5, [new Holding(key, Ballot(6, Second), 0, [])]));
        Advance(5);
        CrashAndStart();
        Receive(new Prepare(Second, key, Ballot(7, Second), 1));
        Advance(5);
        Assert.Equal(Ballot(9, Third), Assert.Single(Sent<Reject>()).Promised);
    }

    /// <summary>The state of the giver goes further than that of this replica: that is not held until a state is durable here too.</summary>
    [Fact]
    public void Slots_without_votes_are_held_by_a_durable_state_only()
    {
        var key = new ObjectKey("x");
        Holding[] held = [new Holding(key, Ballot(9, Third), 3, [])];
        Tell(new Adopt(5, held));
        Advance(5);
        Assert.Equal(3, Assert.Single(Assert.Single(Told<Adopted>()).Uncovered).Slot);
        Tell(new Restored([new Place(key, Ballot(9, Third), 3)]));
        Tell(new Adopt(6, held));
        Advance(5);
        Assert.Single(Assert.Single(Told<Adopted>()).Uncovered);
        Tell(new Checkpointed([new Place(key, Ballot(9, Third), 3)]));
        Tell(new Adopt(7, held));
        Advance(5);
        Assert.Empty(Assert.Single(Told<Adopted>()).Uncovered);
    }

    /// <summary>An index of an earlier start may be past the end; the asker sees the start.</summary>
    [Fact]
    public void A_question_past_the_end_is_answered()
    {
        Assert.Equal(Read(0, 0).Start, Read(77, 0).Start);
        Receive(new HoldingsRequest(s_newcomer, 1, -1, 0));
        Assert.Empty(Sent<Holdings>());
        Assert.Equal("1", Status("refused"));
    }

    private (List<Holdings> Chunks, List<Holding> Held) ReadAll()
    {
        var chunks = new List<Holdings> { Read(0, 0) };
        while (!chunks[^1].IsLast)
        {
            chunks.Add(Read(chunks[^1].NextIndex, chunks[^1].NextAfter));
        }

        return (chunks, [.. chunks.SelectMany(static chunk => chunk.Objects)]);
    }

    private Holdings Read(long index, long after)
    {
        Receive(new HoldingsRequest(s_newcomer, 1, index, after));
        var chunk = Assert.Single(Sent<Holdings>(s_newcomer));
        Assert.True(Sanity.AreHoldings(chunk));
        return chunk;
    }

    private static Proposal Make(string key, Ballot ballot, long slot, string content) =>
        new(new Place(new ObjectKey(key), ballot, slot), Batch(content, sequence: slot));
}
