using Paxi.Actors;
using Paxi.Actors.Quorums;

namespace Paxi.Protocols.Paxos;

/// <summary>What became of a promise.</summary>
internal enum PromiseOutcome
{
    /// <summary>A late copy, or nonsense.</summary>
    Ignored,

    /// <summary>That acceptor has more votes to tell.</summary>
    AskNext,

    /// <summary>Slots that this replica lacks are decided, and cut off at that acceptor or so many that catching up is quicker than voting again.</summary>
    CatchUp,

    /// <summary>That acceptor has told everything.</summary>
    Taken,
}

/// <summary>
/// What a candidate has been promised: for each slot the vote of the highest ballot (Paxos Made Simple, section 2.2, P2c). A promise counts only when its acceptor
/// has told all its votes from the first open slot on.
/// </summary>
internal sealed class Phase1
{
    /// <summary>A candidate that lacks this many decided slots catches up first.</summary>
    private const int SlotsToCatchUp = 64;

    /// <summary>Slots that acceptors may have voted in above the first open one.</summary>
    private const int LargestWindow = 1 << 21;

    private readonly QuorumSystem _quorums;
    private readonly SlotRing<LogEntry> _votes;
    private readonly long[] _next;
    private VoteSet _complete;

    /// <param name="first">The first slot that this replica does not know to be decided.</param>
    public Phase1(Ballot ballot, long first, QuorumSystem quorums)
    {
        Ballot = ballot;
        _quorums = quorums;
        _votes = new SlotRing<LogEntry>(first, LargestWindow);
        _next = new long[quorums.Members.Length];
        Array.Fill(_next, first);
    }

    /// <summary>The candidate's ballot.</summary>
    public Ballot Ballot { get; }

    /// <summary>The first slot that this replica does not know to be decided.</summary>
    public long First => _votes.First;

    /// <summary>The last slot that somebody reported a vote for; <see cref="First"/> - 1 when nobody did.</summary>
    public long Last => _votes.Last;

    /// <summary>Who has told all its votes.</summary>
    public VoteSet Complete => _complete;

    /// <summary>Where the next question to this member begins.</summary>
    public long NextOf(int member) => _next[member];

    /// <summary>The candidate's own promise must be among them: it makes sure that a replica that restarts never leads with the same ballot twice.</summary>
    public bool IsWon(int self) => _complete.Contains(self) && _quorums.IsPhase1Quorum(_complete);

    /// <summary>Takes in a promise of that member, or a chunk of one.</summary>
    public PromiseOutcome Take(int member, Promise promise)
    {
        if (promise.FirstSlot != _next[member] || _complete.Contains(member) || !IsSane(promise))
        {
            return PromiseOutcome.Ignored;
        }

        if (promise.Truncated >= promise.FirstSlot || promise.Decided - promise.FirstSlot >= SlotsToCatchUp)
        {
            return PromiseOutcome.CatchUp;
        }

        foreach (var entry in promise.Entries)
        {
            Merge(entry);
        }

        if (promise.IsLast)
        {
            _complete = _complete.With(member);
            return PromiseOutcome.Taken;
        }

        _next[member] = promise.Entries[^1].Slot + 1;
        return PromiseOutcome.AskNext;
    }

    /// <summary>Slots up to this one are decided and known now: no vote below matters any more.</summary>
    public void MoveTo(long decided)
    {
        if (decided < First)
        {
            return;
        }

        _votes.DropTo(decided);
        for (var member = 0; member < _next.Length; member++)
        {
            _next[member] = Math.Max(_next[member], decided + 1);
        }
    }

    /// <summary>The reported vote of the highest ballot, if anybody voted in that slot.</summary>
    public bool TryGet(long slot, out LogEntry entry)
    {
        entry = _votes.Contains(slot) ? _votes[slot] : default;
        return entry.Batch is not null;
    }

    private void Merge(LogEntry entry)
    {
        ref var known = ref _votes.Set(entry.Slot);
        if (known.Batch is null || entry.Ballot > known.Ballot)
        {
            known = entry;
        }
    }

    private bool IsSane(Promise promise)
    {
        var last = promise.FirstSlot - 1;
        foreach (var entry in promise.Entries)
        {
            if (entry.Slot <= last || !_votes.CanHold(entry.Slot) || entry.Ballot > Ballot)
            {
                return false;
            }

            last = entry.Slot;
        }

        return promise.Truncated >= 0 && promise.Decided >= promise.Truncated && (promise.IsLast || promise.Entries.Count > 0);
    }
}
