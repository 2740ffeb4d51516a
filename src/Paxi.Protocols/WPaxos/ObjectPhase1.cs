using Paxi.Actors;
using Paxi.Actors.Quorums;
using Paxi.Protocols.Paxos;

namespace Paxi.Protocols.WPaxos;

/// <summary>
/// What a replica that wants an object has been promised: for each open slot the vote of the highest ballot (Paxos Made Simple, section 2.2, P2c). A promise counts only when its acceptor has
/// told all its votes.
/// <para>
/// What a durable state of one of the acceptors covers need not be known here, and cannot be told from votes: proposing begins after it, and the learner fetches the state. Every slot above is
/// proposed again when it has a vote, also when an acceptor knows it to be decided: that knowledge goes with a crash, and so may every state that has the slot. The vote of the highest
/// ballot in a decided slot is for what was decided, since above what is covered no acceptor of the quorum has dropped a vote.
/// </para>
/// </summary>
internal sealed class ObjectPhase1
{
    /// <summary>Slots that acceptors may have voted in above the first one asked for.</summary>
    private const int LargestWindow = 1 << 20;

    private readonly QuorumSystem _quorums;
    private readonly SlotRing<Proposal> _votes;
    private readonly SlotRing<Ballot> _ballots;
    private readonly long[] _next;
    private long _covered;
    private long? _buried;
    private ReplicaId? _coverer;
    private ReplicaId? _decider;

    /// <param name="decided">Slots up to this one are known to be decided, and the learner of this replica was told of them.</param>
    public ObjectPhase1(Ballot ballot, long decided, QuorumSystem quorums)
    {
        Ballot = ballot;
        (Decided, _covered) = (decided, decided);
        _quorums = quorums;
        _votes = new SlotRing<Proposal>(decided + 1, LargestWindow);
        _ballots = new SlotRing<Ballot>(decided + 1, LargestWindow);
        _next = new long[quorums.Members.Length];
        Array.Fill(_next, decided + 1);
    }

    public Ballot Ballot { get; }

    /// <summary>The last slot that somebody knows to be decided, and with it all before.</summary>
    public long Decided { get; private set; }

    /// <summary>
    /// Slots up to this one are decided and are not proposed again. It is the last one that a durable state covers; and, were there a slot above that is known to be decided and has no vote, which
    /// a quorum rules out, the last such one.
    /// </summary>
    public long Base
    {
        get
        {
            var slot = Math.Max(_covered, Decided > _votes.Last ? Decided : _covered);
            for (var voted = Math.Min(Decided, _votes.Last); voted > slot; voted--)
            {
                slot = VoteIn(voted) is null ? voted : slot;
            }

            return slot;
        }
    }

    /// <summary>Who told of the highest of them; null when it was this replica's own acceptor, before phase 1.</summary>
    public ReplicaId? Knows => Base > _covered ? _decider : _coverer;

    /// <summary>The last slot that somebody voted in or that is decided.</summary>
    public long Last => Math.Max(_buried is { } last ? last : _votes.Last, Decided);

    /// <summary>Who has told everything.</summary>
    public VoteSet Complete { get; private set; }

    /// <summary>Where the next question to this member begins.</summary>
    public long NextOf(int member) => _next[member];

    /// <summary>The own promise must be among them: it makes sure that a replica that restarts never proposes in the same ballot twice.</summary>
    public bool IsWon(int self) => Complete.Contains(self) && _quorums.IsPhase1Quorum(Complete);

    public PromiseOutcome Take(int member, Promise promise)
    {
        if (promise.FirstSlot != _next[member] || Complete.Contains(member) || !IsSane(promise))
        {
            return PromiseOutcome.Ignored;
        }

        foreach (var vote in promise.Votes)
        {
            var place = vote.Place;
            ref var known = ref _votes.Set(place.Slot);
            ref var ballot = ref _ballots.Set(place.Slot);
            if (known is null || place.Ballot > ballot)
            {
                (known, ballot) = (vote, place.Ballot);
            }
        }

        if (promise.Decided > Decided)
        {
            (Decided, _decider) = (promise.Decided, promise.From);
        }

        if (promise.Truncated > _covered)
        {
            (_covered, _coverer) = (promise.Truncated, promise.From);
        }

        if (promise.IsLast)
        {
            Complete = Complete.With(member);
            return PromiseOutcome.Taken;
        }

        _next[member] = promise.Votes[^1].Place.Slot + 1;
        return PromiseOutcome.AskNext;
    }

    /// <summary>The vote of the highest ballot in that slot, null when nobody voted there.</summary>
    public Proposal? VoteIn(long slot) => _votes.Contains(slot) ? _votes[slot] : null;

    /// <summary>
    /// Forgets votes that were not decided and must not be proposed again. With the beginning of a transaction nothing else of the same ballot is under way behind it. So where a vote behind it was
    /// proposed before its slot was decided, its proposer had something else in that slot: of the two the one with the lower ballot was not seen by who proposed the other, is not decided and never will be.
    /// </summary>
    /// <param name="executed">A decided slot; what is in it and before is known.</param>
    /// <param name="isTied">Whether a transaction begins in that slot.</param>
    public void Bury(long executed, bool isTied)
    {
        for (var slot = executed + 1; isTied && slot <= _votes.Last; slot++)
        {
            BuryIf(slot, VoteIn(slot) is { } vote && vote.Decided < executed);
        }

        var last = executed;
        for (var slot = executed + 1; slot <= _votes.Last; slot++)
        {
            if (VoteIn(slot) is { Share.Ties: true })
            {
                BuryAround(slot);
            }

            last = VoteIn(slot) is null ? last : slot;
        }

        _buried = last;
    }

    private void BuryAround(long begun)
    {
        for (var slot = begun + 1; slot <= _votes.Last; slot++)
        {
            if (VoteIn(slot) is { } vote && vote.Decided < begun)
            {
                BuryIf(slot, _ballots[slot] < _ballots[begun]);
                BuryIf(begun, _ballots[slot] > _ballots[begun]);
            }
        }
    }

    private void BuryIf(long slot, bool isDead)
    {
        if (isDead)
        {
            _votes[slot] = null;
        }
    }

    private bool IsSane(Promise promise)
    {
        var last = promise.FirstSlot - 1;
        foreach (var vote in promise.Votes)
        {
            if (vote.Place is var place && (place.Object != promise.Object || place.Slot <= last || !_votes.CanHold(place.Slot) || place.Ballot > Ballot))
            {
                return false;
            }

            last = place.Slot;
        }

        return promise.Truncated >= 0 && promise.Decided >= promise.Truncated && (promise.IsLast || promise.Votes.Count > 0);
    }
}
