using System.Numerics;

namespace Paxi.Actors.Quorums;

/// <summary>
/// Decides whether some quorum of one rule misses some quorum of another, and shows them. Exact: within a zone replicas
/// are interchangeable, so only how many votes each zone gives matters, and the fewest votes miss best.
/// </summary>
internal static class QuorumIntersection
{
    /// <summary>Two quorums without a common member, or null when every two quorums share one.</summary>
    public static (ulong First, ulong Second)? FindDisjoint(MemberGrid grid, Threshold first, Threshold second)
    {
        if (first.CountsZones && second.CountsZones)
        {
            return FindDisjointZones(grid, first, second);
        }

        if (second.CountsZones)
        {
            return FindDisjoint(grid, second, first) is var (zones, overall) ? (overall, zones) : null;
        }

        // The smallest quorum of the first rule leaves the most members to the second, which takes any.
        var quorum = first.CountsZones ? SmallestZones(grid, first) : MemberGrid.Lowest(grid.All, first.Overall);
        var rest = grid.All & ~quorum;
        return BitOperations.PopCount(rest) >= second.Overall
            ? (quorum, MemberGrid.Lowest(rest, second.Overall))
            : null;
    }

    private static ulong SmallestZones(MemberGrid grid, Threshold rule)
    {
        var quorum = 0UL;
        foreach (var zone in Enumerable.Range(0, grid.Zones).OrderBy(zone => rule.InZone[zone]).Take(rule.Zones))
        {
            quorum |= MemberGrid.Lowest(grid.ZoneMasks[zone], rule.InZone[zone]);
        }

        return quorum;
    }

    /// <summary>
    /// A zone is roomy when it can meet both rules with different members. Disjoint quorums share roomy zones only, so
    /// they exist exactly when, after sharing as many of those as either needs, zones enough are left for each.
    /// </summary>
    private static (ulong First, ulong Second)? FindDisjointZones(MemberGrid grid, Threshold first, Threshold second)
    {
        var shared = Enumerable.Range(0, grid.Zones)
            .Where(zone => first.InZone[zone] + second.InZone[zone] <= grid.ZoneSize(zone))
            .Take(Math.Min(first.Zones, second.Zones))
            .ToList();
        var others = Enumerable.Range(0, grid.Zones).Except(shared).ToList();
        var firstOwn = first.Zones - shared.Count;
        var secondOwn = second.Zones - shared.Count;
        if (firstOwn + secondOwn > others.Count)
        {
            return null;
        }

        var one = 0UL;
        var two = 0UL;
        foreach (var zone in shared.Concat(others.Take(firstOwn)))
        {
            one |= MemberGrid.Lowest(grid.ZoneMasks[zone], first.InZone[zone]);
        }

        foreach (var zone in shared.Concat(others.Skip(firstOwn).Take(secondOwn)))
        {
            two |= MemberGrid.Lowest(grid.ZoneMasks[zone] & ~one, second.InZone[zone]);
        }

        return (one, two);
    }
}
