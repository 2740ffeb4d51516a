using Paxi.Actors;
using Paxi.Actors.Detector;
using Paxi.Actors.Replicas;
using Paxi.Actors.Wire;
using static Paxi.Actors.Commands.BatchWire;

namespace Paxi.Protocols.Paxos;

/// <summary>The binary forms of the messages. The sender is not written: the envelope has it.</summary>
internal static class PaxosWire
{
    private const byte FirstTag = 32;

    public static void Register(WireRegistry registry)
    {
        DetectorWire.Register(registry);
        registry.Register(FirstTag, PaxosRoles.Acceptor, WriteAccept, ReadAccept);
        registry.Register<Accepted>(FirstTag + 1, PaxosRoles.Leader,
            static (message, writer) => WriteSlot(message.Ballot, message.Slot, writer),
            static (ref WireReader reader, ReplicaId from) => new Accepted(from, reader.Ballot(), reader.VarInt()));
        registry.Register(FirstTag + 2, PaxosRoles.Acceptor, WriteCommit, ReadCommit);
        registry.Register<Prepare>(FirstTag + 3, PaxosRoles.Acceptor,
            static (message, writer) => WriteSlot(message.Ballot, message.FirstSlot, writer),
            static (ref WireReader reader, ReplicaId from) => new Prepare(from, reader.Ballot(), reader.VarInt()));
        registry.Register(FirstTag + 4, PaxosRoles.Leader, WritePromise, ReadPromise);
        registry.Register(FirstTag + 5, PaxosRoles.Leader, WriteReject, ReadReject);
        registry.Register<CatchUp>(FirstTag + 6, PaxosRoles.Acceptor,
            static (message, writer) => writer.VarInt(message.FirstSlot),
            static (ref WireReader reader, ReplicaId from) => new CatchUp(from, reader.VarInt()));
        registry.Register(FirstTag + 7, PaxosRoles.Learner, WriteCatchUpEntries, ReadCatchUpEntries);
        registry.Register(FirstTag + 8, PaxosRoles.Learner, WriteSnapshotRequest, ReadSnapshotRequest);
        registry.Register(FirstTag + 9, PaxosRoles.Learner, WriteSnapshotChunk, ReadSnapshotChunk);
        registry.Register<ReadQuery>(FirstTag + 10, PaxosRoles.Acceptor,
            static (message, writer) => writer.VarInt(message.Round),
            static (ref WireReader reader, ReplicaId from) => new ReadQuery(from, reader.VarInt()));
        registry.Register(FirstTag + 11, PaxosRoles.Reader, WriteReadAnswer, ReadReadAnswer);
        registry.Register<SyncQuery>(FirstTag + 12, PaxosRoles.Acceptor,
            static (message, writer) => writer.VarInt(message.Round),
            static (ref WireReader reader, ReplicaId from) => new SyncQuery(from, reader.VarInt()));
        registry.Register(FirstTag + 13, PaxosRoles.Sync, WriteSyncAnswer, ReadSyncAnswer);
    }

    public static int SizeOf(IReadOnlyList<LogEntry> entries)
    {
        var size = 0;
        for (var index = 0; index < entries.Count; index++)
        {
            size += entries[index].Size;
        }

        return size;
    }

    private static void WriteSyncAnswer(SyncAnswer message, WireWriter writer)
    {
        writer.VarInt(message.Round);
        writer.VarInt(message.Slot);
        writer.Ballot(message.Promised);
    }

    private static SyncAnswer ReadSyncAnswer(ref WireReader reader, ReplicaId from) => new(from, reader.VarInt(), reader.VarInt(), reader.Ballot());

    private static void WriteSlot(Ballot ballot, long slot, WireWriter writer)
    {
        writer.Ballot(ballot);
        writer.VarInt(slot);
    }

    private static void WriteAccept(Accept message, WireWriter writer)
    {
        WriteSlot(message.Ballot, message.Slot, writer);
        writer.VarInt(message.Commit);
        WriteBatch(message.Batch, writer);
    }

    private static Accept ReadAccept(ref WireReader reader, ReplicaId from) =>
        new(from, reader.Ballot(), reader.VarInt(), reader.VarInt(), ReadBatch(ref reader));

    private static void WriteCommit(Commit message, WireWriter writer)
    {
        WriteSlot(message.Ballot, message.Slot, writer);
        writer.VarInt(message.Fresh);
    }

    private static Commit ReadCommit(ref WireReader reader, ReplicaId from) =>
        new(from, reader.Ballot(), reader.VarInt(), reader.VarInt());

    private static void WritePromise(Promise message, WireWriter writer)
    {
        WriteSlot(message.Ballot, message.FirstSlot, writer);
        writer.Bool(message.IsLast);
        writer.VarInt(message.Truncated);
        writer.VarInt(message.Decided);
        WriteEntries(message.Entries, writer);
    }

    private static Promise ReadPromise(ref WireReader reader, ReplicaId from) => new(
        from, reader.Ballot(), reader.VarInt(), reader.Bool(), reader.VarInt(), reader.VarInt(), ReadEntries(ref reader));

    private static void WriteReject(Reject message, WireWriter writer)
    {
        writer.Ballot(message.Ballot);
        writer.Ballot(message.Promised);
    }

    private static Reject ReadReject(ref WireReader reader, ReplicaId from) => new(from, reader.Ballot(), reader.Ballot());

    private static void WriteCatchUpEntries(CatchUpEntries message, WireWriter writer)
    {
        writer.VarInt(message.Truncated);
        writer.VarInt(message.Decided);
        WriteEntries(message.Entries, writer);
    }

    private static CatchUpEntries ReadCatchUpEntries(ref WireReader reader, ReplicaId from) =>
        new(from, reader.VarInt(), reader.VarInt(), ReadEntries(ref reader));

    private static void WriteEntries(IReadOnlyList<LogEntry> entries, WireWriter writer)
    {
        writer.VarInt(entries.Count);
        for (var index = 0; index < entries.Count; index++)
        {
            WriteSlot(entries[index].Ballot, entries[index].Slot, writer);
            WriteBatch(entries[index].Batch, writer);
        }
    }

    private static LogEntry[] ReadEntries(ref WireReader reader)
    {
        const int Least = 11;
        var entries = new LogEntry[reader.Count(Least)];
        for (var index = 0; index < entries.Length; index++)
        {
            var ballot = reader.Ballot();
            entries[index] = new LogEntry(reader.VarInt(), ballot, ReadBatch(ref reader));
        }

        return entries;
    }

    private static void WriteSnapshotRequest(SnapshotRequest message, WireWriter writer)
    {
        writer.VarInt(message.Slot);
        writer.VarInt(message.Offset);
    }

    private static SnapshotRequest ReadSnapshotRequest(ref WireReader reader, ReplicaId from) =>
        new(from, reader.VarInt(), reader.VarInt());

    private static void WriteSnapshotChunk(SnapshotChunk message, WireWriter writer)
    {
        WriteSlot(message.Ballot, message.Slot, writer);
        writer.VarInt(message.Offset);
        writer.VarInt(message.Length);
        writer.Bytes(message.Hash.Span);
        writer.Bytes(message.Bytes.Span);
    }

    private static SnapshotChunk ReadSnapshotChunk(ref WireReader reader, ReplicaId from)
    {
        var ballot = reader.Ballot();
        return new SnapshotChunk(from, reader.VarInt(), ballot, reader.VarInt(), reader.VarInt(), reader.Bytes(), reader.Bytes());
    }

    private static void WriteReadAnswer(ReadAnswer message, WireWriter writer)
    {
        writer.VarInt(message.Round);
        writer.VarInt(message.Slot);
    }

    private static ReadAnswer ReadReadAnswer(ref WireReader reader, ReplicaId from) => new(from, reader.VarInt(), reader.VarInt());
}
