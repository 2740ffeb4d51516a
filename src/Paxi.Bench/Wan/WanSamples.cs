using HdrHistogram;
using Paxi.Bench.Measurement;
using Paxi.Bench.Runs;

namespace Paxi.Bench.Wan;

/// <param name="Region">Of the client, from 0.</param>
/// <param name="Start">Ticks of 100 ns since the measured time began; below 0 in the warm-up.</param>
/// <param name="Latency">Ticks.</param>
/// <param name="Key">What was asked for.</param>
public readonly record struct WanSample(int Region, long Start, long Latency, WanOutcome Outcome, string Key)
{
    public long End => Start + Latency;

    public double Milliseconds => (double)Latency / TimeSpan.TicksPerMillisecond;
}

public enum WanOutcome : byte
{
    Done,
    Failed,
    Unknown,
}

/// <summary>
/// Every operation of a run, in virtual time. As in a live run, operations that end within the measured time make the throughput, and the
/// latencies are those of the ones that begin in it.
/// </summary>
/// <param name="length">Of the measured time.</param>
public sealed class WanSamples(TimeSpan length)
{
    /// <summary>More are refused: a run of that many does not fit in memory for long.</summary>
    public const int MaxSamples = 20_000_000;

    private const int NanosecondsPerTick = 100;
    private const long HighestNanoseconds = 3_600_000_000_000;

    private readonly List<WanSample> _all = [];

    public IReadOnlyList<WanSample> All => _all;

    public string? FirstError { get; private set; }

    public long Operations => _all.LongCount(sample => sample.Outcome == WanOutcome.Done && Contains(sample.End));

    public long Count(WanOutcome outcome) => _all.LongCount(sample => sample.Outcome == outcome && Contains(sample.Start));

    /// <exception cref="InvalidOperationException">There are too many.</exception>
    internal void Add(in WanSample sample, string? error)
    {
        if (_all.Count >= MaxSamples)
        {
            throw new InvalidOperationException($"{MaxSamples} operations, the bound of a run");
        }

        _all.Add(sample);
        FirstError ??= error;
    }

    /// <summary>What was done, of the operations that began from <paramref name="from"/> until <paramref name="to"/>.</summary>
    /// <param name="region">From 0; null for all.</param>
    public IEnumerable<WanSample> Done(int? region = null, TimeSpan? from = null, TimeSpan? to = null)
    {
        var (first, last) = ((from ?? TimeSpan.Zero).Ticks, (to ?? length).Ticks);
        return _all.Where(sample => sample.Outcome == WanOutcome.Done && sample.Start >= first && sample.Start < last && (region is null || sample.Region == region));
    }

    /// <summary>Milliseconds; NaN when nothing was done.</summary>
    public double Mean(int? region = null, TimeSpan? from = null, TimeSpan? to = null) =>
        Done(region, from, to).Select(static sample => sample.Milliseconds).DefaultIfEmpty(double.NaN).Average();

    /// <summary>Milliseconds; NaN when nothing was done.</summary>
    public double Percentile(double percent, int? region = null, TimeSpan? from = null, TimeSpan? to = null)
    {
        double[] sorted = [.. Done(region, from, to).Select(static sample => sample.Milliseconds).Order()];
        return sorted.Length == 0 ? double.NaN : sorted[Math.Clamp((int)Math.Ceiling(percent / 100 * sorted.Length) - 1, 0, sorted.Length - 1)];
    }

    /// <summary>The mean of the regions' means: each region counts alike, however fast its clients are.</summary>
    public double MeanOfRegions(int regions) => Enumerable.Range(0, regions).Average(region => Mean(region));

    /// <summary>In nanoseconds.</summary>
    public LongHistogram Histogram(int? region = null)
    {
        var histogram = new LongHistogram(NanosecondsPerTick, HighestNanoseconds, 3);
        foreach (var sample in Done(region))
        {
            histogram.RecordValue(Math.Clamp(sample.Latency * NanosecondsPerTick, NanosecondsPerTick, HighestNanoseconds));
        }

        return histogram;
    }

    public IReadOnlyList<SecondSample> Seconds()
    {
        var seconds = new List<SecondSample>();
        var bySecond = _all.Where(sample => Contains(sample.End)).ToLookup(static sample => (int)(sample.End / TimeSpan.TicksPerSecond));
        for (var second = 0; second < length.TotalSeconds; second++)
        {
            var histogram = new LongHistogram(NanosecondsPerTick, HighestNanoseconds, 2);
            var counts = new long[3];
            foreach (var sample in bySecond[second])
            {
                counts[(int)sample.Outcome]++;
                if (sample.Outcome == WanOutcome.Done)
                {
                    histogram.RecordValue(Math.Clamp(sample.Latency * NanosecondsPerTick, NanosecondsPerTick, HighestNanoseconds));
                }
            }

            var summary = LatencySummary.Of(histogram);
            seconds.Add(new SecondSample(second, counts[(int)WanOutcome.Done], counts[(int)WanOutcome.Failed], counts[(int)WanOutcome.Unknown], summary.P50, summary.P99));
        }

        return seconds;
    }

    private bool Contains(long ticks) => ticks >= 0 && ticks < length.Ticks;
}
