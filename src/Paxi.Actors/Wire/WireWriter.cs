using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Paxi.Actors.Wire;

/// <summary>Writes the compact binary form: little-endian fixed-width numbers, LEB128 variable-width ones, byte strings after their length.</summary>
public sealed class WireWriter(int capacity = 256) : IBufferWriter<byte>
{
    private byte[] _bytes = new byte[Math.Max(capacity, 16)];
    private int _length;

    /// <summary>How many bytes were written.</summary>
    public int Length => _length;

    /// <summary>How much fits without growing.</summary>
    public int Capacity => _bytes.Length;

    /// <summary>What was written; good until the writer is cleared.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, _length);

    /// <summary>The same as a span.</summary>
    public ReadOnlySpan<byte> WrittenSpan => _bytes.AsSpan(0, _length);

    /// <summary>For those who write their own form at the end of what was written.</summary>
    public IBufferWriter<byte> Buffer => this;

    /// <summary>A copy of what was written.</summary>
    public byte[] ToArray() => WrittenSpan.ToArray();

    /// <summary>Forgets what was written, keeps the buffer.</summary>
    public void Clear() => _length = 0;

    /// <summary>One byte.</summary>
    public void Byte(byte value) => Take(1)[0] = value;

    /// <summary>A flag in one byte, 0 or 1.</summary>
    public void Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    /// <summary>Four bytes, little-endian.</summary>
    public void UInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Take(4), value);

    /// <summary>Eight bytes, little-endian.</summary>
    public void UInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Take(8), value);

    /// <summary>An unsigned LEB128 number, one to ten bytes.</summary>
    public void VarUInt(ulong value)
    {
        Ensure(10);
        while (value >= 0x80)
        {
            _bytes[_length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _bytes[_length++] = (byte)value;
    }

    /// <summary>A number that is never negative: a slot, a count, a sequence number.</summary>
    public void VarInt(long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        VarUInt((ulong)value);
    }

    /// <summary>An id in four bytes.</summary>
    public void Replica(ReplicaId id) => UInt32(id.Packed);

    /// <summary>A ballot in eight bytes.</summary>
    public void Ballot(Ballot ballot) => UInt64(ballot.Packed);

    /// <summary>A byte string after its length.</summary>
    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        VarUInt((ulong)bytes.Length);
        Raw(bytes);
    }

    /// <summary>Bytes without a length.</summary>
    public void Raw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    /// <summary>UTF-8 text after its length in bytes.</summary>
    public void Text(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        VarUInt((ulong)length);
        Encoding.UTF8.GetBytes(text, Take(length));
    }

    /// <summary>Leaves room for a length (u32) that <see cref="EndLength"/> fills in; returns where.</summary>
    internal int BeginLength()
    {
        Take(sizeof(uint));
        return _length;
    }

    /// <summary>Fills in how much was written since <see cref="BeginLength"/>.</summary>
    internal void EndLength(int begin) =>
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(begin - sizeof(uint)), (uint)(_length - begin));

    void IBufferWriter<byte>.Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - _length);
        _length += count;
    }

    Memory<byte> IBufferWriter<byte>.GetMemory(int sizeHint)
    {
        Ensure(Math.Max(sizeHint, 1));
        return _bytes.AsMemory(_length);
    }

    Span<byte> IBufferWriter<byte>.GetSpan(int sizeHint)
    {
        Ensure(Math.Max(sizeHint, 1));
        return _bytes.AsSpan(_length);
    }

    /// <summary>The next <paramref name="length"/> bytes, to be filled by the caller.</summary>
    private Span<byte> Take(int length)
    {
        Ensure(length);
        var span = _bytes.AsSpan(_length, length);
        _length += length;
        return span;
    }

    private void Ensure(int length)
    {
        if (_bytes.Length - _length < length)
        {
            Array.Resize(ref _bytes, Math.Max(checked(_length + length), (int)Math.Min(2L * _bytes.Length, Array.MaxLength)));
        }
    }
}
