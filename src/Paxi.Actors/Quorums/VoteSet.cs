using System.Numerics;

namespace Paxi.Actors.Quorums;

/// <summary>
/// Who has voted: one bit a member, by the member's index in <see cref="QuorumSystem.Members"/>. A value: adding the same
/// member twice changes nothing, so no acceptor is ever counted twice.
/// </summary>
public readonly record struct VoteSet(ulong Bits)
{
    /// <summary>The most members that a quorum system may have.</summary>
    public const int MaxMembers = 64;

    public static readonly VoteSet Empty;

    public int Count => BitOperations.PopCount(Bits);

    public bool Contains(int member) => (Bits & (1UL << member)) != 0;

    public VoteSet With(int member) => new(Bits | (1UL << member));

    public VoteSet Intersect(VoteSet other) => new(Bits & other.Bits);
}
