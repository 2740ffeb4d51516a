using Xunit;

namespace Paxi.Actors.Tests.Identity;

public class BallotTests
{
    [Theory]
    [InlineData("0.0.0", 0u, 0, 0)]
    [InlineData("7.1.2", 7u, 1, 2)]
    [InlineData("4294967295.65535.65535", uint.MaxValue, 65535, 65535)]
    public void Text_form_is_counter_zone_node(string text, uint counter, ushort zone, ushort node)
    {
        var ballot = Ballot.Parse(text);

        Assert.Equal(new Ballot(counter, new ReplicaId(zone, node)), ballot);
        Assert.Equal(text, ballot.ToString());
        Assert.Equal(ballot, Ballot.FromPacked(ballot.Packed));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1.1")]
    [InlineData("1.1.1.1")]
    [InlineData("-1.1.1")]
    [InlineData("+1.1.1")]
    [InlineData(" 1.1.1")]
    [InlineData("4294967296.1.1")]
    [InlineData("1.65536.1")]
    [InlineData("x.1.1")]
    [InlineData(".1.1")]
    public void Garbage_is_refused(string text)
    {
        Assert.False(Ballot.TryParse(text, out _));
        Assert.Throws<FormatException>(() => Ballot.Parse(text));
    }

    [Fact]
    public void Packed_form_is_32_bits_of_counter_16_of_zone_16_of_node()
    {
        Assert.Equal(0x0000_0003_0002_0001UL, Ballot.Parse("3.2.1").Packed);
        Assert.True(Ballot.Zero.IsZero);
        Assert.Equal(default, Ballot.Zero);
    }

    [Fact]
    public void Order_is_by_counter_then_owner()
    {
        Ballot[] ordered =
        [
            Ballot.Zero, Ballot.Parse("1.1.1"), Ballot.Parse("1.1.2"), Ballot.Parse("1.2.1"), Ballot.Parse("2.1.1"),
            Ballot.Parse("4294967295.1.1"),
        ];

        Assert.Equal(ordered, ordered.Reverse().Order());
        Assert.True(ordered[1] < ordered[2] && ordered[2] <= ordered[2] && ordered[3] > ordered[2]);
    }

    [Fact]
    public void Next_is_above_and_of_the_owner_that_asks()
    {
        var next = Ballot.Parse("5.3.3").Next(new ReplicaId(1, 1));

        Assert.Equal("6.1.1", next.ToString());
        Assert.True(next > Ballot.Parse("5.3.3"));
        Assert.Throws<OverflowException>(() => Ballot.Parse("4294967295.1.1").Next(new ReplicaId(1, 1)));
    }
}
