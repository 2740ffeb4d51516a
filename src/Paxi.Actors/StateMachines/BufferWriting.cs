using System.Buffers;
using System.Buffers.Binary;

namespace Paxi.Actors.StateMachines;

/// <summary>The forms of <see cref="Wire.WireWriter"/> for a buffer that someone else owns.</summary>
internal static class BufferWriting
{
    /// <summary>The most bytes of a variable-width number.</summary>
    public const int MaxVarUIntBytes = 10;

    public static void WriteByte(this IBufferWriter<byte> writer, byte value)
    {
        writer.GetSpan(1)[0] = value;
        writer.Advance(1);
    }

    public static void WriteUInt64(this IBufferWriter<byte> writer, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(writer.GetSpan(sizeof(ulong)), value);
        writer.Advance(sizeof(ulong));
    }

    public static void WriteVarUInt(this IBufferWriter<byte> writer, ulong value) =>
        writer.Advance(PutVarUInt(writer.GetSpan(MaxVarUIntBytes), value));

    /// <summary>A byte string after its length.</summary>
    public static void WriteBytes(this IBufferWriter<byte> writer, ReadOnlySpan<byte> bytes)
    {
        var span = writer.GetSpan(MaxVarUIntBytes + bytes.Length);
        var length = PutVarUInt(span, (ulong)bytes.Length);
        bytes.CopyTo(span[length..]);
        writer.Advance(length + bytes.Length);
    }

    /// <summary>How many bytes of <paramref name="span"/> the number took.</summary>
    public static int PutVarUInt(Span<byte> span, ulong value)
    {
        var length = 0;
        while (value >= 0x80)
        {
            span[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        span[length++] = (byte)value;
        return length;
    }
}
