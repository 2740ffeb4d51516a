using System.Numerics;

namespace Paxi.TestKit.World;

/// <summary>
/// A generator of pseudo-random numbers whose stream depends on its seed alone: the same on every runtime, machine and
/// process. <see cref="System.Random"/> with a seed promises that only within one version of .NET.
/// The algorithm is xoshiro256** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021), its
/// state filled by SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). Not for cryptography; one thread at a time.
/// </summary>
public sealed class SeededRandom : Random
{
    private const double DoubleUnit = 1.0 / (1UL << 53);
    private const float SingleUnit = 1.0f / (1U << 24);

    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;

    /// <param name="seed">Any number; equal seeds give equal streams.</param>
    public SeededRandom(ulong seed)
        : base(0)
    {
        Seed = seed;
        _a = SplitMix(ref seed);
        _b = SplitMix(ref seed);
        _c = SplitMix(ref seed);
        _d = SplitMix(ref seed);
    }

    /// <summary>The seed this stream began with.</summary>
    public ulong Seed { get; }

    /// <summary>
    /// An independent stream for the part of a run called <paramref name="name"/>. It depends on this generator's seed
    /// and the name, not on how many numbers were drawn: adding a consumer leaves every other stream as it was.
    /// </summary>
    public SeededRandom Fork(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var state = Seed ^ 0x6A09E667F3BCC909UL;
        foreach (var letter in name)
        {
            state = (state ^ letter) * 0x100000001B3UL;
        }

        return new SeededRandom(SplitMix(ref state));
    }

    /// <summary>The next 64 bits.</summary>
    public ulong NextUInt64()
    {
        var result = BitOperations.RotateLeft(_b * 5, 7) * 9;
        var shifted = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= shifted;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>True with probability <paramref name="probability"/>; draws one number whatever the probability.</summary>
    public bool Chance(double probability) => NextDouble() < probability;

    /// <summary>A uniform number in [0, <paramref name="bound"/>), without modulo bias (Lemire 2019).</summary>
    public ulong NextBelow(ulong bound)
    {
        ArgumentOutOfRangeException.ThrowIfZero(bound);
        var high = Math.BigMul(NextUInt64(), bound, out var low);
        if (low < bound)
        {
            var threshold = (0UL - bound) % bound;
            while (low < threshold)
            {
                high = Math.BigMul(NextUInt64(), bound, out low);
            }
        }

        return high;
    }

    public override int Next() => (int)NextBelow(int.MaxValue);

    public override int Next(int maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxValue);
        return maxValue == 0 ? 0 : (int)NextBelow((ulong)maxValue);
    }

    public override int Next(int minValue, int maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minValue, maxValue);
        var span = (long)maxValue - minValue;
        return span == 0 ? minValue : (int)(minValue + (long)NextBelow((ulong)span));
    }

    public override long NextInt64() => (long)NextBelow(long.MaxValue);

    public override long NextInt64(long maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxValue);
        return maxValue == 0 ? 0 : (long)NextBelow((ulong)maxValue);
    }

    public override long NextInt64(long minValue, long maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minValue, maxValue);
        var span = (ulong)maxValue - (ulong)minValue;
        return span == 0 ? minValue : (long)((ulong)minValue + NextBelow(span));
    }

    public override double NextDouble() => (NextUInt64() >> 11) * DoubleUnit;

    public override float NextSingle() => (NextUInt64() >> 40) * SingleUnit;

    public override void NextBytes(byte[] buffer) => NextBytes(buffer.AsSpan());

    public override void NextBytes(Span<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            var word = NextUInt64();
            var count = Math.Min(sizeof(ulong), buffer.Length);
            for (var i = 0; i < count; i++)
            {
                buffer[i] = (byte)(word >> (8 * i));
            }

            buffer = buffer[count..];
        }
    }

    protected override double Sample() => NextDouble();

    private static ulong SplitMix(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15UL;
        var mixed = state;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9UL;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL;
        return mixed ^ (mixed >> 31);
    }
}
