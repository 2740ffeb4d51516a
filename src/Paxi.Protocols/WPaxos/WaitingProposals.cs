using System.Diagnostics.CodeAnalysis;
using Paxi.Actors.StateMachines;

namespace Paxi.Protocols.WPaxos;

/// <summary>What is decided and cannot be executed yet: an earlier slot of one of its objects is missing. By object, in the order of the slots.</summary>
internal sealed class WaitingProposals
{
    private const int MaxEntries = 1 << 16;
    private const long MaxBytes = 64 << 20;

    private readonly Dictionary<ObjectKey, List<Entry>> _entries = [];
    private long _bytes;

    public int Count { get; private set; }

    public bool IsWaiting(ObjectKey key) => _entries.ContainsKey(key);

    /// <summary>False when there is no room. What waits in that slot already is the same, perhaps in another ballot; the own one stays, for somebody may wait for its results.</summary>
    /// <exception cref="InvalidOperationException">It is not the same: two proposals are decided in one slot. A replica that cannot know which of them the others execute must not go on.</exception>
    public bool TryAdd(Place place, Proposal proposal, bool isOwn)
    {
        if (Count >= MaxEntries || _bytes > MaxBytes)
        {
            return false;
        }

        if (!_entries.TryGetValue(place.Object, out var entries))
        {
            _entries.Add(place.Object, entries = []);
        }

        var index = entries.Count;
        while (index > 0 && entries[index - 1].Slot > place.Slot)
        {
            index--;
        }

        if (index == 0 || entries[index - 1].Slot != place.Slot)
        {
            entries.Insert(index, new Entry(place.Slot, proposal, isOwn));
            Count++;
            _bytes += proposal.Size;
        }
        else if (!entries[index - 1].Proposal.HasContentOf(proposal))
        {
            throw new InvalidOperationException(
                $"slot {place.Slot} of object {place.Object} is decided twice and differently, in ballots {entries[index - 1].Proposal.Place.Ballot} and {place.Ballot}");
        }
        else if (isOwn)
        {
            entries[index - 1] = new Entry(place.Slot, proposal, isOwn);
        }

        return true;
    }

    /// <summary>The first that waits in the object's log.</summary>
    public bool TryPeek(ObjectKey key, [NotNullWhen(true)] out Entry? first)
    {
        first = _entries.TryGetValue(key, out var entries) ? entries[0] : null;
        return first is not null;
    }

    /// <summary>Takes the first out.</summary>
    public void Remove(ObjectKey key)
    {
        var entries = _entries[key];
        _bytes -= entries[0].Proposal.Size;
        Count--;
        entries.RemoveAt(0);
        if (entries.Count == 0)
        {
            _entries.Remove(key);
        }
    }

    internal sealed record Entry(long Slot, Proposal Proposal, bool IsOwn);
}
