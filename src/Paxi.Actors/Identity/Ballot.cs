using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Paxi.Actors;

/// <summary>
/// A ballot number: a counter made unique by the replica that owns it. Ordered by counter, then owner.
/// The text form is Paxi's: <c>counter.zone.node</c>. <see cref="Zero"/> is below every ballot that a replica may lead.
/// </summary>
public readonly record struct Ballot(uint Counter, ReplicaId Owner) : IComparable<Ballot>, ISpanParsable<Ballot>
{
    /// <summary>No ballot yet.</summary>
    public static readonly Ballot Zero;

    /// <summary>Counter in the high 32 bits, zone and node in 16 bits each; keeps the order of the ballots.</summary>
    public ulong Packed => ((ulong)Counter << 32) | Owner.Packed;

    /// <summary>Whether it is <see cref="Zero"/>.</summary>
    public bool IsZero => Packed == 0;

    /// <summary>The higher of two ballots.</summary>
    public static Ballot Max(Ballot left, Ballot right) => left > right ? left : right;

    /// <summary>The inverse of <see cref="Packed"/>.</summary>
    public static Ballot FromPacked(ulong packed) => new((uint)(packed >> 32), ReplicaId.FromPacked((uint)packed));

    /// <exception cref="FormatException">The text is not <c>counter.zone.node</c> within 32, 16 and 16 bits.</exception>
    public static Ballot Parse(string text) => Parse(text.AsSpan(), provider: null);

    /// <inheritdoc cref="Parse(string)"/>
    public static Ballot Parse(string s, IFormatProvider? provider) => Parse(s.AsSpan(), provider);

    /// <inheritdoc cref="Parse(string)"/>
    public static Ballot Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => TryParse(s, provider, out var ballot)
        ? ballot
        : throw new FormatException($"'{s}' is not a ballot; write counter.zone.node, as in 3.1.1");

    public static bool TryParse([NotNullWhen(true)] string? text, out Ballot ballot) =>
        TryParse(text.AsSpan(), provider: null, out ballot);

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Ballot result) =>
        TryParse(s.AsSpan(), provider, out result);

    /// <summary>Three numbers of digits only, with dots between; no sign, no blank.</summary>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out Ballot result)
    {
        result = default;
        var dot = s.IndexOf('.');
        if (dot < 1 ||
            !uint.TryParse(s[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out var counter) ||
            !ReplicaId.TryParse(s[(dot + 1)..], provider, out var owner))
        {
            return false;
        }

        result = new Ballot(counter, owner);
        return true;
    }

    /// <summary>A ballot of <paramref name="owner"/> that is above this one: the next counter.</summary>
    /// <exception cref="OverflowException">The counter is at its last value.</exception>
    public Ballot Next(ReplicaId owner) => new(checked(Counter + 1), owner);

    public int CompareTo(Ballot other) => Packed.CompareTo(other.Packed);

    public static bool operator <(Ballot left, Ballot right) => left.Packed < right.Packed;

    public static bool operator >(Ballot left, Ballot right) => left.Packed > right.Packed;

    public static bool operator <=(Ballot left, Ballot right) => left.Packed <= right.Packed;

    public static bool operator >=(Ballot left, Ballot right) => left.Packed >= right.Packed;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Counter}.{Owner}");
}
