using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Paxi.Actors;

/// <summary>The name of a replica: <c>zone.node</c>, ordered by zone, then node. The text form is Paxi's: <c>1.1</c>.</summary>
public readonly record struct ReplicaId(ushort Zone, ushort Node) : IComparable<ReplicaId>, ISpanParsable<ReplicaId>
{
    /// <summary>Zone in the high 16 bits, node in the low 16 bits; keeps the order of the ids.</summary>
    public uint Packed => ((uint)Zone << 16) | Node;

    /// <summary>The inverse of <see cref="Packed"/>.</summary>
    public static ReplicaId FromPacked(uint packed) => new((ushort)(packed >> 16), (ushort)packed);

    /// <exception cref="FormatException">The text is not <c>zone.node</c> with numbers from 0 to 65535.</exception>
    public static ReplicaId Parse(string text) => Parse(text.AsSpan(), provider: null);

    /// <inheritdoc cref="Parse(string)"/>
    public static ReplicaId Parse(string s, IFormatProvider? provider) => Parse(s.AsSpan(), provider);

    /// <inheritdoc cref="Parse(string)"/>
    public static ReplicaId Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => TryParse(s, provider, out var id)
        ? id
        : throw new FormatException($"'{s}' is not a replica id; write zone.node, as in 1.1");

    public static bool TryParse([NotNullWhen(true)] string? text, out ReplicaId id) =>
        TryParse(text.AsSpan(), provider: null, out id);

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out ReplicaId result) =>
        TryParse(s.AsSpan(), provider, out result);

    /// <summary>Two numbers of digits only, from 0 to 65535, with a dot between; no sign, no blank.</summary>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out ReplicaId result)
    {
        result = default;
        var dot = s.IndexOf('.');
        if (dot < 1 || !TryParsePart(s[..dot], out var zone) || !TryParsePart(s[(dot + 1)..], out var node))
        {
            return false;
        }

        result = new ReplicaId(zone, node);
        return true;
    }

    public int CompareTo(ReplicaId other) => Packed.CompareTo(other.Packed);

    public static bool operator <(ReplicaId left, ReplicaId right) => left.Packed < right.Packed;

    public static bool operator >(ReplicaId left, ReplicaId right) => left.Packed > right.Packed;

    public static bool operator <=(ReplicaId left, ReplicaId right) => left.Packed <= right.Packed;

    public static bool operator >=(ReplicaId left, ReplicaId right) => left.Packed >= right.Packed;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Zone}.{Node}");

    private static bool TryParsePart(ReadOnlySpan<char> text, out ushort part) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out part);
}
