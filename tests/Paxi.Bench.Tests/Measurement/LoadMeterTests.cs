using System.Diagnostics;
using HdrHistogram;
using Paxi.Bench.Loads;
using Paxi.Bench.Measurement;
using Xunit;

namespace Paxi.Bench.Tests.Measurement;

/// <summary>With times that are made up: a meter never looks at the clock itself.</summary>
public sealed class LoadMeterTests
{
    private const long Start = 1_000_000_000;

    [Fact]
    public void Throughput_is_of_what_ends_inside_and_latency_of_what_starts_inside()
    {
        var meter = Opened();
        meter.Record(0, At(-1), At(0.5), LoadResult.Done());
        meter.Record(0, At(1), At(2), LoadResult.Done());
        meter.Close(At(10));
        meter.Record(0, At(9), At(14), LoadResult.Done());
        meter.Record(0, At(11), At(12), LoadResult.Done());
        Assert.Equal(2, meter.Operations);
        Assert.Equal(2, meter.Latencies().TotalCount);
        Assert.InRange(meter.Latencies().GetMaxValue() / 1e9, 4.99, 5.01);
    }

    [Fact]
    public void Errors_and_unknown_outcomes_are_no_latencies()
    {
        var meter = Opened();
        meter.Record(0, At(0), At(1), LoadResult.Failed("refused"));
        meter.Record(0, At(1), At(2), LoadResult.Unknown("no answer"));
        meter.Close(At(10));
        Assert.Equal((0, 1, 1), (meter.Operations, meter.Errors, meter.Unknown));
        Assert.Equal(0, meter.Latencies().TotalCount);
        Assert.Equal("refused", meter.FirstError);
    }

    [Fact]
    public void Seconds_have_percentiles_of_their_own()
    {
        var meter = Opened();
        for (var index = 0; index < 100; index++)
        {
            meter.Record(index, At(0.2), At(0.2 + ((index + 1) * 0.001)), LoadResult.Done());
            meter.Record(index, At(2.1), At(2.15), LoadResult.Done());
        }

        meter.Record(5, At(1), At(1.5), LoadResult.Failed("refused"));
        meter.Close(At(3));
        var samples = meter.Samples();
        Assert.Equal([100L, 0, 100], samples.Select(static sample => sample.Operations));
        Assert.Equal([0L, 1, 0], samples.Select(static sample => sample.Errors));
        Assert.InRange(samples[0].P50, 49, 52);
        Assert.InRange(samples[0].P99, 98, 101);
        Assert.InRange(samples[2].P99, 49.5, 51);
        Assert.Equal([100L, 0, 100], meter.PerSecond());
        Assert.Equal(samples, meter.Samples());
    }

    [Fact]
    public void A_long_run_keeps_the_percentiles_of_old_seconds_and_counts_what_comes_late()
    {
        var meter = Opened();
        for (var second = 0; second < 500; second++)
        {
            meter.Record(0, At(second + 0.1), At(second + 0.1 + (second / 1000.0)), LoadResult.Done());
        }

        meter.Record(3, At(2.1), At(2.2), LoadResult.Done());
        meter.Close(At(500));
        var samples = meter.Samples();
        Assert.Equal(500, samples.Count);
        Assert.Equal(Enumerable.Range(0, 500), samples.Select(static sample => sample.Second));
        Assert.Equal(2, samples[2].Operations);
        Assert.InRange(samples[40].P50, 39.5, 41);
        Assert.InRange(samples[400].P50, 397, 404);
    }

    [Fact]
    public void Zones_have_latencies_of_their_own()
    {
        var meter = new LoadMeter(zones: 3);
        meter.Open(Start);
        for (var client = 0; client < 60; client++)
        {
            meter.Record(client, At(1), At(1 + (0.01 * (1 + (client % 3)))), LoadResult.Done());
        }

        meter.Close(At(3));
        var zones = meter.ZoneLatencies();
        Assert.Equal([20L, 20, 20], zones.Select(static zone => zone.TotalCount));
        Assert.Equal([10, 20, 30], zones.Select(static zone => (int)Math.Round(zone.GetMean() / 1e6)));
        Assert.Equal(60, meter.Latencies().TotalCount);
        Assert.Empty(Opened().ZoneLatencies());
    }

    private static LoadMeter Opened()
    {
        var meter = new LoadMeter();
        meter.Open(Start);
        return meter;
    }

    private static long At(double seconds) => Start + (long)(seconds * Stopwatch.Frequency);
}
