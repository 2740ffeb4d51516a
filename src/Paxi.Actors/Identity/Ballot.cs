using System.Globalization;

namespace Paxi.Actors;

/// <summary>
/// A ballot number: a counter made unique by the replica that owns it. Ordered by counter, then owner.
/// The text form is Paxi's: <c>counter.zone.node</c>. <see cref="Zero"/> is below every ballot that a replica may lead.
/// </summary>
public readonly record struct Ballot(uint Counter, ReplicaId Owner) : IComparable<Ballot>
{
    public static readonly Ballot Zero;

    /// <summary>Counter in the high 32 bits, zone and node in 16 bits each; keeps the order of the ballots.</summary>
    public ulong Packed => ((ulong)Counter << 32) | Owner.Packed;

    public bool IsZero => Packed == 0;

    public static Ballot FromPacked(ulong packed) => new((uint)(packed >> 32), ReplicaId.FromPacked((uint)packed));

    /// <summary>The smallest ballot of <paramref name="owner"/> that is above this one.</summary>
    public Ballot Next(ReplicaId owner) => new(checked(Counter + 1), owner);

    public int CompareTo(Ballot other) => Packed.CompareTo(other.Packed);

    public static bool operator <(Ballot left, Ballot right) => left.Packed < right.Packed;

    public static bool operator >(Ballot left, Ballot right) => left.Packed > right.Packed;

    public static bool operator <=(Ballot left, Ballot right) => left.Packed <= right.Packed;

    public static bool operator >=(Ballot left, Ballot right) => left.Packed >= right.Packed;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Counter}.{Owner}");
}
