using System.Numerics;

namespace Paxi.Actors.Quorums;

/// <summary>A rule for each phase, checked to intersect when it is made.</summary>
internal sealed class RuleQuorumSystem : QuorumSystem
{
    private readonly MemberGrid _grid;
    private readonly Threshold _phase1;
    private readonly Threshold _phase2;
    private readonly VoteSet[] _smallestPhase1;
    private readonly VoteSet[] _smallestPhase2;

    public RuleQuorumSystem(IEnumerable<ReplicaId> members, QuorumRule phase1, QuorumRule phase2) : base(members)
    {
        _grid = new MemberGrid(Members);
        _phase1 = phase1.Bind(_grid);
        _phase2 = phase2.Bind(_grid);
        if (QuorumIntersection.FindDisjoint(_grid, _phase1, _phase2) is var (first, second))
        {
            var advice = _phase1.CountsZones || _phase2.CountsZones ? "" : $"; q1 + q2 must exceed {Members.Length}";
            throw new QuorumException($"{phase1} and {phase2} of {Members.Length} replicas do not intersect: " +
                $"{_grid.Show(first)} and {_grid.Show(second)}{advice}");
        }

        Name = $"phase 1: {phase1}; phase 2: {phase2}";
        _smallestPhase1 = Smallest(_phase1);
        _smallestPhase2 = Smallest(_phase2);
    }

    public override string Name { get; }

    public override bool IsPhase1Quorum(VoteSet votes) => _phase1.IsMet(_grid, votes.Bits);

    public override bool IsPhase2Quorum(VoteSet votes) => _phase2.IsMet(_grid, votes.Bits);

    public override VoteSet SmallestPhase1(int self) => _smallestPhase1[self];

    public override VoteSet SmallestPhase2(int self) => _smallestPhase2[self];

    private VoteSet[] Smallest(Threshold rule)
    {
        var quorums = new VoteSet[Members.Length];
        for (var self = 0; self < quorums.Length; self++)
        {
            quorums[self] = new VoteSet(rule.CountsZones ? SmallestZones(rule, self) : SmallestOverall(rule, self));
        }

        return quorums;
    }

    /// <summary>Self, then the rest of its zone, then the zones that follow it.</summary>
    private ulong SmallestOverall(Threshold rule, int self)
    {
        var home = _grid.ZoneOf(self);
        var quorum = 0UL;
        for (var step = 0; step < _grid.Zones; step++)
        {
            var missing = rule.Overall - BitOperations.PopCount(quorum);
            quorum |= MemberGrid.Around(_grid.ZoneMasks[(home + step) % _grid.Zones], self, missing);
        }

        return quorum;
    }

    /// <summary>The own zone, then the zones that need the fewest votes, among equals those that follow it.</summary>
    private ulong SmallestZones(Threshold rule, int self)
    {
        var home = _grid.ZoneOf(self);
        var quorum = MemberGrid.Around(_grid.ZoneMasks[home], self, rule.InZone[home]);
        var others = Enumerable.Range(1, _grid.Zones - 1)
            .Select(step => (home + step) % _grid.Zones)
            .OrderBy(zone => rule.InZone[zone])
            .Take(rule.Zones - 1);
        foreach (var zone in others)
        {
            quorum |= MemberGrid.Around(_grid.ZoneMasks[zone], self, rule.InZone[zone]);
        }

        return quorum;
    }
}
