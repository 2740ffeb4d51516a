using Paxi.Actors;
using Paxi.Actors.StateMachines;
using Paxi.Protocols.Tests.Paxos;
using Paxi.Protocols.WPaxos;
using Xunit;

namespace Paxi.Protocols.Tests.WPaxos;

/// <summary>The acceptor of WPaxos: which votes a promise tells of.</summary>
public sealed class ObjectAcceptorTests() : RoleSpec("acceptor", protocol: WPaxosProtocol.WPaxos)
{
    private static readonly ObjectKey s_key = new("x");

    /// <summary>That a slot is decided is known in memory alone; the vote may be all that is left of it. So it is told until a checkpoint covers it, whatever else the acceptor hears.</summary>
    [Fact]
    public void A_vote_is_told_until_a_durable_state_covers_its_slot()
    {
        Vote(1, "first");
        Vote(2, "second");
        Receive(new Decided(Third, [Make(Ballot(2, Third), 1, "other")]));
        Tell(new Restored([new Place(s_key, Ballot(2, Third), 2)]));
        Assert.Equal((0, 2, "1 2"), Promise(3));
        Tell(new Checkpointed([new Place(s_key, Ballot(2, Third), 1)]));
        Advance(5);
        Assert.Equal((1, 2, "2"), Promise(4));
        CrashAndStart();
        Assert.Equal((0, 0, "2"), Promise(5));
    }

    /// <summary>It was told of decided slots and has no votes there; none of that is durable. A vote that it gives there then is, and is told of.</summary>
    [Fact]
    public void A_vote_in_a_slot_that_is_known_to_be_decided_is_told_of()
    {
        Receive(new Decided(Third, [Make(Ballot(1, Third), 1, "first")]));
        Assert.Equal((0, 1, ""), Promise(2));
        Receive(new Accepts(Second, 1, 1, [Make(Ballot(2, Second), 1, "first")], []));
        Advance(5);
        Assert.Equal((0, 1, "1"), Promise(3));
    }

    [Fact]
    public void A_ballot_is_promised_up_to_the_largest_counter()
    {
        Receive(new Prepare(Second, s_key, Ballot(Sanity.LargestCounter, Second), 1));
        Advance(5);
        Assert.Empty(Sent<Promise>());
        Assert.Empty(Sent<Reject>());
        Assert.Equal((0, 0, ""), Promise(Sanity.LargestCounter - 1));
    }

    private void Vote(long slot, string content)
    {
        Receive(new Accepts(Second, 1, slot, [Make(Ballot(1, Second), slot, content)], []));
        Advance(5);
        Assert.Empty(Assert.Single(Sent<Accepted>()).Refused);
    }

    private (long Truncated, long Decided, string Votes) Promise(uint counter)
    {
        Receive(new Prepare(Second, s_key, Ballot(counter, Second), 1));
        Advance(5);
        var promise = Assert.Single(Sent<Promise>());
        return (promise.Truncated, promise.Decided, string.Join(' ', promise.Votes.Select(static vote => vote.Place.Slot)));
    }

    private static Proposal Make(Ballot ballot, long slot, string content) => new(new Place(s_key, ballot, slot), Batch(content, sequence: slot));
}
