using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Paxi.Actors;

/// <summary>The name of a replica: <c>zone.node</c>, ordered by zone, then node. The text form is Paxi's: <c>1.1</c>.</summary>
public readonly record struct ReplicaId(ushort Zone, ushort Node) : IComparable<ReplicaId>
{
    /// <summary>Zone in the high 16 bits, node in the low 16 bits; keeps the order of the ids.</summary>
    public uint Packed => ((uint)Zone << 16) | Node;

    public static ReplicaId FromPacked(uint packed) => new((ushort)(packed >> 16), (ushort)packed);

    /// <exception cref="FormatException">The text is not <c>zone.node</c> with numbers from 0 to 65535.</exception>
    public static ReplicaId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is not a replica id; write zone.node, as in 1.1");

    public static bool TryParse([NotNullWhen(true)] string? text, out ReplicaId id)
    {
        id = default;
        var dot = text?.IndexOf('.') ?? -1;
        if (dot < 1 || !TryParsePart(text.AsSpan(0, dot), out var zone) || !TryParsePart(text.AsSpan(dot + 1), out var node))
        {
            return false;
        }

        id = new ReplicaId(zone, node);
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
