using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Paxi.Actors.Wire;

/// <summary>Writes the compact binary form: little-endian fixed-width numbers, LEB128 variable-width ones, byte strings after their length.</summary>
public sealed class WireWriter(int capacity = 256)
{
    private readonly ArrayBufferWriter<byte> _buffer = new(capacity);

    public int Length => _buffer.WrittenCount;

    public ReadOnlyMemory<byte> WrittenMemory => _buffer.WrittenMemory;

    public ReadOnlySpan<byte> WrittenSpan => _buffer.WrittenSpan;

    public IBufferWriter<byte> Buffer => _buffer;

    public byte[] ToArray() => _buffer.WrittenSpan.ToArray();

    /// <summary>Forgets what was written, keeps the buffer.</summary>
    public void Clear() => _buffer.ResetWrittenCount();

    public void Byte(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
    }

    public void Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.GetSpan(4), value);
        _buffer.Advance(4);
    }

    public void UInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer.GetSpan(8), value);
        _buffer.Advance(8);
    }

    /// <summary>An unsigned LEB128 number, one to ten bytes.</summary>
    public void VarUInt(ulong value)
    {
        var span = _buffer.GetSpan(10);
        var length = 0;
        while (value >= 0x80)
        {
            span[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        span[length++] = (byte)value;
        _buffer.Advance(length);
    }

    /// <summary>A number that is never negative: a slot, a count, a sequence number.</summary>
    public void VarInt(long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        VarUInt((ulong)value);
    }

    public void Replica(ReplicaId id) => UInt32(id.Packed);

    public void Ballot(Ballot ballot) => UInt64(ballot.Packed);

    /// <summary>A byte string after its length.</summary>
    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        VarUInt((ulong)bytes.Length);
        Raw(bytes);
    }

    /// <summary>Bytes without a length.</summary>
    public void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer.GetSpan(bytes.Length));
        _buffer.Advance(bytes.Length);
    }

    /// <summary>UTF-8 text after its length in bytes.</summary>
    public void Text(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        VarUInt((ulong)length);
        Encoding.UTF8.GetBytes(text, _buffer.GetSpan(length));
        _buffer.Advance(length);
    }
}
