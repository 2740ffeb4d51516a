using System.Collections.Immutable;
using Paxi.Actors.Quorums;
using Xunit;

namespace Paxi.Actors.Tests.Quorums;

public sealed class JointQuorumTests
{
    private static readonly ImmutableArray<ReplicaId> s_old = [.. Grid(1, 2)];
    private static readonly ImmutableArray<ReplicaId> s_new = [.. Grid(2, 3)];

    private static IEnumerable<ReplicaId> Grid(int from, int to) =>
        Enumerable.Range(from, to - from + 1).SelectMany(zone => Enumerable.Range(1, 3).Select(node => new ReplicaId((ushort)zone, (ushort)node)));

    /// <summary>All sets of votes: a joint quorum is exactly one of both systems; so each meets the quorums of the other phase in both.</summary>
    [Fact]
    public void A_joint_quorum_is_a_quorum_of_both()
    {
        var (old, @new) = (QuorumSystem.FlexibleGrid(s_old, 0), QuorumSystem.FlexibleGrid(s_new, 1));
        var joint = QuorumSystem.Joint(old, @new);
        Assert.Equal(9, joint.Members.Length);
        for (var bits = 0UL; bits < 1 << 9; bits++)
        {
            var votes = new VoteSet(bits);
            Assert.Equal(old.IsPhase1Quorum(In(joint, old, votes)) && @new.IsPhase1Quorum(In(joint, @new, votes)), joint.IsPhase1Quorum(votes));
            Assert.Equal(old.IsPhase2Quorum(In(joint, old, votes)) && @new.IsPhase2Quorum(In(joint, @new, votes)), joint.IsPhase2Quorum(votes));
        }
    }

    [Fact]
    public void The_smallest_quorums_are_quorums_seen_from_everyone()
    {
        var joint = QuorumSystem.Joint(QuorumSystem.FlexibleGrid(s_old, 0), QuorumSystem.FlexibleGrid(s_new, 0));
        for (var self = 0; self < joint.Members.Length; self++)
        {
            Assert.True(joint.IsPhase1Quorum(joint.SmallestPhase1(self)));
            Assert.True(joint.IsPhase2Quorum(joint.SmallestPhase2(self)));
        }

        Assert.Equal("{2.1, 2.2}", joint.Show(joint.SmallestPhase2(joint.IndexOf(new ReplicaId(2, 1)))));
    }

    [Fact]
    public void Blocking_means_that_no_quorum_is_left()
    {
        var grid = QuorumSystem.FlexibleGrid(s_old, 0);
        Assert.True(grid.Blocks(Set(grid, "1.1", "1.2", "2.2", "2.3")));
        Assert.False(grid.Blocks(Set(grid, "1.1", "1.2", "1.3", "2.3")));
        Assert.True(grid.BlocksPhase1(Set(grid, "1.1", "1.2")));
        Assert.False(grid.BlocksPhase1(Set(grid, "1.1", "2.2")));
    }

    private static VoteSet Set(QuorumSystem system, params string[] ids) =>
        ids.Aggregate(VoteSet.Empty, (set, id) => set.With(system.IndexOf(ReplicaId.Parse(id))));

    private static VoteSet In(QuorumSystem joint, QuorumSystem part, VoteSet votes)
    {
        var set = VoteSet.Empty;
        foreach (var member in votes)
        {
            if (part.IndexOf(joint.Members[member]) is >= 0 and var index)
            {
                set = set.With(index);
            }
        }

        return set;
    }
}
