using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Journal;
using Paxi.Actors.StateMachines;

namespace Paxi.Protocols.WPaxos;

// What it holds, for a voter that is coming up; and what others hold, when it is that voter.
internal sealed partial class AcceptorActor
{
    private const int MaxHoldings = 1024;

    /// <summary>A look at a bounded part of the table.</summary>
    private OrphansKnown FindOrphans(int index)
    {
        const int MaxRows = 8 * MaxHoldings;
        var objects = new List<ObjectKey>();
        var end = Math.Min(_table.Objects, index + MaxRows);
        for (; index < end && objects.Count < MaxHoldings; index++)
        {
            var key = _table.KeyAt(index);
            if (_table.Find(key).Ballot is { IsZero: false } ballot && _context.Quorums.IndexOf(ballot.Owner) < 0)
            {
                objects.Add(key);
            }
        }

        return new OrphansKnown(objects, index < _table.Objects ? index : null);
    }

    private void OnHoldingsRequest(HoldingsRequest request)
    {
        if (request.Index < 0 || request.After < 0)
        {
            _refused++;
            return;
        }

        var objects = new List<Holding>();
        var (index, after, bytes) = (request.Index, request.After, 0);
        while (index < _table.Objects && objects.Count < MaxHoldings && bytes < ChunkBytes)
        {
            var key = _table.KeyAt((int)index);
            (var holding, after) = Hold(key, _table.Find(key), after, ChunkBytes - bytes);
            objects.Add(holding);
            bytes += holding.Size;
            if (after > 0)
            {
                break;
            }

            index++;
        }

        // An index past the end is one of an earlier start; the asker sees that by the start.
        _context.Links.Send(request.From, new Holdings(_self, request.Round, _start, request.Index, request.After, index, after, index >= _table.Objects, objects));
    }

    /// <returns>What there is of the object above a slot, and the slot after which there is more; 0 when that was all.</returns>
    private static (Holding Holding, long More) Hold(ObjectKey key, AcceptorRow row, long after, int room)
    {
        var votes = new List<Proposal>();
        var count = row.Votes?.Count ?? 0;
        var index = row.Votes?.CountUpTo(after) ?? 0;
        for (; index < count && (room > 0 || votes.Count == 0); index++)
        {
            votes.Add(row.Votes![index].Proposal);
            room -= votes[^1].Size;
        }

        return (new Holding(key, row.Ballot, row.Truncated, votes), index < count ? row.Votes![index - 1].Slot : 0);
    }

    private void OnAdopt(Adopt adopt)
    {
        var writes = new List<JournalWrite>();
        var uncovered = new List<Place>();
        foreach (var holding in adopt.Objects)
        {
            AdoptPromise(holding.Object, holding.Ballot, writes);
            foreach (var proposal in holding.Votes)
            {
                AdoptVote(proposal, writes);
            }

            if (_table.Find(holding.Object).Truncated < holding.Truncated)
            {
                uncovered.Add(new Place(holding.Object, holding.Ballot, holding.Truncated));
            }
        }

        // Also when there is nothing to write: what is held already may be on its way to the disk.
        Persist(writes, new Adopted(adopt.Token, uncovered));
    }

    /// <summary>The promise is durable then, also where a ballot as high was merely seen.</summary>
    private void AdoptPromise(ObjectKey key, Ballot ballot, List<JournalWrite> writes)
    {
        ref var row = ref _table.Row(key);
        ballot = ballot > row.Ballot ? ballot : row.Ballot;
        if (ballot > row.Ballot || (!row.IsPromised && !ballot.IsZero))
        {
            writes.Add(WPaxosJournal.Promised(key, ballot));
            Raise(ref row, key, ballot, isPromise: true);
        }
    }

    /// <summary>It gives way to a vote of a higher ballot, and to a state that covers the slot.</summary>
    private void AdoptVote(Proposal proposal, List<JournalWrite> writes)
    {
        var place = proposal.Place;
        AdoptPromise(place.Object, place.Ballot, writes);
        ref var row = ref _table.Row(place.Object);
        if (place.Slot <= row.Truncated || (row.TryGetVote(place.Slot, out var vote) && vote.Ballot >= place.Ballot))
        {
            return;
        }

        writes.Add(WPaxosJournal.Vote(proposal));
        _table.Put(ref row, place, proposal);
        Watch(ref row, place.Object);
    }
}
