using System.Runtime.InteropServices;
using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Journal;
using Paxi.Protocols.Paxos;
using Xunit;

namespace Paxi.Protocols.Tests.Paxos;

/// <summary>The acceptor's votes in memory.</summary>
public sealed class AcceptorLogTests
{
    private static readonly Ballot s_low = new(1, new ReplicaId(1, 1));
    private static readonly Ballot s_high = new(2, new ReplicaId(1, 2));

    private readonly AcceptorLog _log = new(PaxosJournal.ReadAcceptor(new MemoryJournalStore()));

    /// <summary>A frame of a megabyte of which the log keeps ten bytes must not live as long as the log does.</summary>
    [Fact]
    public void A_small_slice_of_a_large_frame_is_copied_out()
    {
        _log.Put(1, s_low, new Batch(1, new byte[1 << 20].AsMemory(500, 10)));
        Assert.Equal(10, Kept(1).Array!.Length);
        Assert.Equal(10, _log.Bytes);
    }

    [Fact]
    public void What_is_most_of_its_frame_is_not_copied()
    {
        var frame = new byte[4000];
        _log.Put(1, s_low, new Batch(1, frame.AsMemory(100, 3000)));
        Assert.Same(frame, Kept(1).Array);
    }

    [Fact]
    public void A_vote_is_durable_when_its_own_write_is()
    {
        _log.Put(1, s_low, new Batch(1, new byte[1]));
        Assert.False(_log.IsDurable(1));
        _log.Put(1, s_high, new Batch(1, new byte[2]));
        _log.MarkDurable(1, s_low);
        Assert.False(_log.IsDurable(1));
        _log.MarkDurable(1, s_high);
        Assert.True(_log.IsDurable(1));
        Assert.False(_log.IsDurable(2));
    }

    /// <summary>The log may have been cut, or may not reach that far, when the disk answers.</summary>
    [Fact]
    public void A_slot_that_is_not_there_is_not_marked()
    {
        _log.Put(5, s_low, new Batch(1, new byte[1]));
        _log.MarkDurable(3, s_low);
        Assert.False(_log.IsDurable(3));
        _log.DropTo(5);
        _log.MarkDurable(5, s_low);
        Assert.False(_log.IsDurable(5));
        Assert.Equal(0, _log.Bytes);
    }

    private ArraySegment<byte> Kept(long slot)
    {
        Assert.True(_log.TryGet(slot, out var entry));
        Assert.True(MemoryMarshal.TryGetArray(entry.Batch.Payload, out var segment));
        return segment;
    }
}
