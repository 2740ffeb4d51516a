using System.Runtime.InteropServices;
using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Journal;

namespace Paxi.Protocols.Paxos;

/// <summary>
/// The acceptor's votes in memory. Up to <see cref="Decided"/> every vote is for the decided command and none is missing; above, there may be gaps.
/// </summary>
internal sealed class AcceptorLog
{
    /// <summary>The log never reaches further than this above <see cref="Truncated"/>; a vote above is refused, and the replica catches up first.</summary>
    public const int LargestWindow = 1 << 22;

    /// <summary>A vote may be this far above the decided slots: far more than all pipelines together can open, so what is above is absurd, or we lag far behind.</summary>
    public const int LargestLead = 1 << 16;

    private readonly SlotRing<Vote> _votes;

    /// <exception cref="JournalException">A vote is missing below the last decided slot.</exception>
    public AcceptorLog(AcceptorRecovery recovery)
    {
        Truncated = recovery.Truncated;
        Decided = Math.Max(recovery.Commit, Truncated);
        _votes = new SlotRing<Vote>(Truncated + 1, LargestWindow);
        foreach (var entry in recovery.Entries)
        {
            if (_votes.CanHold(entry.Slot))
            {
                Put(entry.Slot, entry.Ballot, entry.Batch);
                MarkDurable(entry.Slot, entry.Ballot);
            }
        }

        // A snapshot that came from another replica, and a crash before the log behind it was dropped; votes after that crash may have brought the watermark up to it.
        if (recovery.Snapshot > Decided || FirstMissing() <= recovery.Snapshot)
        {
            DropTo(recovery.Snapshot);
        }

        if (FirstMissing() is var missing && missing <= Decided)
        {
            throw new JournalException($"the journal lacks the vote of slot {missing}, which lies between {Truncated}, the end of what was cut off, "
                + $"and {Decided}, the last decided slot");
        }
    }

    /// <summary>Votes up to this slot are gone.</summary>
    public long Truncated { get; private set; }

    /// <summary>Every slot up to this one is decided, and known.</summary>
    public long Decided { get; private set; }

    /// <summary>The highest slot with a vote, or the last decided one.</summary>
    public long Last => Math.Max(_votes.Last, Decided);

    /// <summary>Bytes of all batches in it.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether a vote for the slot may be taken.</summary>
    public bool CanHold(long slot) => _votes.CanHold(slot) && slot <= Decided + LargestLead;

    /// <summary>The vote of the slot; false when there is none, or none any more.</summary>
    public bool TryGet(long slot, out LogEntry entry)
    {
        if (_votes.Contains(slot) && _votes[slot] is { Batch: { } batch } vote)
        {
            entry = new LogEntry(slot, vote.Ballot, batch);
            return true;
        }

        entry = default;
        return false;
    }

    /// <summary>Takes the vote in; it is not durable yet.</summary>
    public void Put(long slot, Ballot ballot, Batch batch)
    {
        ref var vote = ref _votes.Set(slot);
        Bytes += batch.Payload.Length - (vote.Batch?.Payload.Length ?? 0);
        vote = new Vote(ballot, Compact(batch), IsDurable: false);
    }

    /// <summary>The write of this vote is durable; a vote that has replaced it meanwhile is not.</summary>
    public void MarkDurable(long slot, Ballot ballot)
    {
        if (_votes.Contains(slot) && _votes[slot] is { Batch: not null } vote && vote.Ballot == ballot)
        {
            _votes[slot] = vote with { IsDurable = true };
        }
    }

    /// <summary>Whether the vote that stands in the slot is on disk.</summary>
    public bool IsDurable(long slot) => _votes.Contains(slot) && _votes[slot].IsDurable;

    /// <summary>The next slot is decided, and the vote there is for the decided command.</summary>
    public void AdvanceDecided() => Decided++;

    /// <summary>Forgets everything up to and with the slot.</summary>
    public void DropTo(long slot)
    {
        for (var dropped = _votes.First; dropped <= Math.Min(slot, _votes.Last); dropped++)
        {
            Bytes -= _votes[dropped].Batch?.Payload.Length ?? 0;
        }

        _votes.DropTo(slot);
        Truncated = Math.Max(Truncated, slot);
        Decided = Math.Max(Decided, Truncated);
    }

    /// <summary>Up to where the log may go when a snapshot covers <paramref name="snapshot"/>: the last slots before it stay, within both bounds.</summary>
    public long Retain(long snapshot, int slots, long bytes)
    {
        var keep = snapshot;
        var kept = 0L;
        while (keep > Truncated && snapshot - keep < slots)
        {
            kept += TryGet(keep, out var entry) ? entry.Size : 0;
            if (kept > bytes)
            {
                break;
            }

            keep--;
        }

        return keep;
    }

    /// <summary>
    /// The entries from a slot on, at most up to <paramref name="last"/>, until they have that many bytes; at least one, if there is any.
    /// </summary>
    public List<LogEntry> Read(long first, long last, int bytes)
    {
        var entries = new List<LogEntry>();
        var size = 0;
        for (var slot = Math.Max(first, _votes.First); slot <= Math.Min(last, _votes.Last) && size < bytes; slot++)
        {
            if (TryGet(slot, out var entry))
            {
                entries.Add(entry);
                size += entry.Size;
            }
        }

        return entries;
    }

    /// <summary>The first slot above what was cut off without a vote; at most one above the decided ones.</summary>
    private long FirstMissing()
    {
        var slot = Truncated + 1;
        while (slot <= Decided && TryGet(slot, out _))
        {
            slot++;
        }

        return slot;
    }

    /// <summary>
    /// A batch that came over the wire is a slice of what it came in, which may be a thousand times as long; kept for as long as the log is, it would keep all of that.
    /// </summary>
    private static Batch Compact(Batch batch) =>
        MemoryMarshal.TryGetArray(batch.Payload, out var segment) && segment.Array!.Length > (2 * batch.Payload.Length) + 1024
            ? new Batch(batch.Count, batch.Payload.ToArray())
            : batch;

    private readonly record struct Vote(Ballot Ballot, Batch? Batch, bool IsDurable);
}
