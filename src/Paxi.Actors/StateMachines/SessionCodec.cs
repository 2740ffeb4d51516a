using System.Buffers;
using System.Globalization;
using Paxi.Actors.Commands;
using Paxi.Actors.Wire;

namespace Paxi.Actors.StateMachines;

/// <summary>
/// The binary form of a session, in snapshots and in the states of objects.
/// <code>
/// session := id u64, lowest varint, count varint, entry{count}
/// entry   := sequence varint, status u8, length varint, result{length}
/// </code>
/// </summary>
internal static class SessionCodec
{
    /// <summary>A session without entries takes at least this.</summary>
    public const int MinSessionBytes = 10;
    private const int MinEntryBytes = 3;
    private const int MostHeadBytes = sizeof(ulong) + (2 * BufferWriting.MaxVarUIntBytes);
    private const int MostEntryBytes = 1 + (2 * BufferWriting.MaxVarUIntBytes);

    /// <summary>At least as many bytes as the session takes once it has one entry more.</summary>
    public static int MostBytes(Session session, int moreResultBytes) =>
        MostHeadBytes + (MostEntryBytes * (session.Count + 1)) + session.HeldBytes + moreResultBytes;

    public static void Write(Session session, IBufferWriter<byte> writer)
    {
        writer.WriteUInt64(session.Id);
        writer.WriteVarUInt((ulong)session.Lowest);
        writer.WriteVarUInt((ulong)session.Count);
        for (var index = 0; index < session.Count; index++)
        {
            var (sequence, status, result) = session[index];
            writer.WriteVarUInt((ulong)sequence);
            writer.WriteByte((byte)status);
            writer.WriteBytes(result.Span);
        }
    }

    /// <summary>How many entries follow.</summary>
    public static int ReadCount(ref WireReader reader) => reader.Count(MinEntryBytes);

    /// <param name="last">The sequence number before: they ascend.</param>
    /// <exception cref="WireFormatException">The bytes are no entry.</exception>
    public static (long Sequence, CommandStatus Status, ReadOnlyMemory<byte> Result) ReadEntry(ref WireReader reader, long last)
    {
        var sequence = reader.VarInt();
        var status = (CommandStatus)reader.Byte();
        if (sequence <= last || status is not (CommandStatus.Done or CommandStatus.Invalid or CommandStatus.ResultDropped))
        {
            throw new WireFormatException(string.Create(CultureInfo.InvariantCulture,
                $"sequence number {sequence} with status {(byte)status} after {last} in a snapshot"));
        }

        return (sequence, status, reader.Bytes());
    }

    /// <summary>Everything behind the id, into a session that has no entries.</summary>
    /// <exception cref="WireFormatException">The bytes are no session.</exception>
    public static void ReadInto(Session session, ulong id, ref WireReader reader)
    {
        session.Reset(id, reader.VarInt());
        var last = session.Lowest - 1;
        for (var left = ReadCount(ref reader); left > 0; left--)
        {
            (last, var status, var result) = ReadEntry(ref reader, last);
            session.Add(last, status, result.Span);
        }
    }

    /// <summary>Passes over everything behind the id, in bytes that were checked.</summary>
    public static void Skip(ref WireReader reader)
    {
        reader.VarUInt();
        for (var left = ReadCount(ref reader); left > 0; left--)
        {
            reader.VarUInt();
            reader.Byte();
            reader.Bytes();
        }
    }
}
