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

    /// <summary>Nobody has voted.</summary>
    public static readonly VoteSet Empty;

    /// <summary>How many members.</summary>
    public int Count => BitOperations.PopCount(Bits);

    /// <summary>Whether nobody has voted.</summary>
    public bool IsEmpty => Bits == 0;

    /// <summary>All members of a system of that many, 0 to <see cref="MaxMembers"/>.</summary>
    public static VoteSet All(int members) => new(members == MaxMembers ? ulong.MaxValue : (1UL << members) - 1);

    /// <summary>Whether the member has voted; false for an index that no member has.</summary>
    public bool Contains(int member) => (uint)member < MaxMembers && (Bits & (1UL << member)) != 0;

    /// <exception cref="ArgumentOutOfRangeException">
    /// No member has this index: the vote of a stranger (<see cref="QuorumSystem.IndexOf"/> gave -1) must not count.
    /// </exception>
    public VoteSet With(int member) => new(Bits | Bit(member));

    /// <inheritdoc cref="With"/>
    public VoteSet Without(int member) => new(Bits & ~Bit(member));

    /// <summary>The members in both.</summary>
    public VoteSet Intersect(VoteSet other) => new(Bits & other.Bits);

    /// <summary>The members in either.</summary>
    public VoteSet Union(VoteSet other) => new(Bits | other.Bits);

    /// <summary>The members here that <paramref name="other"/> lacks.</summary>
    public VoteSet Except(VoteSet other) => new(Bits & ~other.Bits);

    /// <summary>The member indexes, ascending; <c>foreach</c> over it allocates nothing.</summary>
    public Enumerator GetEnumerator() => new(Bits);

    public override string ToString()
    {
        var members = new List<int>(Count);
        foreach (var member in this)
        {
            members.Add(member);
        }

        return $"{{{string.Join(", ", members)}}}";
    }

    private static ulong Bit(int member)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(member);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(member, MaxMembers);
        return 1UL << member;
    }

    /// <summary>Walks the set bits from the lowest to the highest.</summary>
    public struct Enumerator
    {
        private ulong _rest;

        internal Enumerator(ulong bits)
        {
            _rest = bits;
            Current = -1;
        }

        public int Current { get; private set; }

        public bool MoveNext()
        {
            if (_rest == 0)
            {
                return false;
            }

            Current = BitOperations.TrailingZeroCount(_rest);
            _rest &= _rest - 1;
            return true;
        }
    }
}
