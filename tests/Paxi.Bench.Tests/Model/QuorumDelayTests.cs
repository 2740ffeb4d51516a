using Paxi.Bench.Model;
using Xunit;

namespace Paxi.Bench.Tests.Model;

public sealed class QuorumDelayTests
{
    /// <summary>The composite matrix of five regions: Tokyo, California, Ohio, Virginia, Ireland.</summary>
    private static readonly double[][] Regions =
    [
        [0, 115, 156, 156, 218],
        [115, 0, 49, 60, 137],
        [156, 49, 0, 11, 84],
        [156, 60, 11, 0, 80],
        [218, 137, 84, 80, 0],
    ];

    /// <summary>Expected order statistics of eight normal numbers (tables): the 4th −0.1525 σ, the 2nd −0.8522 σ.</summary>
    [Theory]
    [InlineData(9, 5, -0.1525)]
    [InlineData(9, 3, -0.8522)]
    [InlineData(3, 2, -0.5642)]
    public void Lan_is_an_order_statistic(int replicas, int quorum, double deviations) =>
        Assert.Equal(QuorumDelay.LanMean + (deviations * QuorumDelay.LanDeviation), QuorumDelay.Lan(replicas, quorum), 0.001);

    /// <summary>The published scripts give 0.434 and 0.399 ms for nine replicas; they add a part of the processing, here only the network counts.</summary>
    [Fact]
    public void Lan_of_nine_replicas_is_near_that_of_the_scripts()
    {
        Assert.InRange(QuorumDelay.Lan(9, 5), 0.434 * 0.95, 0.434 * 1.05);
        Assert.InRange(QuorumDelay.Lan(9, 3), 0.399 * 0.95, 0.399 * 1.05);
        Assert.InRange(QuorumDelay.Lan(9, 5) - QuorumDelay.Lan(9, 3), 0.030, 0.040);
    }

    [Fact]
    public void Lan_is_the_same_for_the_same_seed()
    {
        Assert.Equal(QuorumDelay.Lan(5, 3, seed: 3), QuorumDelay.Lan(5, 3, seed: 3));
        Assert.NotEqual(QuorumDelay.Lan(5, 3, seed: 3), QuorumDelay.Lan(5, 3, seed: 4));
        Assert.Equal(0, QuorumDelay.Lan(5, 1));
    }

    /// <summary>WPaxos paper: what an owner waits for in each region, and what a steal costs.</summary>
    [Theory]
    [InlineData(0, 115, 156, 218, 156, 156, 156)]
    [InlineData(1, 49, 60, 137, 115, 60, 115)]
    [InlineData(2, 11, 49, 156, 84, 49, 84)]
    [InlineData(3, 11, 60, 156, 80, 60, 80)]
    [InlineData(4, 80, 84, 218, 137, 84, 137)]
    public void Wan_quorums_of_five_regions(int region, double oneZone, double twoZones, double steal, double stealOneZone, double epaxos, double epaxosOf15)
    {
        var trips = Regions[region];
        Assert.Equal(QuorumDelay.LanMean, QuorumDelay.WPaxosPhase2(trips, region, 0));
        Assert.Equal(oneZone, QuorumDelay.WPaxosPhase2(trips, region, 1));
        Assert.Equal(twoZones, QuorumDelay.WPaxosPhase2(trips, region, 2));
        Assert.Equal(steal, QuorumDelay.WPaxosPhase1(trips, region, 0));
        Assert.Equal(stealOneZone, QuorumDelay.WPaxosPhase1(trips, region, 1));
        Assert.Equal(epaxos, QuorumDelay.Wan(trips, region, QuorumDelay.EPaxosFastQuorum(5)));
        Assert.Equal(epaxosOf15, QuorumDelay.WanOfNodes(trips, region, 3, QuorumDelay.EPaxosFastQuorum(15)));
    }

    [Theory]
    [InlineData(3, 2)]
    [InlineData(5, 3)]
    [InlineData(7, 5)]
    [InlineData(9, 6)]
    [InlineData(15, 11)]
    public void Fast_quorums_of_EPaxos(int replicas, int quorum) => Assert.Equal(quorum, QuorumDelay.EPaxosFastQuorum(replicas));

    [Fact]
    public void What_cannot_be_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(static () => QuorumDelay.Lan(3, 4));
        Assert.Throws<ArgumentOutOfRangeException>(static () => QuorumDelay.Wan(Regions[0], 5, 2));
        Assert.Throws<ArgumentOutOfRangeException>(static () => QuorumDelay.Wan(Regions[0], 0, 6));
    }
}
