using Paxi.Actors;
using Paxi.Protocols.WPaxos;
using Paxi.Protocols.WPaxos.Policies;
using Xunit;

namespace Paxi.Protocols.Tests.WPaxos;

public sealed class StealPolicyTests
{
    private static readonly ReplicaId One = new(1, 1);
    private static readonly ReplicaId Two = new(2, 1);
    private static readonly ReplicaId Other = new(2, 2);
    private static readonly ReplicaId Three = new(3, 1);

    [Fact]
    public void Null_never_moves_and_immediate_always_does()
    {
        Assert.Null(StealPolicies.Find("null", 3));
        Assert.True(Make("immediate", 3).Hit(Two, default));
    }

    [Fact]
    public void Consecutive_counts_hits_in_a_row_from_one_zone()
    {
        var policy = Make("consecutive", 3);
        ReplicaId[] asked = [Two, Two, One, Two, Other, Two, Two, One];
        Assert.Equal([false, false, false, false, false, true, true, false], asked.Select(replica => policy.Hit(replica, default)));
    }

    /// <summary>Strictly more than half: of ten hits five are not enough, six are.</summary>
    [Theory]
    [InlineData(5, 5, false)]
    [InlineData(6, 4, true)]
    [InlineData(4, 6, false)]
    public void Majority_needs_more_than_half_of_an_interval(int ofTwo, int ofOne, bool moves)
    {
        var policy = Make("majority", 3);
        for (var hit = 0; hit < Math.Max(ofTwo, ofOne); hit++)
        {
            Assert.False(hit < ofTwo && policy.Hit(Two, TimeSpan.FromSeconds(1)));
            Assert.False(hit < ofOne && policy.Hit(One, TimeSpan.FromSeconds(2)));
        }

        Assert.False(policy.Hit(Three, TimeSpan.FromSeconds(3.9)));
        Assert.Equal(moves && ofTwo * 2 > ofTwo + ofOne + 1, policy.Hit(Other, TimeSpan.FromSeconds(4)));
    }

    /// <summary>What was before the interval does not count.</summary>
    [Fact]
    public void Majority_forgets_the_interval_before()
    {
        var policy = Make("majority", 1);
        for (var hit = 0; hit < 100; hit++)
        {
            policy.Hit(Two, TimeSpan.Zero);
        }

        Assert.False(policy.Hit(One, TimeSpan.FromSeconds(1)));
        Assert.False(policy.Hit(One, TimeSpan.FromSeconds(1.5)));
        Assert.True(policy.Hit(One, TimeSpan.FromSeconds(2)));
        Assert.False(policy.Hit(Two, TimeSpan.FromSeconds(2)));
    }

    /// <summary>alpha = 0.2, share after n hits in a row: 1 - 0.8^n; above one half with the fourth.</summary>
    [Fact]
    public void Ema_moves_when_the_average_is_above_one_half()
    {
        var policy = Make("ema", 0.2);
        Assert.Equal([false, false, false, true], Enumerable.Range(0, 4).Select(_ => policy.Hit(Two, default)));

        // 0.59 falls to 0.47 with one hit from elsewhere, and one more hit lifts it to 0.58.
        Assert.False(policy.Hit(One, default));
        Assert.True(policy.Hit(Two, default));
    }

    [Theory]
    [InlineData("ema", 1.5, "paxi.steal.threshold = 1.5; with policy = ema it may be from 0.001 to 1")]
    [InlineData("consecutive", 0, "paxi.steal.threshold = 0; with policy = consecutive it may be from 1 to 1000000")]
    [InlineData("fair", 1, "paxi.steal.policy = fair; it may be null, immediate, consecutive, majority, ema")]
    public void What_cannot_be_is_said_in_one_line(string name, double threshold, string line) =>
        Assert.Equal(line, Assert.Throws<ArgumentException>(() => StealPolicies.Find(name, threshold)).Message);

    private static IStealPolicy Make(string name, double threshold) => StealPolicies.Find(name, threshold)!();
}

public sealed class PartitionMapTests
{
    private static readonly System.Collections.Immutable.ImmutableArray<ReplicaId> s_members =
        [.. from zone in Enumerable.Range(1, 4) from node in Enumerable.Range(1, 3) select new ReplicaId((ushort)zone, (ushort)node)];

    /// <summary>Every zone gets between half and double its share, every replica some, and a zone more moves only what it takes over.</summary>
    [Fact]
    public void Hashing_spreads_the_keys_and_a_new_zone_moves_only_its_own()
    {
        var three = new PartitionMap([.. s_members.Where(static member => member.Zone < 4)], "hash");
        var four = new PartitionMap(s_members, "hash");
        var owners = Enumerable.Range(0, 10_000).Select(key => (Before: Home(three, key), After: Home(four, key))).ToList();
        Assert.All(owners.GroupBy(static owner => owner.After.Zone), static zone => Assert.InRange(zone.Count(), 1_250, 5_000));
        Assert.Equal(12, owners.Select(static owner => owner.After).Distinct().Count());
        Assert.All(owners, static owner => Assert.True(owner.After == owner.Before || owner.After.Zone == 4));
    }

    [Theory]
    [InlineData("5:", "'5:' is no zone with its first key")]
    [InlineData("1:,2", "'2' is no zone with its first key")]
    [InlineData("1:m,2:a", "'2:a' does not come after the range before it")]
    public void Ranges_that_cannot_be_are_told(string ranges, string what) =>
        Assert.Equal($"paxi.partition = {ranges}: {what}; it may be hash, or ranges as 1:,2:h,3:q",
            Assert.Throws<ArgumentException>(() => new PartitionMap(s_members, ranges)).Message);

    private static ReplicaId Home(PartitionMap map, int key) => map.Home(new Paxi.Actors.StateMachines.ObjectKey($"k{key}"), static _ => false);
}
