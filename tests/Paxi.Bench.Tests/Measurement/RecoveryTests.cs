using Paxi.Bench.Measurement;
using Xunit;

namespace Paxi.Bench.Tests.Measurement;

public sealed class RecoveryTests
{
    private const double Tick = 0.1;

    [Fact]
    public void A_silence_is_measured_and_so_is_the_way_back()
    {
        // 3 s at 100, then nothing for 1.2 s, half for 0.8 s, then as before.
        long[] ticks = [.. Ticks(30, 100), .. Ticks(12, 0), .. Ticks(8, 50), .. Ticks(30, 98)];
        var found = Recovery.Of(ticks, Tick, 3, 8);
        Assert.Equal(2.0, found.Seconds!.Value, 6);
        Assert.Equal(0, found.Lowest);
        Assert.Equal(1.2, found.Silence, 6);
    }

    [Fact]
    public void What_does_no_harm_is_back_at_once()
    {
        var found = Recovery.Of(Ticks(80, 100), Tick, 3, 8);
        Assert.Equal((0.0, 1.0, 0.0), (found.Seconds, found.Lowest, found.Silence));
    }

    [Fact]
    public void What_is_not_back_by_the_next_fault_is_not_back()
    {
        long[] ticks = [.. Ticks(30, 100), .. Ticks(30, 0), .. Ticks(30, 100)];
        Assert.Null(Recovery.Of(ticks, Tick, 3, 6).Seconds);
        Assert.Equal(3.0, Recovery.Of(ticks, Tick, 3, 9).Seconds!.Value, 6);
    }

    [Fact]
    public void A_run_that_stays_silent_has_no_ticks_at_its_end()
    {
        var found = Recovery.Of(Ticks(30, 100), Tick, 3, 10);
        Assert.Null(found.Seconds);
        Assert.Equal(7.0, found.Silence, 6);
    }

    [Fact]
    public void A_single_good_tick_is_not_back()
    {
        long[] ticks = [.. Ticks(30, 100), .. Ticks(5, 0), 100, .. Ticks(10, 10), .. Ticks(20, 100)];
        Assert.Equal(1.6, Recovery.Of(ticks, Tick, 3, 6.6).Seconds!.Value, 6);
    }

    [Fact]
    public void Without_a_time_before_nothing_is_said_of_the_way_back()
    {
        var found = Recovery.Of(Ticks(30, 100), Tick, 0, 3);
        Assert.Null(found.Seconds);
        Assert.Null(found.Lowest);
    }

    private static long[] Ticks(int count, long each) => [.. Enumerable.Repeat(each, count)];
}
