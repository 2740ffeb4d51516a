using Paxi.Actors.Quorums;
using Xunit;

namespace Paxi.Actors.Tests.Quorums;

public class QuorumSystemTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 2, 2)]
    [InlineData(3, 2, 2)]
    [InlineData(4, 3, 3)]
    [InlineData(5, 3, 3)]
    [InlineData(6, 4, 4)]
    [InlineData(7, 4, 5)]
    [InlineData(9, 5, 6)]
    [InlineData(15, 8, 11)]
    public void Sizes_of_a_majority_and_of_a_fast_quorum(int replicas, int majority, int fast)
    {
        var members = Members(1, replicas);
        Assert.Equal((majority, majority), Smallest(QuorumSystem.Majority(members)));
        Assert.Equal((majority, fast), Smallest(QuorumSystem.Fast(members)));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(9)]
    [InlineData(15)]
    public void A_fast_quorum_is_F_plus_half_of_F_plus_1_with_the_leader_in_it(int replicas)
    {
        // EPaxos, SOSP 2013, section 4.3.
        var faults = (replicas - 1) / 2;
        Assert.Equal(faults + (faults + 1) / 2, Smallest(QuorumSystem.Fast(Members(1, replicas))).Phase2);
    }

    [Fact]
    public void Every_system_that_can_be_made_intersects_and_every_refusal_is_right()
    {
        var accepted = 0;
        var refused = 0;
        foreach (var members in Shapes())
        {
            foreach (var phase1 in Rules(members.Length))
            {
                foreach (var phase2 in Rules(members.Length))
                {
                    CheckAgainstAllSets(members, phase1, phase2, ref accepted, ref refused);
                }
            }
        }

        Assert.True(accepted > 300, $"{accepted} systems accepted");
        Assert.True(refused > 300, $"{refused} systems refused");
    }

    [Fact]
    public void Named_systems_of_nine_replicas_in_three_zones()
    {
        var members = Members(3, 3);
        Assert.Equal((5, 5), Smallest(QuorumSystem.Majority(members)));
        Assert.Equal((7, 3), Smallest(QuorumSystem.Flexible(members, 7, 3)));
        Assert.Equal((5, 6), Smallest(QuorumSystem.Fast(members)));
        Assert.Equal((1, 9), Smallest(QuorumSystem.All(members)));
        Assert.Equal((3, 3), Smallest(QuorumSystem.AllZones(members)));
        Assert.Equal((6, 2), Smallest(QuorumSystem.ZoneMajority(members)));
        Assert.Equal((3, 3), Smallest(QuorumSystem.Grid(members)));
        Assert.Equal((6, 2), Smallest(QuorumSystem.FlexibleGrid(members, 0)));
        Assert.Equal((4, 4), Smallest(QuorumSystem.FlexibleGrid(members, 1)));
        Assert.Equal((2, 6), Smallest(QuorumSystem.FlexibleGrid(members, 2)));
        Assert.Equal((3, 3), Smallest(QuorumSystem.FlexibleGrid(members, 0, 0)));
        Assert.Equal((6, 2), Smallest(QuorumSystem.FlexibleGrid(members, 0, 1)));
        Assert.Equal((6, 2), Smallest(QuorumSystem.FlexibleGrid(members, 1, 2)));
    }

    [Fact]
    public void A_grid_quorum_counts_zones_and_not_heads()
    {
        var grid = QuorumSystem.Grid(Members(3, 3));

        Assert.True(grid.IsPhase1Quorum(Votes(grid, "1.1", "2.3", "3.2")));
        Assert.False(grid.IsPhase1Quorum(Votes(grid, "1.1", "1.2", "1.3", "2.1", "2.2", "2.3")));
        Assert.True(grid.IsPhase2Quorum(Votes(grid, "2.1", "2.2", "2.3")));
        Assert.False(grid.IsPhase2Quorum(Votes(grid, "1.1", "1.2", "2.1", "2.2", "3.1", "3.2")));
    }

    [Fact]
    public void A_duplicate_vote_does_not_make_a_quorum()
    {
        var majority = QuorumSystem.Majority(Members(1, 3));
        var votes = VoteSet.Empty.With(0).With(0).With(0);
        Assert.False(majority.IsPhase1Quorum(votes));
        Assert.False(majority.IsPhase2Quorum(votes));
        Assert.True(majority.IsPhase2Quorum(votes.With(2)));
    }

    [Fact]
    public void Bits_of_no_member_do_not_count()
    {
        var stray = new VoteSet(ulong.MaxValue << 9);
        Assert.False(QuorumSystem.Majority(Members(3, 3)).IsPhase1Quorum(stray));
        Assert.False(QuorumSystem.Grid(Members(3, 3)).IsPhase2Quorum(stray));
    }

    [Fact]
    public void Sixty_four_members_are_the_most()
    {
        var system = QuorumSystem.Majority(Members(8, 8));
        Assert.Equal((33, 33), Smallest(system));
        Assert.True(system.IsPhase1Quorum(new VoteSet(ulong.MaxValue)));
        Assert.Equal("a quorum system has 1 to 64 members; there are 65",
            Assert.Throws<QuorumException>(() => QuorumSystem.Majority(Members(5, 13))).Message);
        Assert.Throws<QuorumException>(() => QuorumSystem.Majority([]));
    }

    [Fact]
    public void Members_are_ordered_and_known_by_index()
    {
        var system = QuorumSystem.Majority([new(3, 1), new(1, 2), new(1, 1)]);

        Assert.Equal<ReplicaId[]>([new(1, 1), new(1, 2), new(3, 1)], [.. system.Members]);
        Assert.Equal(2, system.IndexOf(new ReplicaId(3, 1)));
        Assert.Equal(-1, system.IndexOf(new ReplicaId(2, 1)));
        Assert.Equal(-1, system.IndexOf(new ReplicaId(9, 9)));
        Assert.Equal("{1.1, 3.1}", system.Show(VoteSet.Empty.With(0).With(2)));
        Assert.Equal("replica 1.1 is a member twice",
            Assert.Throws<QuorumException>(() => QuorumSystem.Majority([new(1, 1), new(1, 1)])).Message);
    }

    [Fact]
    public void Answers_allocate_nothing()
    {
        QuorumSystem[] systems =
        [
            QuorumSystem.Majority(Members(3, 3)), QuorumSystem.Grid(Members(3, 3)),
            QuorumSystem.FlexibleGrid(Members(5, 3), 1, 1),
        ];
        var quorums = AskAll(systems);

        var before = GC.GetAllocatedBytesForCurrentThread();
        quorums += AskAll(systems);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
        Assert.True(quorums > 0);
    }

    private static int AskAll(QuorumSystem[] systems)
    {
        var quorums = 0;
        foreach (var system in systems)
        {
            for (var self = 0; self < system.Members.Length; self++)
            {
                var votes = VoteSet.Empty;
                foreach (var member in system.SmallestPhase2(self).Union(system.SmallestPhase1(self)))
                {
                    votes = votes.With(member);
                    quorums += system.IsPhase1Quorum(votes) ? 1 : 0;
                    quorums += system.IsPhase2Quorum(votes) ? 1 : 0;
                }

                quorums += system.IndexOf(system.Members[self]);
            }
        }

        return quorums;
    }

    /// <summary>The truth by trying every set of members against its complement.</summary>
    private static void CheckAgainstAllSets(
        ReplicaId[] members, QuorumRule phase1, QuorumRule phase2, ref int accepted, ref int refused)
    {
        QuorumSystem system;
        try
        {
            system = QuorumSystem.Of(members, phase1, phase2);
        }
        catch (QuorumException error)
        {
            refused++;
            CheckCounterExample(error.Message, members, phase1, phase2);
            return;
        }

        accepted++;
        var all = (1UL << members.Length) - 1;
        Assert.True(system.IsPhase1Quorum(new VoteSet(all)) && system.IsPhase2Quorum(new VoteSet(all)));
        for (var votes = 0UL; votes <= all; votes++)
        {
            Assert.False(
                system.IsPhase1Quorum(new VoteSet(votes)) && system.IsPhase2Quorum(new VoteSet(all & ~votes)),
                $"{system.Name}: {system.Show(new VoteSet(votes))} misses its complement");
        }

        for (var self = 0; self < members.Length; self++)
        {
            AssertMinimal(system.SmallestPhase1(self), self, system.IsPhase1Quorum);
            AssertMinimal(system.SmallestPhase2(self), self, system.IsPhase2Quorum);
        }
    }

    private static void AssertMinimal(VoteSet quorum, int self, Func<VoteSet, bool> isQuorum)
    {
        Assert.True(quorum.Contains(self));
        Assert.True(isQuorum(quorum));
        foreach (var member in quorum)
        {
            Assert.False(isQuorum(quorum.Without(member)), $"{quorum} is a quorum without {member}");
        }
    }

    /// <summary>The two sets that a refusal prints are quorums, each of its rule, and have no common member.</summary>
    private static void CheckCounterExample(string message, ReplicaId[] members, QuorumRule phase1, QuorumRule phase2)
    {
        var sets = message.Split('{').Skip(1)
            .Select(part => part[..part.IndexOf('}')].Split(", ").Select(ReplicaId.Parse).ToArray())
            .ToArray();
        Assert.Equal(2, sets.Length);
        Assert.Empty(sets[0].Intersect(sets[1]));

        // A rule paired with "all" always intersects, so such a system says what the rule alone holds for a quorum.
        var first = QuorumSystem.Of(members, phase1, QuorumRule.All);
        var second = QuorumSystem.Of(members, QuorumRule.All, phase2);
        Assert.True(first.IsPhase1Quorum(Votes(first, sets[0])), message);
        Assert.True(second.IsPhase2Quorum(Votes(second, sets[1])), message);
    }

    private static IEnumerable<ReplicaId[]> Shapes()
    {
        yield return Members(1, 1);
        yield return Members(1, 4);
        yield return Members(2, 2);
        yield return Members(2, 3);
        yield return Members(3, 2);
        yield return Members(3, 3);
        yield return [new(1, 1), new(2, 1), new(2, 2), new(3, 1), new(3, 2), new(3, 3)];
    }

    private static IEnumerable<QuorumRule> Rules(int replicas)
    {
        yield return QuorumRule.Majority;
        yield return QuorumRule.Fast;
        yield return QuorumRule.All;
        yield return QuorumRule.GridRow;
        yield return QuorumRule.GridColumn;
        yield return QuorumRule.ZoneMajority;
        yield return QuorumRule.FlexibleGridPhase1(0);
        yield return QuorumRule.FlexibleGridPhase2(0, 0);
        yield return QuorumRule.FlexibleGridPhase1(0, 0);
        for (var count = 1; count <= replicas; count++)
        {
            yield return QuorumRule.Count(count);
        }
    }

    private static (int Phase1, int Phase2) Smallest(QuorumSystem system) =>
        (system.SmallestPhase1(0).Count, system.SmallestPhase2(0).Count);

    internal static ReplicaId[] Members(int zones, int nodes) =>
    [
        .. from zone in Enumerable.Range(1, zones)
           from node in Enumerable.Range(1, nodes)
           select new ReplicaId((ushort)zone, (ushort)node),
    ];

    internal static VoteSet Votes(QuorumSystem system, params ReplicaId[] ids) =>
        ids.Aggregate(VoteSet.Empty, (votes, id) => votes.With(system.IndexOf(id)));

    internal static VoteSet Votes(QuorumSystem system, params string[] ids) =>
        Votes(system, [.. ids.Select(ReplicaId.Parse)]);
}
