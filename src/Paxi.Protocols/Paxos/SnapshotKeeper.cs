using System.Security.Cryptography;
using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Journal;
using Paxi.Actors.Replicas;

namespace Paxi.Protocols.Paxos;

/// <summary>
/// The learner's snapshots: writes one at a time to the journal, a chunk after another so that votes get their turn in between, and hands out the newest durable one.
/// </summary>
internal sealed class SnapshotKeeper(ReplicaContext context, PaxosOptions options)
{
    private SnapshotHeader? _durable;
    private ReadOnlyMemory<byte> _bytes;
    private Writing? _writing;

    /// <summary>A snapshot is on its way to the disk.</summary>
    public bool IsWriting => _writing is not null;

    /// <summary>One that came from another replica is on its way to the disk; until it is there, the log must not go on behind it.</summary>
    public bool IsInstalling => _writing is { IsInstall: true };

    /// <summary>Of the newest snapshot, durable or on its way; 0 when there is none.</summary>
    public long LastSlot => _writing?.Header.Slot ?? DurableSlot;

    /// <summary>Of the newest durable snapshot; 0 when there is none.</summary>
    public long DurableSlot => _durable?.Slot ?? 0;

    /// <summary>This snapshot is durable, and is handed out from now on.</summary>
    public void Keep(SnapshotHeader header, ReadOnlyMemory<byte> bytes) => (_durable, _bytes) = (header, bytes);

    /// <summary>Begins to write a snapshot; <see cref="OnPersisted"/> goes on.</summary>
    /// <param name="isInstall">It came from another replica.</param>
    /// <param name="self">Whom the journal answers.</param>
    public void Write(long slot, Ballot ballot, ReadOnlyMemory<byte> bytes, bool isInstall, IActorRef self)
    {
        var chunks = Math.Max(1, (bytes.Length + options.ChunkBytes - 1) / options.ChunkBytes);
        var header = new SnapshotHeader(slot, ballot, bytes.Length, chunks, SHA256.HashData(bytes.Span));
        _writing = new Writing(header, bytes, isInstall);
        WriteNext(_writing, self);
    }

    /// <summary>The slot of the snapshot that is durable by this write; null when the write was another, or not the last.</summary>
    public long? OnPersisted(object token, IActorRef self)
    {
        if (_writing is not { } writing || !ReferenceEquals(token, writing))
        {
            return null;
        }

        if (writing.Written <= writing.Header.Chunks)
        {
            WriteNext(writing, self);
            return null;
        }

        _writing = null;
        Keep(writing.Header, writing.Bytes);
        return writing.Header.Slot;
    }

    /// <summary>Sends a chunk of the newest durable snapshot: from where was asked, or the start when another one is meant.</summary>
    public void Answer(SnapshotRequest request)
    {
        if (_durable is not { } header)
        {
            return;
        }

        var offset = request.Slot == header.Slot && request.Offset >= 0 && request.Offset < header.Length ? request.Offset : 0;
        var bytes = _bytes.Slice((int)offset, (int)Math.Min(options.ChunkBytes, header.Length - offset));
        context.Links.Send(request.From, new SnapshotChunk(
            context.Self, header.Slot, header.Ballot, offset, header.Length, header.Hash, bytes));
    }

    private void WriteNext(Writing writing, IActorRef self)
    {
        var number = writing.Written++;
        if (number == writing.Header.Chunks)
        {
            context.Journal.Tell(new Persist(PaxosJournal.Snapshot(writing.Header), writing), self);
            return;
        }

        var offset = number * options.ChunkBytes;
        var bytes = writing.Bytes.Slice(offset, Math.Min(options.ChunkBytes, writing.Bytes.Length - offset));
        context.Journal.Tell(new Persist([PaxosJournal.Chunk(writing.Header.Slot, number, bytes)], writing), self);
    }

    private sealed class Writing(SnapshotHeader header, ReadOnlyMemory<byte> bytes, bool isInstall)
    {
        public SnapshotHeader Header { get; } = header;

        public ReadOnlyMemory<byte> Bytes { get; } = bytes;

        public bool IsInstall { get; } = isInstall;

        /// <summary>Records handed to the journal: the chunks, then the header.</summary>
        public int Written { get; set; }
    }
}
