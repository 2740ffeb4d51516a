using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Quorums;

namespace Paxi.Protocols.Paxos;

/// <summary>The slots that a leader has proposed and that are not yet decided, with their votes.</summary>
internal sealed class Phase2
{
    private const int LargestWindow = 1 << 21;

    private readonly QuorumSystem _quorums;
    private readonly Phase1 _phase1;
    private readonly SlotRing<Proposal> _proposals;

    public Phase2(Phase1 phase1, QuorumSystem quorums)
    {
        _phase1 = phase1;
        _quorums = quorums;
        Decided = phase1.First - 1;
        Barrier = Math.Max(phase1.Last, Decided);
        _proposals = new SlotRing<Proposal>(phase1.First, LargestWindow);
    }

    /// <summary>The leader's ballot.</summary>
    public Ballot Ballot => _phase1.Ballot;

    /// <summary>The last slot that others may have filled before: it takes what phase 1 found, or a no-op.</summary>
    public long Barrier { get; }

    /// <summary>Every slot up to this one is decided.</summary>
    public long Decided { get; private set; }

    /// <summary>The last slot that was proposed in this ballot, or is known to be decided.</summary>
    public long Last => _proposals.Last;

    /// <summary>Slots under way.</summary>
    public int Open => (int)(Last - Decided);

    /// <summary>Slots that phase 1 left to be proposed again.</summary>
    public bool HasRecovered => Last < Barrier;

    /// <summary>The command that must stand in the next recovered slot: the vote of the highest ballot, or a no-op where there is none.</summary>
    public Batch NextRecovered() => _phase1.TryGet(Last + 1, out var entry) ? entry.Batch : Batch.NoOp;

    /// <returns>The slot.</returns>
    public long Propose(Batch batch, bool isOwn, TimeSpan now)
    {
        var slot = Last + 1;
        _proposals.Set(slot) = new Proposal { Batch = batch, IsOwn = isOwn, SentAt = now };
        return slot;
    }

    /// <summary>Counts a vote, each member's once.</summary>
    /// <returns>True when the slot is decided by it and is the first open one: then <see cref="TakeDecided"/> has something.</returns>
    public bool Vote(long slot, int member)
    {
        if (!_proposals.Contains(slot))
        {
            return false;
        }

        ref var proposal = ref _proposals[slot];
        proposal.Votes = proposal.Votes.With(member);
        if (proposal.IsDecided || !_quorums.IsPhase2Quorum(proposal.Votes))
        {
            return false;
        }

        proposal.IsDecided = true;
        return slot == Decided + 1;
    }

    /// <summary>The next decided slot in order; takes it out.</summary>
    public bool TakeDecided(out long slot, out Batch batch, out bool isOwn)
    {
        slot = Decided + 1;
        if (!_proposals.Contains(slot) || !_proposals[slot].IsDecided)
        {
            (batch, isOwn) = (Batch.NoOp, false);
            return false;
        }

        ref var proposal = ref _proposals[slot];
        (batch, isOwn) = (proposal.Batch!, proposal.IsOwn);
        _proposals.DropTo(slot);
        Decided = slot;
        return true;
    }

    /// <summary>
    /// The replica has learned from others that every slot up to this one is decided. False when one of them was proposed in this ballot: another leader
    /// has decided it, or may have, so this one must not go on.
    /// </summary>
    public bool MoveTo(long decided)
    {
        if (decided <= Decided)
        {
            return true;
        }

        if (Last > Decided)
        {
            return false;
        }

        _proposals.DropTo(decided);
        Decided = decided;
        return true;
    }

    /// <summary>An open slot that has waited since <paramref name="before"/> or longer; at or above <paramref name="from"/>.</summary>
    public bool TryFindSilent(long from, TimeSpan before, TimeSpan now, out long slot, out Batch batch, out VoteSet votes)
    {
        for (slot = Math.Max(from, Decided + 1); slot <= Last; slot++)
        {
            ref var proposal = ref _proposals[slot];
            if (!proposal.IsDecided && proposal.SentAt <= before)
            {
                proposal.SentAt = now;
                (batch, votes) = (proposal.Batch!, proposal.Votes);
                return true;
            }
        }

        (batch, votes) = (Batch.NoOp, VoteSet.Empty);
        return false;
    }

    /// <summary>Hands out the batches of this replica that are not decided.</summary>
    public void TakeOwn(Action<Batch> take)
    {
        for (var slot = _proposals.First; slot <= Last; slot++)
        {
            if (_proposals[slot] is { IsOwn: true, Batch: { } batch })
            {
                take(batch);
            }
        }
    }

    private struct Proposal
    {
        public Batch? Batch;
        public VoteSet Votes;
        public TimeSpan SentAt;
        public bool IsOwn;
        public bool IsDecided;
    }
}
