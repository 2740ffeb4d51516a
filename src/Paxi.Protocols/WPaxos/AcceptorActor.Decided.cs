using Paxi.Actors;
using Paxi.Actors.Journal;
using Paxi.Actors.StateMachines;

namespace Paxi.Protocols.WPaxos;

// What the acceptor knows to be decided, and what it should know and does not.
internal sealed partial class AcceptorActor
{
    /// <summary>
    /// Every slot up to these is decided, say the owners of the ballots. Such an owner has one proposal for a slot, so a vote in this very ballot is for the decided one; a vote of another
    /// ballot may be for one that lost.
    /// </summary>
    private void Advance(ReplicaId from, IReadOnlyList<Place> places)
    {
        var learned = new List<Proposal>();
        List<Place>? missing = null;
        foreach (var place in places)
        {
            if (!Sanity.IsPlace(place, from))
            {
                _refused++;
                continue;
            }

            ref var row = ref _table.Row(place.Object);
            Raise(ref row, place.Object, place.Ballot, isPromise: false);
            AdvanceByVotes(ref row, place, learned);
            if (row.Decided < place.Slot)
            {
                (missing ??= []).Add(place);
            }
        }

        if (learned.Count > 0)
        {
            _context.Role(WPaxosRoles.Learner).Tell(new Learn(learned, IsOwn: false), Self);
        }

        if (missing is not null)
        {
            _context.Role(WPaxosRoles.Learner).Tell(new Missing(from, missing, IsWaitedFor: false), Self);
        }
    }

    private static void AdvanceByVotes(ref AcceptorRow row, Place place, List<Proposal> learned)
    {
        while (row.Decided < place.Slot && row.TryGetVote(row.Decided + 1, out var vote) && vote.Ballot == place.Ballot)
        {
            row.Decided++;
            learned.Add(vote.Proposal);
        }
    }

    private void OnDecidedHere(IReadOnlyList<Place> places)
    {
        foreach (var place in places)
        {
            ref var row = ref _table.Row(place.Object);
            row.Decided = Math.Max(row.Decided, place.Slot);
        }
    }

    /// <summary>What is next in a log moves its watermark, also where the vote is another or none. What is not next waits at the learner.</summary>
    private void OnDecided(Decided decided)
    {
        var learned = new List<Proposal>(decided.Proposals.Count);
        foreach (var proposal in decided.Proposals)
        {
            if (!Sanity.IsProposal(proposal, decided.From))
            {
                _refused++;
                continue;
            }

            TakeDecided(proposal.Place);
            learned.Add(_table.Rename(proposal));
        }

        if (learned.Count > 0)
        {
            _context.Role(WPaxosRoles.Learner).Tell(new Learn(learned, IsOwn: false), Self);
        }
    }

    private void TakeDecided(Place place)
    {
        ref var row = ref _table.Row(place.Object);
        Raise(ref row, place.Object, place.Ballot, isPromise: false);
        if (place.Slot == row.Decided + 1)
        {
            row.Decided = place.Slot;
        }
    }

    private void OnRestored(IReadOnlyList<Place> places)
    {
        foreach (var place in places)
        {
            ref var row = ref _table.Row(place.Object);
            row.Decided = Math.Max(row.Decided, place.Slot);
        }
    }

    private void OnCheckpointed(IReadOnlyList<Place> places)
    {
        var writes = new List<JournalWrite>();
        foreach (var place in places)
        {
            _table.Truncate(ref _table.Row(place.Object), place.Object, place.Slot, writes);
        }

        if (writes.Count > 0)
        {
            Persist(writes, this);
        }
    }

    // Votes of which nobody tells how they ended.

    private void Watch(ref AcceptorRow row, ObjectKey key)
    {
        if (row.Votes is { IsWatched: false } votes)
        {
            votes.IsWatched = true;
            _watched.Enqueue(new Watched(key, row.Decided, row.Ballot, Patience()));
            if (!Timers.IsTimerActive(Look.Instance))
            {
                Timers.StartPeriodicTimer(Look.Instance, Look.Instance, _options.ElectionTimeout);
            }
        }
    }

    /// <summary>Not the same everywhere, so that one takes the object over before the others do.</summary>
    private TimeSpan Patience() => Now + (4 * _options.ElectionTimeout) + (4 * _options.ElectionTimeout * _random.NextDouble());

    private void LookAfter()
    {
        var unsettled = new List<ObjectKey>();
        for (var left = _watched.Count; left > 0 && unsettled.Count < MaxUnsettled && _watched.TryPeek(out var watched) && watched.Until <= Now; left--)
        {
            _watched.Dequeue();
            ref var row = ref _table.Row(watched.Object);
            if (row.Last > row.Decided)
            {
                if (row.Decided == watched.Decided && row.Ballot == watched.Ballot)
                {
                    unsettled.Add(watched.Object);
                }

                _watched.Enqueue(new Watched(watched.Object, row.Decided, row.Ballot, Patience()));
            }
            else if (row.Votes is { } votes)
            {
                votes.IsWatched = false;
                row.Votes = votes.Count == 0 ? null : votes;
            }
        }

        if (unsettled.Count > 0)
        {
            _context.Role(WPaxosRoles.Owners).Tell(new Unsettled(unsettled), Self);
        }

        if (_watched.Count == 0)
        {
            Timers.Cancel(Look.Instance);
        }
    }
}
