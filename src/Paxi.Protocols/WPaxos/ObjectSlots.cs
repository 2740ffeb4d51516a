using Paxi.Actors;
using Paxi.Actors.Quorums;
using Paxi.Protocols.Paxos;

namespace Paxi.Protocols.WPaxos;

/// <summary>The slots of one object that its owner has proposed and that are not decided in order yet.</summary>
internal sealed class ObjectSlots(Ballot ballot, long decided)
{
    private const int LargestWindow = 1 << 20;

    private readonly SlotRing<Entry> _open = new(decided + 1, LargestWindow);

    public Ballot Ballot { get; } = ballot;

    /// <summary>Every slot up to this one is decided.</summary>
    public long Decided { get; private set; } = decided;

    /// <summary>The last slot that was proposed in this ballot, or is known to be decided.</summary>
    public long Last => Math.Max(_open.Last, Decided);

    public int Open => (int)(Last - Decided);

    /// <summary>Whether the last open proposal is the beginning of a transaction.</summary>
    public bool IsLastTying => Last > Decided && _open[Last].Proposal is { Share.Ties: true };

    /// <summary>Of the open proposals.</summary>
    public long Bytes { get; private set; }

    /// <param name="proposal">For the slot after the last one.</param>
    /// <param name="requests">What it was made of; empty for what phase 1 found.</param>
    /// <param name="isOwn">Whether clients of this replica wait for the results.</param>
    public void Add(Proposal proposal, long slot, OwnedRequest[] requests, bool isOwn)
    {
        _open.Set(slot) = new Entry { Proposal = proposal, Requests = requests, IsOwn = isOwn };
        Bytes += proposal.Size;
    }

    /// <summary>A quorum has voted.</summary>
    public void Decide(long slot, VoteSet told)
    {
        if (_open.Contains(slot))
        {
            ref var entry = ref _open[slot];
            (entry.IsDecided, entry.Told) = (true, told);
        }
    }

    /// <summary>The next decided slot in order; takes it out.</summary>
    public Chosen? TakeDecided()
    {
        var slot = Decided + 1;
        if (!_open.Contains(slot) || !_open[slot].IsDecided)
        {
            return null;
        }

        var entry = _open[slot];
        _open.DropTo(slot);
        Decided = slot;
        Bytes -= entry.Proposal!.Size;
        return new Chosen(entry.Proposal, entry.IsOwn, entry.Told);
    }

    /// <summary>The requests in proposals that are open: decided or not, a second copy of them is harmless, and somebody waits for its results.</summary>
    public void TakeRequests(List<OwnedRequest> requests)
    {
        for (var slot = Decided + 1; slot <= Last; slot++)
        {
            if (_open[slot].Requests is { } own)
            {
                requests.AddRange(own);
            }
        }
    }

    private struct Entry
    {
        public Proposal? Proposal;
        public OwnedRequest[]? Requests;
        public VoteSet Told;
        public bool IsDecided;
        public bool IsOwn;
    }
}
