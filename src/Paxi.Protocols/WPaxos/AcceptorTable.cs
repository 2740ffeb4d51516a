using Paxi.Actors;
using Paxi.Actors.Journal;
using Paxi.Actors.StateMachines;

namespace Paxi.Protocols.WPaxos;

/// <summary>
/// What the acceptor knows of every object: a row of a table, and more only while there are votes that no durable state covers. So an idle object costs its row alone, 52 bytes and its name.
/// </summary>
internal sealed class AcceptorTable
{
    private readonly ObjectTable<AcceptorRow> _rows = new();

    public int Objects => _rows.Count;

    /// <summary>Votes in memory, over all objects.</summary>
    public long Votes { get; private set; }

    /// <summary>Of those votes, as <see cref="Proposal.Size"/> counts; a transaction in each of its places.</summary>
    public long Bytes { get; private set; }

    /// <summary>The object's row, made if need be.</summary>
    public ref AcceptorRow Row(ObjectKey key) => ref _rows[_rows.GetOrAdd(key, out _)];

    /// <summary>The objects in the order in which their rows were made; each keeps its index.</summary>
    public ObjectKey KeyAt(int index) => _rows.KeyAt(index);

    /// <summary>
    /// The proposal with the name that the object's row has, if it has one: the learner keeps the name of what it executes first, so the replica has one copy of it instead of two.
    /// </summary>
    public Proposal Rename(Proposal proposal)
    {
        var place = proposal.Place;
        if (place.Slot != 1 || _rows.Find(place.Object) is not (>= 0 and var number) || ReferenceEquals(KeyAt(number).Bytes, place.Object.Bytes))
        {
            return proposal;
        }

        return proposal with { Place = place with { Object = KeyAt(number) } };
    }

    public AcceptorRow Find(ObjectKey key) => _rows.GetValueOrDefault(key);

    /// <summary>Takes the vote into memory in place of another in that slot, which is above <see cref="AcceptorRow.Truncated"/>.</summary>
    public void Put(ref AcceptorRow row, Place place, Proposal proposal)
    {
        row.Votes ??= new ObjectVotes();
        if (row.Votes.Put(new Vote(place.Slot, place.Ballot, proposal)) is { } old)
        {
            Bytes -= old.Proposal.Size;
        }
        else
        {
            Votes++;
        }

        Bytes += proposal.Size;
    }

    /// <summary>The object's state after this slot is durable: nothing before is needed any more. Adds what is to be deleted from the journal.</summary>
    public void Truncate(ref AcceptorRow row, ObjectKey key, long slot, List<JournalWrite> writes)
    {
        const int Several = 4;
        if (row.Votes is { } votes)
        {
            var count = votes.CountUpTo(slot);
            if (count > Several)
            {
                writes.Add(WPaxosJournal.DeleteVotes(key, slot));
            }
            else
            {
                for (var index = 0; index < count; index++)
                {
                    writes.Add(WPaxosJournal.DeleteVote(key, votes[index].Slot));
                }
            }

            Drop(votes, count);
        }

        row.Truncated = Math.Max(row.Truncated, slot);
        row.Decided = Math.Max(row.Decided, slot);
        if (row.Votes is { Count: 0, IsWatched: false })
        {
            row.Votes = null;
        }
    }

    private void Drop(ObjectVotes votes, int count)
    {
        for (var index = 0; index < count; index++)
        {
            Bytes -= votes[index].Proposal.Size;
        }

        Votes -= count;
        votes.DropFirst(count);
    }
}

/// <summary>An object's row.</summary>
internal struct AcceptorRow
{
    private ulong _ballot;
    private ulong _decided;

    /// <summary>
    /// The highest ballot promised, or seen with something decided in it. Nothing below is voted for or promised. What was merely seen is not durable: a higher ballot seen later, or
    /// nothing, makes no difference.
    /// </summary>
    public readonly Ballot Ballot => Ballot.FromPacked(_ballot);

    /// <summary>Whether the ballot was promised, and is durable or on its way there.</summary>
    public readonly bool IsPromised => (_decided & 1) != 0;

    /// <summary>Every slot up to this one is decided. What stands in the votes there may have lost against a vote of a higher ballot that others gave.</summary>
    public long Decided
    {
        readonly get => (long)(_decided >> 1);
        set => _decided = ((ulong)value << 1) | (_decided & 1);
    }

    /// <summary>
    /// A durable state of this replica covers the slots up to this one, and their votes are gone. Above it every vote that was ever given is there, that of the highest ballot in its slot,
    /// whether the slot is known to be decided or not: that knowledge is in memory alone, here and elsewhere, so the votes may be all that is left of what was decided.
    /// </summary>
    public long Truncated;

    /// <summary>Null where no vote is kept.</summary>
    public ObjectVotes? Votes;

    /// <summary>The highest slot with a vote, or the last decided one.</summary>
    public readonly long Last => Votes is { Count: > 0 } votes ? Math.Max(Decided, votes[votes.Count - 1].Slot) : Decided;

    public void Promise(Ballot ballot)
    {
        _ballot = ballot.Packed;
        _decided |= 1;
    }

    public void See(Ballot ballot)
    {
        _ballot = ballot.Packed;
        _decided &= ~1UL;
    }

    public readonly bool TryGetVote(long slot, out Vote vote)
    {
        vote = default;
        return Votes is { } votes && votes.TryGet(slot, out vote);
    }
}

/// <summary>A vote in an object's log.</summary>
/// <param name="Ballot">Of the proposal's place in this log.</param>
internal readonly record struct Vote(long Slot, Ballot Ballot, Proposal Proposal);

/// <summary>The votes in one object's log, in the order of their slots. Nearly always a new one goes to the end and the first ones leave.</summary>
internal sealed class ObjectVotes
{
    private readonly List<Vote> _votes = new(1);

    /// <summary>Whether somebody looks after it until all of it is decided.</summary>
    public bool IsWatched { get; set; }

    public int Count => _votes.Count;

    public Vote this[int index] => _votes[index];

    public bool TryGet(long slot, out Vote vote)
    {
        var index = CountUpTo(slot) - 1;
        if (index >= 0 && _votes[index].Slot == slot)
        {
            vote = _votes[index];
            return true;
        }

        vote = default;
        return false;
    }

    /// <summary>The vote that was in that slot.</summary>
    public Vote? Put(Vote vote)
    {
        var index = CountUpTo(vote.Slot);
        if (index > 0 && _votes[index - 1] is var old && old.Slot == vote.Slot)
        {
            _votes[index - 1] = vote;
            return old;
        }

        _votes.Insert(index, vote);
        return null;
    }

    /// <summary>
    /// How many votes there are up to and with that slot; the index of the first one behind. The slots nearly always follow one another, so the first one tells where another is; between
    /// gaps it is searched for, and cannot be further behind.
    /// </summary>
    public int CountUpTo(long slot)
    {
        if (_votes.Count == 0 || _votes[^1].Slot <= slot)
        {
            return _votes.Count;
        }

        var (low, high) = (0, (int)Math.Clamp(slot - _votes[0].Slot + 1, 0, _votes.Count - 1));
        if (high > 0 && _votes[high - 1].Slot == slot)
        {
            return high;
        }

        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _votes[middle].Slot <= slot ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    public void DropFirst(int count) => _votes.RemoveRange(0, count);
}
