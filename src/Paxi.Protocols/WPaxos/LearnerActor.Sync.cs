using Akka.Actor;
using Paxi.Actors.StateMachines;

namespace Paxi.Protocols.WPaxos;

// Durable states for a replica that comes up to vote.
internal sealed partial class LearnerActor
{
    /// <summary>By token: the objects whose durable state does not go so far yet. A chunk of each of the old voters at most.</summary>
    private readonly SortedDictionary<long, Dictionary<ObjectKey, long>> _covering = [];

    private void OnCover(Cover cover)
    {
        var open = new Dictionary<ObjectKey, long>();
        foreach (var place in cover.Places)
        {
            var isThere = _table.Executed(place.Object) >= place.Slot;
            if (!isThere)
            {
                Want(place.Object, place.Slot, cover.Peer, TimeSpan.Zero);
            }

            if (!isThere || _table.IsDirty(place.Object) || _writing?.Places.Any(written => written.Object == place.Object) == true)
            {
                open[place.Object] = place.Slot;
            }
        }

        AskNow();
        _covering[cover.Token] = open;
        TellCovered();
        CheckpointIfDue();
    }

    /// <summary>These are durable now, and the acceptor knows.</summary>
    private void NoteCovered(IReadOnlyList<Place> places)
    {
        if (_covering.Count == 0)
        {
            return;
        }

        foreach (var open in _covering.Values)
        {
            foreach (var place in places)
            {
                if (open.TryGetValue(place.Object, out var slot) && place.Slot >= slot)
                {
                    open.Remove(place.Object);
                }
            }
        }

        TellCovered();
    }

    private void TellCovered()
    {
        foreach (var token in _covering.Where(static covering => covering.Value.Count == 0).Select(static covering => covering.Key).ToArray())
        {
            _covering.Remove(token);
            _context.Role(WPaxosRoles.Sync).Tell(new CoverReached(token), Self);
        }
    }
}
