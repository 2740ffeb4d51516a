using System.Collections.Immutable;

namespace Paxi.Actors.Quorums;

/// <summary>
/// Which sets of members are enough for phase 1 and for phase 2. A value that knows its members (at most 64, in the order of their
/// ids) and answers without allocating. Every phase-1 quorum intersects every phase-2 quorum; construction fails otherwise.
/// (Howard, Malkhi, Spiegelman: Flexible Paxos, OPODIS 2016, section 4.)
/// </summary>
public abstract class QuorumSystem
{
    protected QuorumSystem(IEnumerable<ReplicaId> members)
    {
        Members = [.. members.Distinct().Order()];
        if (Members.Length is 0 or > VoteSet.MaxMembers)
        {
            throw new ArgumentException($"a quorum system has 1 to {VoteSet.MaxMembers} members; there are {Members.Length}", nameof(members));
        }
    }

    /// <summary>The voters, in the order of their ids.</summary>
    public ImmutableArray<ReplicaId> Members { get; }

    /// <summary>The member's bit in a <see cref="VoteSet"/>, or -1 when the replica is not a member.</summary>
    public int IndexOf(ReplicaId id) => Members.BinarySearch(id);

    public abstract bool IsPhase1Quorum(VoteSet votes);

    public abstract bool IsPhase2Quorum(VoteSet votes);

    /// <summary>A smallest phase-2 quorum that holds <paramref name="self"/> (a member index), its own zone first: who a thrifty leader asks.</summary>
    public abstract VoteSet SmallestPhase2(int self);
}
