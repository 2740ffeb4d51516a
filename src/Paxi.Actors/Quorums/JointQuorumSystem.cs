using System.Numerics;

namespace Paxi.Actors.Quorums;

/// <summary>
/// The quorums while the members change: a set of votes is a quorum when it is one of the old system and one of the new (Ongaro and Ousterhout: In Search of an Understandable
/// Consensus Algorithm, ATC 2014, section 6, for flexible quorums by phase). Each phase-1 quorum meets the phase-2 quorums of both systems, so replicas that use the old system, or the new one, and those that
/// use this one never decide apart. Old and new alone need not intersect.
/// </summary>
internal sealed class JointQuorumSystem : QuorumSystem
{
    private readonly QuorumSystem _old;
    private readonly QuorumSystem _new;
    private readonly int[] _oldIndex;
    private readonly int[] _newIndex;

    /// <exception cref="QuorumException">Together there are more than 64 members.</exception>
    public JointQuorumSystem(QuorumSystem old, QuorumSystem @new) : base(old.Members.Union(@new.Members))
    {
        (_old, _new) = (old, @new);
        _oldIndex = [.. Members.Select(old.IndexOf)];
        _newIndex = [.. Members.Select(@new.IndexOf)];
    }

    public override string Name => $"both of [{_old.Name}] and [{_new.Name}]";

    public override bool IsPhase1Quorum(VoteSet votes) => _old.IsPhase1Quorum(In(_oldIndex, votes)) && _new.IsPhase1Quorum(In(_newIndex, votes));

    public override bool IsPhase2Quorum(VoteSet votes) => _old.IsPhase2Quorum(In(_oldIndex, votes)) && _new.IsPhase2Quorum(In(_newIndex, votes));

    public override VoteSet SmallestPhase1(int self) =>
        Out(_old, _old.SmallestPhase1(Near(_old, self))).Union(Out(_new, _new.SmallestPhase1(Near(_new, self))));

    public override VoteSet SmallestPhase2(int self) =>
        Out(_old, _old.SmallestPhase2(Near(_old, self))).Union(Out(_new, _new.SmallestPhase2(Near(_new, self))));

    /// <summary>The member itself, else one of its zone, else the first.</summary>
    private int Near(QuorumSystem system, int self)
    {
        var id = Members[self];
        var index = system.IndexOf(id);
        for (var other = 0; index < 0 && other < system.Members.Length; other++)
        {
            index = system.Members[other].Zone == id.Zone ? other : -1;
        }

        return Math.Max(index, 0);
    }

    private VoteSet Out(QuorumSystem system, VoteSet votes)
    {
        var joint = VoteSet.Empty;
        foreach (var member in votes)
        {
            joint = joint.With(IndexOf(system.Members[member]));
        }

        return joint;
    }

    private static VoteSet In(int[] index, VoteSet votes)
    {
        var bits = 0UL;
        for (var rest = votes.Bits; rest != 0; rest &= rest - 1)
        {
            var member = BitOperations.TrailingZeroCount(rest);
            if (member < index.Length && index[member] >= 0)
            {
                bits |= 1UL << index[member];
            }
        }

        return new VoteSet(bits);
    }
}
