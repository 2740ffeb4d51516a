using System.Buffers.Binary;
using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Journal;
using Paxi.Actors.Wire;

namespace Paxi.Protocols.Paxos;

/// <summary>
/// What a replica keeps, and its form.
/// <code>
/// table 1   "promise"    ballot u64                                     the highest ballot that the acceptor has promised
/// table 1   "truncated"  slot u64                                       votes up to here are gone: decided, and in a snapshot
/// table 1   "snapshot"   slot u64, ballot u64, length u64, chunks u32, hash 32 bytes
/// table 2   slot         ballot u64, commit varint, count varint, payload    the acceptor's vote
/// table 3   slot, chunk number u32                                      a part of a snapshot
/// </code>
/// <c>commit</c>: every slot up to that one is decided, and the vote stored for it is for the decided command. It rides along with each vote and never costs a write
/// of its own.
/// </summary>
internal static class PaxosJournal
{
    public const byte StateTable = 1;
    public const byte LogTable = 2;
    public const byte SnapshotTable = 3;

    private static readonly byte[] PromiseKey = "promise"u8.ToArray();
    private static readonly byte[] TruncatedKey = "truncated"u8.ToArray();
    private static readonly byte[] SnapshotKey = "snapshot"u8.ToArray();

    /// <summary>The acceptor promises this ballot.</summary>
    public static JournalWrite Promised(Ballot ballot) => JournalWrite.Put(StateTable, PromiseKey, Number(ballot.Packed));

    /// <summary>The acceptor votes; every slot up to <paramref name="commit"/> is decided.</summary>
    public static JournalWrite Vote(long slot, Ballot ballot, long commit, Batch batch)
    {
        var value = new byte[8 + VarIntLength(commit) + VarIntLength(batch.Count) + batch.Payload.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(value, ballot.Packed);
        var position = 8;
        position += WriteVarInt(value.AsSpan(position), commit);
        position += WriteVarInt(value.AsSpan(position), batch.Count);
        batch.Payload.Span.CopyTo(value.AsSpan(position));
        return JournalWrite.Put(LogTable, JournalKey.Of(slot), value);
    }

    /// <summary>Votes up to this slot go.</summary>
    public static JournalWrite[] Truncate(long slot) =>
    [
        JournalWrite.Put(StateTable, TruncatedKey, Number((ulong)slot)),
        JournalWrite.DeleteRange(LogTable, JournalKey.Of(0), JournalKey.Of(slot + 1)),
    ];

    /// <summary>A part of a snapshot; it counts with <see cref="Snapshot"/>.</summary>
    public static JournalWrite Chunk(long slot, int number, ReadOnlyMemory<byte> bytes) =>
        JournalWrite.Put(SnapshotTable, ChunkKey(slot, number), bytes);

    /// <summary>Makes the snapshot count, and drops every other.</summary>
    public static JournalWrite[] Snapshot(SnapshotHeader header)
    {
        var writer = new WireWriter(64);
        writer.UInt64((ulong)header.Slot);
        writer.Ballot(header.Ballot);
        writer.UInt64((ulong)header.Length);
        writer.UInt32((uint)header.Chunks);
        writer.Raw(header.Hash.Span);
        return
        [
            JournalWrite.Put(StateTable, SnapshotKey, writer.WrittenMemory),
            JournalWrite.DeleteRange(SnapshotTable, ChunkKey(0, 0), ChunkKey(header.Slot, 0)),
            JournalWrite.DeleteRange(SnapshotTable, ChunkKey(header.Slot, header.Chunks), ChunkKey(long.MaxValue, 0)),
        ];
    }

    /// <summary>The acceptor's part.</summary>
    /// <exception cref="JournalException">What was stored does not fit together.</exception>
    public static AcceptorRecovery ReadAcceptor(IJournalStore store)
    {
        var recovery = new AcceptorRecovery();
        foreach (var (key, value) in store.Read(StateTable))
        {
            if (key.AsSpan().SequenceEqual(PromiseKey))
            {
                recovery.Promised = Ballot.FromPacked(BinaryPrimitives.ReadUInt64LittleEndian(value));
            }
            else if (key.AsSpan().SequenceEqual(TruncatedKey))
            {
                recovery.Truncated = (long)BinaryPrimitives.ReadUInt64LittleEndian(value);
            }
            else if (key.AsSpan().SequenceEqual(SnapshotKey))
            {
                recovery.Snapshot = ReadHeader(value).Slot;
            }
        }

        foreach (var (key, value) in store.Read(LogTable))
        {
            var reader = new WireReader(value);
            var ballot = reader.Ballot();
            recovery.Commit = Math.Max(recovery.Commit, reader.VarInt());
            var count = (int)reader.VarInt();
            var payload = reader.Raw(reader.Remaining);
            recovery.Entries.Add(new LogEntry(JournalKey.ToInt64(key), ballot, count == 0 ? Batch.NoOp : new Batch(count, payload)));
        }

        return recovery;
    }

    /// <summary>The snapshot that counts, or null.</summary>
    /// <exception cref="JournalException">A part of it is missing.</exception>
    public static (SnapshotHeader Header, byte[] Bytes)? ReadSnapshot(IJournalStore store)
    {
        foreach (var (key, value) in store.Read(StateTable, SnapshotKey))
        {
            if (key.AsSpan().SequenceEqual(SnapshotKey))
            {
                var header = ReadHeader(value);
                return (header, ReadChunks(store, header));
            }

            break;
        }

        return null;
    }

    private static byte[] ReadChunks(IJournalStore store, SnapshotHeader header)
    {
        var bytes = new byte[header.Length];
        var position = 0;
        var number = 0;
        foreach (var (key, value) in store.Read(SnapshotTable, ChunkKey(header.Slot, 0)))
        {
            if (number == header.Chunks)
            {
                break;
            }

            if (!key.AsSpan().SequenceEqual(ChunkKey(header.Slot, number)) || value.Length > bytes.Length - position)
            {
                break;
            }

            value.CopyTo(bytes.AsSpan(position));
            position += value.Length;
            number++;
        }

        return number == header.Chunks && position == bytes.Length
            ? bytes
            : throw new JournalException($"the snapshot of slot {header.Slot} has {number} of {header.Chunks} parts in the journal");
    }

    private static SnapshotHeader ReadHeader(byte[] value)
    {
        var reader = new WireReader(value);
        var slot = (long)reader.UInt64();
        var ballot = reader.Ballot();
        var length = (long)reader.UInt64();
        var chunks = (int)reader.UInt32();
        return new SnapshotHeader(slot, ballot, length, chunks, reader.Raw(SnapshotHeader.HashBytes));
    }

    private static byte[] ChunkKey(long slot, int number)
    {
        var key = new byte[12];
        BinaryPrimitives.WriteInt64BigEndian(key, slot);
        BinaryPrimitives.WriteInt32BigEndian(key.AsSpan(8), number);
        return key;
    }

    private static byte[] Number(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes;
    }

    private static int VarIntLength(long value)
    {
        var length = 1;
        for (var rest = (ulong)value; rest >= 0x80; rest >>= 7)
        {
            length++;
        }

        return length;
    }

    private static int WriteVarInt(Span<byte> target, long value)
    {
        var length = 0;
        var rest = (ulong)value;
        for (; rest >= 0x80; rest >>= 7)
        {
            target[length++] = (byte)(rest | 0x80);
        }

        target[length++] = (byte)rest;
        return length;
    }
}

/// <summary>What a snapshot is.</summary>
/// <param name="Slot">It covers every slot up to this one.</param>
/// <param name="Ballot">Of the entry in that slot.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Chunks">How many records hold it.</param>
/// <param name="Hash">SHA-256.</param>
internal sealed record SnapshotHeader(long Slot, Ballot Ballot, long Length, int Chunks, ReadOnlyMemory<byte> Hash)
{
    public const int HashBytes = 32;
}

/// <summary>What the acceptor finds in the journal.</summary>
internal sealed class AcceptorRecovery
{
    /// <summary>The highest ballot promised.</summary>
    public Ballot Promised { get; set; }

    /// <summary>Votes up to this slot are gone.</summary>
    public long Truncated { get; set; }

    /// <summary>The slot of the durable snapshot; 0 when there is none.</summary>
    public long Snapshot { get; set; }

    /// <summary>Every slot up to this one is decided.</summary>
    public long Commit { get; set; }

    /// <summary>In the order of the slots.</summary>
    public List<LogEntry> Entries { get; } = [];
}
