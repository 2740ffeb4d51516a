using System.Collections.Immutable;

namespace Paxi.Actors.Quorums;

/// <summary>
/// Which sets of members are enough for phase 1 and for phase 2. A value that knows its members (at most 64, in the order
/// of their ids) and answers without allocating. Every phase-1 quorum intersects every phase-2 quorum; construction fails
/// otherwise. (Howard, Malkhi, Spiegelman: Flexible Paxos, OPODIS 2016, section 4.)
/// </summary>
public abstract class QuorumSystem
{
    /// <exception cref="QuorumException">There are no members, more than 64, or one is named twice.</exception>
    protected QuorumSystem(IEnumerable<ReplicaId> members)
    {
        Members = [.. members.Order()];
        if (Members.Length is 0 or > VoteSet.MaxMembers)
        {
            throw new QuorumException(
                $"a quorum system has 1 to {VoteSet.MaxMembers} members; there are {Members.Length}");
        }

        for (var index = 1; index < Members.Length; index++)
        {
            if (Members[index] == Members[index - 1])
            {
                throw new QuorumException($"replica {Members[index]} is a member twice");
            }
        }
    }

    /// <summary>The voters, in the order of their ids.</summary>
    public ImmutableArray<ReplicaId> Members { get; }

    /// <summary>The two rules in words.</summary>
    public abstract string Name { get; }

    /// <summary>The member's bit in a <see cref="VoteSet"/>, or -1 when the replica is not a member.</summary>
    public int IndexOf(ReplicaId id) => Math.Max(-1, Members.BinarySearch(id));

    /// <summary>Whether these votes finish phase 1. Bits of no member do not count.</summary>
    public abstract bool IsPhase1Quorum(VoteSet votes);

    /// <summary>Whether these votes finish phase 2. Bits of no member do not count.</summary>
    public abstract bool IsPhase2Quorum(VoteSet votes);

    /// <summary>
    /// A phase-1 quorum of the fewest votes that begins at <paramref name="self"/> (a member index) and its own zone: whom a
    /// quorum read asks.
    /// </summary>
    public abstract VoteSet SmallestPhase1(int self);

    /// <summary>
    /// A phase-2 quorum of the fewest votes that begins at <paramref name="self"/> (a member index) and its own zone: whom a
    /// thrifty leader asks.
    /// </summary>
    public abstract VoteSet SmallestPhase2(int self);

    /// <summary>The members of <paramref name="votes"/> by name, as <c>{1.1, 1.2}</c>.</summary>
    public string Show(VoteSet votes) => new MemberGrid(Members).Show(votes.Bits);

    /// <summary>A system of any two rules.</summary>
    /// <exception cref="QuorumException">A number is out of range, or two quorums miss each other; both are printed.</exception>
    public static QuorumSystem Of(IEnumerable<ReplicaId> members, QuorumRule phase1, QuorumRule phase2) =>
        new RuleQuorumSystem(members, phase1, phase2);

    /// <summary>A majority in both phases (Lamport: Paxos).</summary>
    public static QuorumSystem Majority(IEnumerable<ReplicaId> members) =>
        Of(members, QuorumRule.Majority, QuorumRule.Majority);

    /// <summary>Any q1 replicas in phase 1, any q2 in phase 2; q1 + q2 must exceed their number (Flexible Paxos).</summary>
    /// <exception cref="QuorumException">A size is out of range or the quorums miss each other.</exception>
    public static QuorumSystem Flexible(IEnumerable<ReplicaId> members, int q1, int q2) =>
        Of(members, QuorumRule.Count(q1, "q1"), QuorumRule.Count(q2, "q2"));

    /// <summary>
    /// The slow quorum (a majority) in phase 1 and the fast quorum in phase 2 (EPaxos, SOSP 2013). The proposer's own vote
    /// counts, once.
    /// </summary>
    public static QuorumSystem Fast(IEnumerable<ReplicaId> members) => Of(members, QuorumRule.Majority, QuorumRule.Fast);

    /// <summary>Any single replica in phase 1, all in phase 2.</summary>
    public static QuorumSystem All(IEnumerable<ReplicaId> members) =>
        Of(members, QuorumRule.Count(1, "q1"), QuorumRule.All);

    /// <summary>All of one zone in phase 1, one of each zone in phase 2: every decision is known in every zone.</summary>
    public static QuorumSystem AllZones(IEnumerable<ReplicaId> members) =>
        Of(members, QuorumRule.GridColumn, QuorumRule.AllZones);

    /// <summary>A majority of every zone in phase 1, a majority of any one zone in phase 2.</summary>
    public static QuorumSystem ZoneMajority(IEnumerable<ReplicaId> members) =>
        Of(members, QuorumRule.FlexibleGridPhase1(0), QuorumRule.ZoneMajority);

    /// <summary>A row (one of each zone) in phase 1, a column (all of one zone) in phase 2.</summary>
    public static QuorumSystem Grid(IEnumerable<ReplicaId> members) =>
        Of(members, QuorumRule.GridRow, QuorumRule.GridColumn);

    /// <summary>WPaxos' flexible grid: survives fz whole zones, and fn replicas of each other zone (null: a minority).</summary>
    /// <exception cref="QuorumException">fz or fn is out of range.</exception>
    public static QuorumSystem FlexibleGrid(IEnumerable<ReplicaId> members, int fz, int? fn = null) =>
        Of(members, QuorumRule.FlexibleGridPhase1(fz, fn), QuorumRule.FlexibleGridPhase2(fz, fn));

    /// <summary>While the members change from one system to another: quorums of both.</summary>
    /// <exception cref="QuorumException">Together there are more than 64 members.</exception>
    public static QuorumSystem Joint(QuorumSystem old, QuorumSystem @new) => new JointQuorumSystem(old, @new);

    /// <summary>Whether every phase-1 and every phase-2 quorum has a member among these: without them nothing can be decided or taken over.</summary>
    public bool Blocks(VoteSet members)
    {
        var rest = Everyone.Except(members);
        return !IsPhase1Quorum(rest) && !IsPhase2Quorum(rest);
    }

    /// <summary>Whether every phase-1 quorum has a member among these.</summary>
    public bool BlocksPhase1(VoteSet members) => !IsPhase1Quorum(Everyone.Except(members));

    private VoteSet Everyone => VoteSet.All(Members.Length);
}
