using Paxi.Actors.Quorums;
using Xunit;
using static Paxi.Actors.Tests.Quorums.QuorumSystemTests;

namespace Paxi.Actors.Tests.Quorums;

public class QuorumErrorsTests
{
    [Fact]
    public void Sizes_that_miss_each_other_are_shown_with_both_quorums() =>
        Assert.Equal(
            "q1=2 and q2=2 of 5 replicas do not intersect: {1.1, 1.2} and {1.3, 1.4}; q1 + q2 must exceed 5",
            Error(() => QuorumSystem.Flexible(Members(1, 5), 2, 2)));

    [Fact]
    public void Rules_over_zones_that_miss_each_other_are_shown_with_both_quorums() =>
        Assert.Equal(
            "one replica of each zone and a majority of one zone of 6 replicas do not intersect: " +
            "{1.1, 2.1} and {1.2, 1.3}",
            Error(() => QuorumSystem.Of(Members(2, 3), QuorumRule.GridRow, QuorumRule.ZoneMajority)));

    [Theory]
    [InlineData(0, 3, "q1 = 0 must be from 1 to 3, the number of replicas")]
    [InlineData(4, 3, "q1 = 4 must be from 1 to 3, the number of replicas")]
    [InlineData(3, -1, "q2 = -1 must be from 1 to 3, the number of replicas")]
    public void A_size_out_of_range_says_what_it_may_be(int q1, int q2, string message) =>
        Assert.Equal(message, Error(() => QuorumSystem.Flexible(Members(1, 3), q1, q2)));

    [Theory]
    [InlineData(3, null, "fz = 3 must be from 0 to 2, less than the number of zones")]
    [InlineData(-1, null, "fz = -1 must be from 0 to 2, less than the number of zones")]
    [InlineData(0, 2, "fn = 2 must be from 0 to 1, less than the replicas of the smallest zone")]
    [InlineData(0, -1, "fn = -1 must be from 0 to 1, less than the replicas of the smallest zone")]
    public void A_fault_count_out_of_range_says_what_it_may_be(int fz, int? fn, string message) =>
        Assert.Equal(message, Error(() => QuorumSystem.FlexibleGrid(Members(3, 2), fz, fn)));

    /// <summary>
    /// WPaxos prints its quorums as sets of a fixed size that take at most fn + 1 (l - fn) replicas of a zone. Read so,
    /// caps instead of floors, two quorums can miss each other; the floor form refuses both sets.
    /// </summary>
    [Fact]
    public void The_printed_form_of_the_flexible_grid_admits_quorums_that_miss_each_other_and_ours_does_not()
    {
        const int zones = 3, perZone = 3, fz = 1, fn = 1;
        var system = QuorumSystem.FlexibleGrid(Members(zones, perZone), fz, fn);
        var first = Votes(system, "1.1", "2.1", "3.1", "3.2");
        var second = Votes(system, "1.2", "1.3", "2.2", "3.3");

        Assert.True(Printed(system, first, (fn + 1) * (zones - fz), fn + 1));
        Assert.True(Printed(system, second, (perZone - fn) * (fz + 1), perZone - fn));
        Assert.True(first.Intersect(second).IsEmpty);

        Assert.False(system.IsPhase1Quorum(first));
        Assert.False(system.IsPhase2Quorum(second));
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(2, 3)]
    [InlineData(3, 2)]
    [InlineData(3, 3)]
    [InlineData(4, 3)]
    public void Every_flexible_grid_intersects(int zones, int perZone)
    {
        var all = (1UL << (zones * perZone)) - 1;
        for (var fz = 0; fz < zones; fz++)
        {
            for (var fn = -1; fn < perZone; fn++)
            {
                var system = QuorumSystem.FlexibleGrid(Members(zones, perZone), fz, fn < 0 ? null : fn);
                for (var votes = 0UL; votes <= all; votes++)
                {
                    Assert.False(
                        system.IsPhase1Quorum(new VoteSet(votes)) && system.IsPhase2Quorum(new VoteSet(all & ~votes)));
                }
            }
        }
    }

    [Fact]
    public void A_thrifty_quorum_stays_in_its_zone_when_it_can()
    {
        var local = QuorumSystem.FlexibleGrid(Members(3, 3), 0);
        Assert.Equal("{2.2, 2.3}", local.Show(local.SmallestPhase2(local.IndexOf(new(2, 2)))));
        Assert.Equal("{2.1, 2.3}", local.Show(local.SmallestPhase2(local.IndexOf(new(2, 3)))));

        var majority = QuorumSystem.Majority(Members(3, 3));
        Assert.Equal("{1.1, 3.1, 3.2, 3.3}", majority.Show(majority.SmallestPhase2(6).Without(majority.IndexOf(new(1, 2)))));
    }

    private static bool Printed(QuorumSystem system, VoteSet votes, int size, int cap)
    {
        var perZone = system.Members.Where((_, index) => votes.Contains(index)).GroupBy(member => member.Zone);
        return votes.Count == size && perZone.All(zone => zone.Count() <= cap);
    }

    private static string Error(Action make) => Assert.Throws<QuorumException>(make).Message;
}
