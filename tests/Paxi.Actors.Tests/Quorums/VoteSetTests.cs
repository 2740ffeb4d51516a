using Paxi.Actors.Quorums;
using Xunit;

namespace Paxi.Actors.Tests.Quorums;

public class VoteSetTests
{
    [Fact]
    public void A_member_that_votes_twice_counts_once()
    {
        var votes = VoteSet.Empty.With(3).With(3).With(3);

        Assert.Equal(1, votes.Count);
        Assert.True(votes.Contains(3));
        Assert.False(votes.Contains(2));
    }

    [Fact]
    public void A_stranger_cannot_vote()
    {
        // The index of a replica that is no member is -1; as a shift count it would be the 64th member.
        Assert.Throws<ArgumentOutOfRangeException>(() => VoteSet.Empty.With(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => VoteSet.Empty.With(64));
        Assert.False(new VoteSet(ulong.MaxValue).Contains(-1));
        Assert.False(new VoteSet(ulong.MaxValue).Contains(64));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    public void All_members_are_the_first_indexes_and_no_other(int members)
    {
        var all = VoteSet.All(members);

        Assert.Equal(members, all.Count);
        Assert.Equal(members > 0, all.Contains(members - 1));
    }

    [Fact]
    public void Sets_combine()
    {
        var left = VoteSet.Empty.With(0).With(1).With(63);
        var right = VoteSet.Empty.With(1).With(2);

        Assert.Equal(VoteSet.Empty.With(1), left.Intersect(right));
        Assert.Equal(4, left.Union(right).Count);
        Assert.Equal(VoteSet.Empty.With(0).With(63), left.Except(right));
        Assert.Equal(VoteSet.Empty.With(0).With(1), left.Without(63));
        Assert.Equal("{0, 1, 63}", left.ToString());
    }
}
