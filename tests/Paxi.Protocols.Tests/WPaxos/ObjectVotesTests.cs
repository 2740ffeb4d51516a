using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.StateMachines;
using Paxi.Protocols.WPaxos;
using Xunit;

namespace Paxi.Protocols.Tests.WPaxos;

/// <summary>Against a sorted dictionary, which is right and slow.</summary>
public sealed class ObjectVotesTests
{
    private static readonly ObjectKey Object = new("k");

    /// <param name="seed">Of the choices.</param>
    /// <param name="gaps">A slot in so many is passed over: what a vote of another ballot or a late message leaves.</param>
    [Theory]
    [InlineData(1, int.MaxValue)]
    [InlineData(2, 40)]
    [InlineData(3, 2)]
    public void It_holds_what_was_put_and_not_dropped_in_the_order_of_the_slots(int seed, int gaps)
    {
        var random = new Random(seed);
        var votes = new ObjectVotes();
        var model = new SortedDictionary<long, Vote>();
        var next = 1L;
        for (var step = 0; step < 2_000; step++)
        {
            next += random.Next(gaps) == 0 ? random.Next(1, 4) : 1;
            var slot = random.Next(10) == 0 ? random.NextInt64(Math.Max(1, next - 40), next) : next;
            var vote = Vote(slot, step);
            var replaced = model.TryGetValue(slot, out var old);
            Assert.Equal(replaced ? old : (Vote?)null, votes.Put(vote));
            model[slot] = vote;
            if (random.Next(30) == 0)
            {
                Drop(votes, model, model.Keys.ElementAt(random.Next(model.Count)));
            }

            AssertSame(model, votes, random.NextInt64(Math.Max(0, next - 60), next + 3));
        }
    }

    private static void Drop(ObjectVotes votes, SortedDictionary<long, Vote> model, long slot)
    {
        votes.DropFirst(votes.CountUpTo(slot));
        foreach (var gone in model.Keys.TakeWhile(kept => kept <= slot).ToList())
        {
            model.Remove(gone);
        }
    }

    private static void AssertSame(SortedDictionary<long, Vote> model, ObjectVotes votes, long slot)
    {
        Assert.Equal(model.Count, votes.Count);
        Assert.Equal(model.Keys.Count(kept => kept <= slot), votes.CountUpTo(slot));
        Assert.Equal(model.TryGetValue(slot, out var expected), votes.TryGet(slot, out var found));
        Assert.Equal(expected, found);
    }

    private static Vote Vote(long slot, int step)
    {
        var ballot = new Ballot((uint)step + 1, new ReplicaId(1, 1));
        return new Vote(slot, ballot, new Proposal(new Place(Object, ballot, slot), Batch.NoOp));
    }
}
