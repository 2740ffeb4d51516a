using System.Security.Cryptography;
using Paxi.Actors;
using Paxi.Actors.Replicas;

namespace Paxi.Protocols.Paxos;

/// <summary>What became of a chunk of a snapshot.</summary>
internal enum ChunkOutcome
{
    /// <summary>Not what was asked for; a late copy.</summary>
    Ignored,

    /// <summary>Damaged or absurd; another replica is asked.</summary>
    Refused,

    /// <summary>Ask for the next.</summary>
    Continue,

    /// <summary>All of it is here, and its hash is right.</summary>
    Complete,
}

/// <summary>
/// What a learner lacks and whom it asks: one question at a time, to one replica, by entries of the log or by snapshot. A replica that does not answer, or has
/// nothing, makes room for the next one; a round over all of them without any progress ends the session, and the next commit that is seen begins one.
/// </summary>
internal sealed class CatchUpSession(ReplicaContext context)
{
    /// <summary>A snapshot longer than this is absurd.</summary>
    private const long LargestSnapshot = int.MaxValue - 64;

    private readonly int _self = context.Quorums.IndexOf(context.Self);
    private long _target;
    private int _peer;
    private int _fruitless;
    private Download? _download;

    /// <summary>A question is under way, or due.</summary>
    public bool IsActive { get; private set; }

    /// <summary>For the status: none, or what is fetched and from whom.</summary>
    public string State => !IsActive ? "none"
        : _download is { } download ? $"snapshot {download.Slot} from {Peer}"
        : $"log from {Peer}";

    private ReplicaId Peer => context.Members[_peer];

    /// <summary>True when nothing is under way yet, so that the question must be asked.</summary>
    public bool Want(long slot, ReplicaId peer)
    {
        _target = Math.Max(_target, slot);
        if (IsActive)
        {
            return false;
        }

        var index = context.Quorums.IndexOf(peer);
        if (index >= 0 && index != _self)
        {
            _peer = index;
        }
        else if (_peer == _self)
        {
            _peer = Next(_peer);
        }

        _fruitless = 0;
        IsActive = _peer != _self;
        return IsActive;
    }

    /// <summary>Sends the question; false when nothing is missing any more, or nobody has it.</summary>
    public bool Ask(long executed)
    {
        if (executed >= _target || _fruitless > context.Members.Length)
        {
            _target = Math.Max(0, executed);
            _download = null;
            IsActive = false;
            return false;
        }

        IsActive = true;
        if (_download is { } download)
        {
            context.Links.Send(Peer, new SnapshotRequest(context.Self, download.Slot, download.Bytes.Length));
        }
        else
        {
            context.Links.Send(Peer, new CatchUp(context.Self, executed + 1));
        }

        return true;
    }

    /// <summary>True when the next question must be asked.</summary>
    public bool OnEntries(CatchUpEntries entries, long executed, bool hasProgress)
    {
        if (!IsActive)
        {
            // Somebody tells us, unasked, that we lack something.
            return entries.Decided > executed && Want(entries.Decided, entries.From);
        }

        if (entries.From != Peer || _download is not null)
        {
            return false;
        }

        if (hasProgress)
        {
            _fruitless = 0;
            return true;
        }

        if (entries.Truncated > executed)
        {
            _download = new Download(0);
            _target = Math.Max(_target, entries.Truncated);
            return true;
        }

        if (executed >= _target)
        {
            return true;
        }

        if (entries.Decided <= executed)
        {
            // It does not have it either, or not yet; the next one is asked when the timer ends.
            _fruitless++;
            _peer = Next(_peer);
        }

        return false;
    }

    /// <summary>Takes a chunk in: in order, from the replica that was asked, and the whole only with its right hash.</summary>
    public ChunkOutcome OnChunk(SnapshotChunk chunk)
    {
        if (_download is not { } download || chunk.From != Peer)
        {
            return ChunkOutcome.Ignored;
        }

        if (chunk.Slot != download.Slot || (chunk.Offset == 0 && download.Bytes.Length == 0))
        {
            // The first chunk, or the peer has a newer snapshot now.
            download = new Download(chunk.Slot) { Ballot = chunk.Ballot, Length = chunk.Length, Hash = chunk.Hash };
            _download = download;
        }

        if (chunk.Offset != download.Bytes.Length)
        {
            return ChunkOutcome.Ignored;
        }

        if (chunk.Length != download.Length || chunk.Length > LargestSnapshot || chunk.Bytes.Length == 0
            || download.Bytes.Length + chunk.Bytes.Length > chunk.Length || chunk.Hash.Length != SnapshotHeader.HashBytes
            || !chunk.Hash.Span.SequenceEqual(download.Hash.Span))
        {
            return Discard();
        }

        _fruitless = 0;
        download.Bytes.Write(chunk.Bytes.Span);
        if (download.Bytes.Length < download.Length)
        {
            return ChunkOutcome.Continue;
        }

        return SHA256.HashData(download.Content.Span).AsSpan().SequenceEqual(download.Hash.Span) ? ChunkOutcome.Complete : Discard();
    }

    /// <summary>After <see cref="ChunkOutcome.Complete"/>; the session then waits for the next <see cref="Ask"/>.</summary>
    public (SnapshotHeader Header, ReadOnlyMemory<byte> Bytes) TakeSnapshot()
    {
        var download = _download!;
        _download = null;
        return (new SnapshotHeader(download.Slot, download.Ballot, download.Length, 0, download.Hash), download.Content);
    }

    /// <summary>No answer in time: the next one is asked, for a snapshot from where it stands if that one has the same.</summary>
    public void OnTimeout()
    {
        _fruitless++;
        _peer = Next(_peer);
    }

    private ChunkOutcome Discard()
    {
        _download = null;
        _fruitless++;
        _peer = Next(_peer);
        return ChunkOutcome.Refused;
    }

    private int Next(int peer)
    {
        var next = (peer + 1) % context.Members.Length;
        return next == _self ? (next + 1) % context.Members.Length : next;
    }

    private sealed class Download(long slot)
    {
        public long Slot { get; } = slot;

        public Ballot Ballot { get; init; }

        public long Length { get; init; }

        public ReadOnlyMemory<byte> Hash { get; init; }

        /// <summary>Grows with what has come, not by what a peer says will come.</summary>
        public MemoryStream Bytes { get; } = new();

        public ReadOnlyMemory<byte> Content => new(Bytes.GetBuffer(), 0, (int)Bytes.Length);
    }
}
