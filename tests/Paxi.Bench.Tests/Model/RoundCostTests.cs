using Paxi.Bench.Model;
using Xunit;

namespace Paxi.Bench.Tests.Model;

/// <summary>Rounds a second of the model with the published parameters (SIGMOD 2019 and its scripts).</summary>
public sealed class RoundCostTests
{
    [Theory]
    [InlineData(3, 23_480)]
    [InlineData(5, 14_450)]
    [InlineData(7, 10_430)]
    [InlineData(9, 8_165)]
    [InlineData(15, 4_940)]
    [InlineData(25, 2_980)]
    public void MultiPaxos_on_m5_large(int replicas, double expected) => Near(expected, RoundCosts.MultiPaxos(replicas, Machine.M5Large).Capacity, 0.002);

    [Theory]
    [InlineData(3, 12_330)]
    [InlineData(5, 7_535)]
    [InlineData(7, 5_425)]
    [InlineData(9, 4_240)]
    [InlineData(15, 2_560)]
    [InlineData(25, 1_540)]
    public void MultiPaxos_on_t2_small(int replicas, double expected) => Near(expected, RoundCosts.MultiPaxos(replicas, Machine.T2Small).Capacity, 0.004);

    [Theory]
    [InlineData(5, 0, 20_450)]
    [InlineData(5, 0.02, 20_100)]
    [InlineData(5, 0.1, 18_790)]
    [InlineData(5, 0.3, 16_160)]
    [InlineData(5, 0.5, 14_170)]
    [InlineData(5, 1, 10_840)]
    [InlineData(9, 0, 19_600)]
    [InlineData(9, 0.02, 19_240)]
    [InlineData(9, 0.1, 17_910)]
    [InlineData(9, 0.3, 15_290)]
    [InlineData(9, 0.5, 13_330)]
    [InlineData(9, 0.75, 11_500)]
    [InlineData(9, 1, 10_100)]
    public void EPaxos_on_m5_large(int replicas, double conflict, double expected) =>
        Near(expected, RoundCosts.EPaxos(replicas, conflict, Machine.M5Large).Capacity, 0.004);

    /// <summary>2 t_o + N t_i + 2 N s_m / b, by hand for three replicas: 2 · 0.0005 + 3 · 0.0125 + 6 · 0.000816.</summary>
    [Fact]
    public void MultiPaxos_with_every_message_on_the_link() =>
        Assert.Equal(0.0385 + (6 * 800 / 980e6 * 1000), RoundCosts.MultiPaxos(3, Machine.M5Large, LinkCharge.EveryMessage).ServiceTime, 12);

    [Fact]
    public void FPaxos_has_the_ceiling_of_MultiPaxos_unless_it_is_thrifty()
    {
        var paxos = RoundCosts.MultiPaxos(9, Machine.M5Large).Capacity;
        Assert.Equal(paxos, RoundCosts.FPaxos(9, 3, Machine.M5Large).Capacity);
        Assert.Equal(RoundCosts.MultiPaxos(3, Machine.M5Large).Capacity, RoundCosts.FPaxos(9, 3, Machine.M5Large, thrifty: true).Capacity);
    }

    [Theory]
    [InlineData(0, 2.40)]
    [InlineData(1, 1.24)]
    public void EPaxos_against_MultiPaxos_with_nine_replicas(double conflict, double expected) =>
        Near(expected, RoundCosts.EPaxos(9, conflict, Machine.M5Large).Capacity / RoundCosts.MultiPaxos(9, Machine.M5Large).Capacity, 0.005);

    [Fact]
    public void WPaxos_of_one_zone_is_MultiPaxos_and_costs_more_with_each_thing_it_does()
    {
        var (zone, paxos) = (RoundCosts.WPaxos(1, 5, 0, Machine.M5Large), RoundCosts.MultiPaxos(5, Machine.M5Large));
        Assert.Equal(paxos.ServiceTime, zone.ServiceTime, 12);
        var grid = RoundCosts.WPaxos(3, 3, 0, Machine.M5Large);
        Assert.Equal(3, grid.Leaders);
        Assert.Equal(3 + 2, grid.Incoming);
        Assert.True(grid.Capacity > RoundCosts.MultiPaxos(9, Machine.M5Large).Capacity);
        Assert.True(RoundCosts.WPaxos(3, 3, 1, Machine.M5Large).Capacity < grid.Capacity);
        Assert.True(RoundCosts.WPaxos(3, 3, 0, Machine.M5Large, steals: 0.1).Capacity < grid.Capacity);
        Assert.True(RoundCosts.WPaxos(3, 3, 0, Machine.M5Large, foreign: 0).Capacity > grid.Capacity);
    }

    [Fact]
    public void Utilization_is_one_at_the_capacity()
    {
        var cost = RoundCosts.EPaxos(5, 0.1, Machine.M5Large);
        Assert.Equal(1, cost.Utilization(cost.Capacity), 12);
        Assert.Equal(0.5, cost.Utilization(cost.Capacity / 2), 12);
    }

    [Fact]
    public void What_cannot_be_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(static () => RoundCosts.MultiPaxos(0, Machine.M5Large));
        Assert.Throws<ArgumentOutOfRangeException>(static () => RoundCosts.FPaxos(3, 4, Machine.M5Large));
        Assert.Throws<ArgumentOutOfRangeException>(static () => RoundCosts.EPaxos(5, 1.1, Machine.M5Large));
        Assert.Throws<ArgumentOutOfRangeException>(static () => RoundCosts.EPaxos(5, double.NaN, Machine.M5Large));
        Assert.Throws<ArgumentOutOfRangeException>(static () => RoundCosts.WPaxos(3, 3, 3, Machine.M5Large));
    }

    private static void Near(double expected, double actual, double part) => Assert.InRange(actual, expected * (1 - part), expected * (1 + part));
}
