using System.Collections.Immutable;
using System.Numerics;

namespace Paxi.Actors.Quorums;

/// <summary>The members of a quorum system by zone, as bit masks over their indexes.</summary>
internal sealed class MemberGrid
{
    public MemberGrid(ImmutableArray<ReplicaId> members)
    {
        Members = members;
        All = VoteSet.All(members.Length).Bits;
        ZoneIds = [.. members.Select(member => member.Zone).Distinct()];
        ZoneMasks = new ulong[ZoneIds.Length];
        for (var index = 0; index < members.Length; index++)
        {
            ZoneMasks[ZoneOf(index)] |= 1UL << index;
        }
    }

    public ImmutableArray<ReplicaId> Members { get; }

    public ulong All { get; }

    public ImmutableArray<ushort> ZoneIds { get; }

    public ulong[] ZoneMasks { get; }

    public int Zones => ZoneMasks.Length;

    public int SmallestZone => ZoneMasks.Min(BitOperations.PopCount);

    public int ZoneSize(int zone) => BitOperations.PopCount(ZoneMasks[zone]);

    public int ZoneOf(int member) => ZoneIds.IndexOf(Members[member].Zone);

    /// <summary>The first <paramref name="count"/> set bits of <paramref name="mask"/>, from the lowest.</summary>
    public static ulong Lowest(ulong mask, int count)
    {
        var taken = 0UL;
        for (; count > 0 && mask != 0; count--)
        {
            taken |= mask & (0 - mask);
            mask &= mask - 1;
        }

        return taken;
    }

    /// <summary>
    /// <paramref name="count"/> set bits of <paramref name="mask"/>, starting at <paramref name="from"/> and going
    /// around, so that the replicas of a zone do not all lean on the same neighbour.
    /// </summary>
    public static ulong Around(ulong mask, int from, int count)
    {
        var atOrAbove = mask & (ulong.MaxValue << from);
        var taken = Lowest(atOrAbove, count);
        return taken | Lowest(mask & ~atOrAbove, count - BitOperations.PopCount(taken));
    }

    public string Show(ulong votes)
    {
        var names = new List<string>();
        foreach (var member in new VoteSet(votes))
        {
            names.Add(Members[member].ToString());
        }

        return $"{{{string.Join(", ", names)}}}";
    }
}
