using System.Globalization;
using Xunit;

namespace Paxi.Actors.Tests.Identity;

public class ReplicaIdTests
{
    [Theory]
    [InlineData("1.1", 1, 1)]
    [InlineData("3.2", 3, 2)]
    [InlineData("0.0", 0, 0)]
    [InlineData("65535.65535", 65535, 65535)]
    public void Text_form_is_zone_dot_node(string text, ushort zone, ushort node)
    {
        var id = ReplicaId.Parse(text);

        Assert.Equal(new ReplicaId(zone, node), id);
        Assert.Equal(text, id.ToString());
        Assert.Equal(id, ReplicaId.Parse(text.AsSpan(), CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1.")]
    [InlineData(".1")]
    [InlineData(".")]
    [InlineData("1.x")]
    [InlineData("-1.2")]
    [InlineData("1.-2")]
    [InlineData("+1.2")]
    [InlineData(" 1.2")]
    [InlineData("1.2 ")]
    [InlineData("1. 2")]
    [InlineData("70000.1")]
    [InlineData("1.70000")]
    [InlineData("1.1.1")]
    [InlineData("1,1")]
    [InlineData("1e1.1")]
    public void Garbage_is_refused(string text)
    {
        Assert.False(ReplicaId.TryParse(text, out var id));
        Assert.Equal(default, id);
        Assert.Contains($"'{text}'", Assert.Throws<FormatException>(() => ReplicaId.Parse(text)).Message);
    }

    [Fact]
    public void Null_is_refused() => Assert.False(ReplicaId.TryParse(null, out _));

    [Fact]
    public void Order_is_by_zone_then_node_and_the_packed_form_keeps_it()
    {
        ReplicaId[] ordered = [new(1, 1), new(1, 2), new(1, 10), new(2, 1), new(10, 1), new(65535, 0)];

        Assert.Equal(ordered, ordered.Reverse().Order());
        Assert.Equal(ordered, ordered.OrderByDescending(id => id.Packed).Reverse());
        Assert.All(ordered, id => Assert.Equal(id, ReplicaId.FromPacked(id.Packed)));
        Assert.Equal(0x0001_0002u, new ReplicaId(1, 2).Packed);
        Assert.True(new ReplicaId(1, 9) < new ReplicaId(2, 1) && new ReplicaId(2, 1) >= new ReplicaId(2, 1));
    }
}
