using System.Collections.Immutable;
using System.Globalization;
using Paxi.Actors;
using Paxi.Actors.StateMachines;
using Paxi.Protocols.PaxosGroups;
using Xunit;

namespace Paxi.Protocols.Tests.PaxosGroups;

/// <summary>Which group a key is in, and who makes a group.</summary>
public sealed class GroupMapTests
{
    private static readonly ImmutableArray<ReplicaId> s_nine =
        [.. from zone in Enumerable.Range(1, 3) from node in Enumerable.Range(1, 3) select new ReplicaId((ushort)zone, (ushort)node)];

    /// <summary>Journals rest on it: a key that moved to another group would be absent there.</summary>
    [Theory]
    [InlineData("k0", 0, 14)]
    [InlineData("k1", 1, 6)]
    [InlineData("k2", 1, 58)]
    [InlineData("", 0, 27)]
    [InlineData("key", 0, 60)]
    [InlineData("größe", 0, 40)]
    public void A_key_stays_in_its_group_for_ever(string key, int ofThree, int ofMany)
    {
        Assert.Equal(ofThree, new GroupMap(s_nine, 3, 0).GroupOf(new ObjectKey(key)));
        Assert.Equal(ofMany, new GroupMap(s_nine, GroupMap.MaxGroups, 0).GroupOf(new ObjectKey(key)));
    }

    [Fact]
    public void Keys_are_spread_evenly()
    {
        var map = new GroupMap(s_nine, 8, 0);
        var counts = new int[8];
        for (var key = 0; key < 80_000; key++)
        {
            counts[map.GroupOf(new ObjectKey(key.ToString(CultureInfo.InvariantCulture)))]++;
        }

        // Binomial: the standard deviation is 94.
        Assert.All(counts, static count => Assert.InRange(count, 9_500, 10_500));
    }

    [Fact]
    public void There_is_a_group_for_each_zone_by_default_and_each_begins_in_another_zone()
    {
        var map = new GroupMap(s_nine, 0, 0);
        Assert.Equal(3, map.Count);
        Assert.Equal(["1.1", "2.1", "3.1"], Enumerable.Range(0, 3).Select(group => map.ReplicasOf(group)[0].ToString()));
        Assert.All(Enumerable.Range(0, 3), group => Assert.Equal(9, map.ReplicasOf(group).Distinct().Count()));
    }

    [Fact]
    public void Nine_groups_begin_at_nine_replicas() =>
        Assert.Equal(s_nine, Enumerable.Range(0, 9).Select(group => new GroupMap(s_nine, 9, 0).ReplicasOf(group)[0]).Order());

    [Fact]
    public void A_small_group_lies_in_as_many_zones_as_it_can()
    {
        var map = new GroupMap(s_nine, 9, 3);
        Assert.All(Enumerable.Range(0, 9), group =>
        {
            Assert.Equal([1, 2, 3], map.ReplicasOf(group).Select(static replica => (int)replica.Zone).Order());
            Assert.Equal(3, map.QuorumsOf(group).Members.Length);
        });
        Assert.Equal(27, Enumerable.Range(0, 9).Sum(group => map.ReplicasOf(group).Length));
        Assert.All(s_nine, replica => Assert.Equal(3, Enumerable.Range(0, 9).Count(group => map.ReplicasOf(group).Contains(replica))));
    }

    [Fact]
    public void Zones_of_unlike_size_are_taken_as_they_are()
    {
        var map = new GroupMap([new(1, 1), new(2, 1), new(2, 2), new(2, 3)], 0, 0);
        Assert.Equal(["1.1", "2.1", "2.2", "2.3"], map.ReplicasOf(0).Select(static replica => replica.ToString()));
        Assert.Equal(["2.1", "1.1", "2.2", "2.3"], map.ReplicasOf(1).Select(static replica => replica.ToString()));
    }

    [Fact]
    public void More_replicas_than_there_are_make_no_group()
    {
        var fault = Assert.Throws<ArgumentException>(static () => new GroupMap(s_nine, 3, 10));
        Assert.Equal("paxi.group-size = 10; it may be from 1 to 9, the number of replicas, or 0 for all of them", fault.Message);
    }
}
