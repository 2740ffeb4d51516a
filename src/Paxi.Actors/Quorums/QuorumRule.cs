using System.Globalization;
using System.Numerics;

namespace Paxi.Actors.Quorums;

/// <summary>
/// What makes a set of votes a quorum of one phase: so many replicas overall, or so many replicas in each of so many
/// zones. Every quorum predicate of Paxi is one of the two. A rule becomes an answer inside a
/// <see cref="QuorumSystem"/>, which knows the members.
/// </summary>
public sealed class QuorumRule
{
    private readonly Func<MemberGrid, Threshold> _bind;

    private QuorumRule(string name, Func<MemberGrid, Threshold> bind)
    {
        Name = name;
        _bind = bind;
    }

    /// <summary>What errors call the rule, as <c>q1=2</c> or <c>a majority</c>.</summary>
    public string Name { get; }

    /// <summary>More than half of all replicas.</summary>
    public static QuorumRule Majority { get; } =
        new("a majority", grid => Threshold.Of(grid.Members.Length / 2 + 1));

    /// <summary>
    /// EPaxos' fast quorum with the leader's own vote counted: F + ⌊(F+1)/2⌋ of N = 2F+1, which is Paxi's ⌊3N/4⌋
    /// (Moraru, Andersen, Kaminsky: There Is More Consensus in Egalitarian Parliaments, SOSP 2013, section 4.3). Never less
    /// than a majority, which ⌊3N/4⌋ would be for one or two replicas.
    /// </summary>
    public static QuorumRule Fast { get; } = new("a fast quorum",
        grid => Threshold.Of(Math.Max(3 * grid.Members.Length / 4, grid.Members.Length / 2 + 1)));

    /// <summary>Every replica.</summary>
    public static QuorumRule All { get; } = new("all replicas", grid => Threshold.Of(grid.Members.Length));

    /// <summary>At least one replica of every zone: Paxi's AllZones, a row of the grid.</summary>
    public static QuorumRule AllZones { get; } =
        new("one replica of each zone", grid => Threshold.OfZones(grid, grid.Zones, _ => 1));

    /// <summary>A majority of some zone.</summary>
    public static QuorumRule ZoneMajority { get; } =
        new("a majority of one zone", grid => Threshold.OfZones(grid, 1, size => size / 2 + 1));

    /// <summary>A row of the grid: one replica of every zone.</summary>
    public static QuorumRule GridRow => AllZones;

    /// <summary>A column of the grid: all replicas of some zone.</summary>
    public static QuorumRule GridColumn { get; } =
        new("all replicas of one zone", grid => Threshold.OfZones(grid, 1, size => size));

    /// <summary>Any <paramref name="count"/> replicas.</summary>
    /// <param name="count">From 1 to the number of members.</param>
    /// <param name="name">What errors call the number, as <c>q1</c>.</param>
    public static QuorumRule Count(int count, string name = "count") => new(
        string.Create(CultureInfo.InvariantCulture, $"{name}={count}"),
        grid => count >= 1 && count <= grid.Members.Length
            ? Threshold.Of(count)
            : throw new QuorumException($"{name} = {count} must be from 1 to {grid.Members.Length}, the number of replicas"));

    /// <summary>
    /// Phase 1 of the flexible grid: a majority, or with <paramref name="nodeFaults"/> at least fn + 1 replicas, in each
    /// of at least Z - fz zones (WPaxos, TPDS 2020, section 2, in its floor form: as minima per zone, never as caps).
    /// </summary>
    /// <param name="zoneFaults">fz, from 0 to the number of zones - 1.</param>
    /// <param name="nodeFaults">fn, from 0 to the size of the smallest zone - 1; null for a majority of each zone.</param>
    public static QuorumRule FlexibleGridPhase1(int zoneFaults, int? nodeFaults = null) => new(
        Describe(1, zoneFaults, nodeFaults),
        grid =>
        {
            CheckFaults(grid, zoneFaults, nodeFaults);
            return Threshold.OfZones(grid, grid.Zones - zoneFaults,
                size => nodeFaults is { } faults ? faults + 1 : size / 2 + 1);
        });

    /// <summary>
    /// Phase 2 of the flexible grid: a majority, or with <paramref name="nodeFaults"/> at least l - fn of a zone's l
    /// replicas, in each of at least fz + 1 zones.
    /// </summary>
    /// <inheritdoc cref="FlexibleGridPhase1"/>
    public static QuorumRule FlexibleGridPhase2(int zoneFaults, int? nodeFaults = null) => new(
        Describe(2, zoneFaults, nodeFaults),
        grid =>
        {
            CheckFaults(grid, zoneFaults, nodeFaults);
            return Threshold.OfZones(grid, zoneFaults + 1,
                size => nodeFaults is { } faults ? size - faults : size / 2 + 1);
        });

    internal Threshold Bind(MemberGrid grid) => _bind(grid);

    public override string ToString() => Name;

    private static string Describe(int phase, int zoneFaults, int? nodeFaults)
    {
        var share = (phase, nodeFaults) switch
        {
            (_, null) => "a majority",
            (1, { } faults) => string.Create(CultureInfo.InvariantCulture, $"{faults + 1}"),
            (_, 0) => "all",
            (_, { } faults) => string.Create(CultureInfo.InvariantCulture, $"all but {faults}"),
        };
        var zones = (phase, zoneFaults) switch
        {
            (1, 0) => "every zone",
            (1, _) => string.Create(CultureInfo.InvariantCulture, $"all zones but {zoneFaults}"),
            (_, 0) => "1 zone",
            _ => string.Create(CultureInfo.InvariantCulture, $"{zoneFaults + 1} zones"),
        };
        return $"{share} of {zones}";
    }

    private static void CheckFaults(MemberGrid grid, int zoneFaults, int? nodeFaults)
    {
        if (zoneFaults < 0 || zoneFaults >= grid.Zones)
        {
            throw new QuorumException($"fz = {zoneFaults} must be from 0 to {grid.Zones - 1}, " +
                $"less than the number of zones");
        }

        if (nodeFaults is { } faults && (faults < 0 || faults >= grid.SmallestZone))
        {
            throw new QuorumException($"fn = {faults} must be from 0 to {grid.SmallestZone - 1}, " +
                $"less than the replicas of the smallest zone");
        }
    }
}

/// <summary>A rule with its numbers filled in: <c>Overall</c> votes, or <c>InZone[z]</c> votes in each of <c>Zones</c>.</summary>
internal sealed class Threshold
{
    public int Overall { get; private init; }

    public int Zones { get; private init; }

    public int[] InZone { get; private init; } = [];

    public bool CountsZones => Zones > 0;

    public static Threshold Of(int overall) => new() { Overall = overall };

    public static Threshold OfZones(MemberGrid grid, int zones, Func<int, int> inZone) => new()
    {
        Zones = zones,
        InZone = [.. Enumerable.Range(0, grid.Zones).Select(zone => inZone(grid.ZoneSize(zone)))],
    };

    public bool IsMet(MemberGrid grid, ulong votes)
    {
        if (!CountsZones)
        {
            return BitOperations.PopCount(votes & grid.All) >= Overall;
        }

        var masks = grid.ZoneMasks;
        var met = 0;
        for (var zone = 0; zone < masks.Length; zone++)
        {
            if (BitOperations.PopCount(votes & masks[zone]) >= InZone[zone])
            {
                met++;
            }
        }

        return met >= Zones;
    }
}
