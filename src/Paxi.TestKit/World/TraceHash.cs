using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace Paxi.TestKit.World;

/// <summary>
/// A running 128-bit hash over the records of a run, in two multiply-rotate lanes of 64 bits. Two runs with equal hashes did
/// the same things at the same virtual times. It depends on no process, runtime or string hash seed; not cryptographic.
/// </summary>
public struct TraceHash : IEquatable<TraceHash>
{
    private const ulong PrimeA = 0x9E3779B185EBCA87UL;
    private const ulong PrimeB = 0xC2B2AE3D27D4EB4FUL;

    private ulong _low;
    private ulong _high;

    /// <summary>How many words were added.</summary>
    public ulong Words { get; private set; }

    /// <summary>The 128 bits so far.</summary>
    public readonly UInt128 Value => new(Finish(_high ^ Words), Finish(_low + Words));

    public void Add(ulong word)
    {
        _low = BitOperations.RotateLeft(_low ^ (word * PrimeB), 31) * PrimeA;
        _high = BitOperations.RotateLeft((_high + word) * PrimeA, 29) ^ _low;
        Words++;
    }

    public void Add(long word) => Add((ulong)word);

    public void Add(ReadOnlySpan<byte> bytes)
    {
        Add((ulong)bytes.Length);
        while (bytes.Length >= sizeof(ulong))
        {
            Add(BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        var rest = 0UL;
        for (var i = 0; i < bytes.Length; i++)
        {
            rest |= (ulong)bytes[i] << (8 * i);
        }

        Add(rest);
    }

    public void Add(ReadOnlySpan<char> text)
    {
        Add((ulong)text.Length);
        foreach (var letter in text)
        {
            Add((ulong)letter);
        }
    }

    public readonly bool Equals(TraceHash other) =>
        _low == other._low && _high == other._high && Words == other.Words;

    public override readonly bool Equals(object? obj) => obj is TraceHash other && Equals(other);

    public override readonly int GetHashCode() => HashCode.Combine(_low, _high, Words);

    /// <summary>32 hexadecimal digits.</summary>
    public override readonly string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Finish(_high ^ Words):x16}{Finish(_low + Words):x16}");

    public static bool operator ==(TraceHash left, TraceHash right) => left.Equals(right);

    public static bool operator !=(TraceHash left, TraceHash right) => !left.Equals(right);

    private static ulong Finish(ulong word)
    {
        word = (word ^ (word >> 33)) * PrimeB;
        word = (word ^ (word >> 29)) * PrimeA;
        return word ^ (word >> 32);
    }
}
