using System.Buffers.Binary;
using System.Text;

namespace Paxi.Actors.Wire;

/// <summary>
/// Reads what <see cref="WireWriter"/> wrote. Byte strings are slices of the input, not copies. Every length is checked against
/// what is left, so that garbage fails with <see cref="WireFormatException"/> and never allocates by a forged length.
/// </summary>
public ref struct WireReader(ReadOnlyMemory<byte> input)
{
    private readonly ReadOnlyMemory<byte> _input = input;
    private int _position;

    /// <summary>How many bytes were read.</summary>
    public readonly int Position => _position;

    /// <summary>How many bytes are left.</summary>
    public readonly int Remaining => _input.Length - _position;

    /// <summary>Whether all was read.</summary>
    public readonly bool End => Remaining == 0;

    /// <summary>One byte.</summary>
    public byte Byte() => Take(1)[0];

    /// <summary>A number of a short list: 0 to <paramref name="most"/>.</summary>
    public byte Byte(byte most) => Byte() is var value && value <= most
        ? value
        : throw new WireFormatException($"{value} where at most {most} is known");

    /// <summary>A flag in one byte, 0 or 1.</summary>
    public bool Bool() => Byte() switch
    {
        0 => false,
        1 => true,
        var other => throw new WireFormatException($"a flag is 0 or 1, not {other}"),
    };

    /// <summary>Four bytes, little-endian.</summary>
    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    /// <summary>Eight bytes, little-endian.</summary>
    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    /// <summary>An unsigned LEB128 number, one to ten bytes.</summary>
    public ulong VarUInt()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new WireFormatException("a number is longer than ten bytes");
    }

    /// <summary>A number that is never negative.</summary>
    public long VarInt()
    {
        var value = VarUInt();
        return value <= long.MaxValue ? (long)value : throw new WireFormatException($"number {value} is out of range");
    }

    /// <summary>A count of things of which each takes at least <paramref name="bytesEach"/> bytes of what is left.</summary>
    public int Count(int bytesEach = 1)
    {
        var value = VarUInt();
        return value <= (ulong)(Remaining / bytesEach)
            ? (int)value
            : throw new WireFormatException($"a count of {value} does not fit the {Remaining} bytes left");
    }

    /// <summary>An id in four bytes.</summary>
    public ReplicaId Replica() => ReplicaId.FromPacked(UInt32());

    /// <summary>A ballot in eight bytes.</summary>
    public Ballot Ballot() => Actors.Ballot.FromPacked(UInt64());

    /// <summary>A byte string after its length; a slice of the input.</summary>
    public ReadOnlyMemory<byte> Bytes() => Raw(Count());

    /// <summary>The next <paramref name="length"/> bytes; a slice of the input.</summary>
    public ReadOnlyMemory<byte> Raw(int length)
    {
        Take(length);
        return _input.Slice(_position - length, length);
    }

    /// <summary>UTF-8 text after its length in bytes; what is no UTF-8 becomes U+FFFD.</summary>
    public string Text() => Encoding.UTF8.GetString(Bytes().Span);

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length < 0 || length > Remaining)
        {
            throw new WireFormatException($"{length} bytes expected, {Remaining} left");
        }

        _position += length;
        return _input.Span.Slice(_position - length, length);
    }
}
