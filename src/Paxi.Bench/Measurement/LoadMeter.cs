using System.Diagnostics;
using HdrHistogram;
using Paxi.Bench.Loads;

namespace Paxi.Bench.Measurement;

/// <summary>
/// Counts a load as it runs; any thread. What counts is a window of time, <see cref="Open"/> to <see cref="Close"/>: operations that end inside it make the
/// throughput, and the latencies are those of operations that start inside it, also of those that end after it, so that a stall at the end is not left out.
/// </summary>
/// <remarks>Striped by client, so that two threads seldom want the same counter.</remarks>
public sealed class LoadMeter
{
    /// <summary>Per-second counts are kept for so many seconds at most.</summary>
    public const int MaxSeconds = 86_400;

    private const int Stripes = 16;
    private const long LowestNanoseconds = 100;
    private const long HighestNanoseconds = 3_600_000_000_000;

    private readonly Stripe[] _stripes = [.. Enumerable.Range(0, Stripes).Select(static _ => new Stripe())];
    private long _from = long.MaxValue;
    private long _to = long.MaxValue;
    private volatile string? _error;

    /// <summary>When the window was opened, a <see cref="Stopwatch"/> timestamp.</summary>
    public long From => Volatile.Read(ref _from);

    /// <summary>When it was closed; <see cref="long.MaxValue"/> while it is open.</summary>
    public long To => Volatile.Read(ref _to);

    /// <summary>How long the window was.</summary>
    public TimeSpan Length => Stopwatch.GetElapsedTime(From, To);

    /// <summary>The first error of the window in words; null when there is none.</summary>
    public string? FirstError => _error;

    public void Open() => Volatile.Write(ref _from, Stopwatch.GetTimestamp());

    public void Close() => Volatile.Write(ref _to, Stopwatch.GetTimestamp());

    /// <param name="client">From 0.</param>
    /// <param name="start">Before it was sent, a <see cref="Stopwatch"/> timestamp.</param>
    /// <param name="end">After it was answered.</param>
    /// <param name="result">How it ended.</param>
    public void Record(int client, long start, long end, in LoadResult result)
    {
        var (from, to) = (From, To);
        var (startsInside, endsInside) = (start >= from && start < to, end >= from && end < to);
        if (!startsInside && !endsInside)
        {
            return;
        }

        var stripe = _stripes[client % Stripes];
        lock (stripe)
        {
            switch (result.Outcome)
            {
                case LoadOutcome.Done:
                    stripe.Done(startsInside ? Nanoseconds(end - start) : -1, endsInside ? (int)((end - from) / Stopwatch.Frequency) : -1);
                    return;
                case LoadOutcome.Failed:
                    stripe.Errors++;
                    break;
                default:
                    stripe.Unknown++;
                    break;
            }
        }

        _error ??= result.Error;
    }

    /// <summary>Operations done in the window so far.</summary>
    public long Operations => Sum(static stripe => stripe.Operations);

    public long Errors => Sum(static stripe => stripe.Errors);

    public long Unknown => Sum(static stripe => stripe.Unknown);

    /// <summary>Operations done in each second of the window, the last one perhaps a part of one.</summary>
    public IReadOnlyList<long> PerSecond()
    {
        var seconds = new List<long>();
        foreach (var stripe in _stripes)
        {
            lock (stripe)
            {
                for (var second = 0; second < stripe.Seconds.Count; second++)
                {
                    if (second == seconds.Count)
                    {
                        seconds.Add(0);
                    }

                    seconds[second] += stripe.Seconds[second];
                }
            }
        }

        return seconds;
    }

    /// <summary>The latencies of all clients, in nanoseconds.</summary>
    public LongHistogram Latencies()
    {
        var all = Stripe.NewHistogram();
        foreach (var stripe in _stripes)
        {
            lock (stripe)
            {
                all.Add(stripe.Histogram);
            }
        }

        return all;
    }

    private static long Nanoseconds(long ticks) =>
        Math.Clamp((long)(ticks * (1e9 / Stopwatch.Frequency)), LowestNanoseconds, HighestNanoseconds);

    private long Sum(Func<Stripe, long> part)
    {
        var sum = 0L;
        foreach (var stripe in _stripes)
        {
            lock (stripe)
            {
                sum += part(stripe);
            }
        }

        return sum;
    }

    private sealed class Stripe
    {
        public LongHistogram Histogram { get; } = NewHistogram();

        public List<long> Seconds { get; } = [];

        public long Operations { get; private set; }

        public long Errors { get; set; }

        public long Unknown { get; set; }

        public static LongHistogram NewHistogram() => new(LowestNanoseconds, HighestNanoseconds, 3);

        /// <param name="nanoseconds">The latency, or -1 when it does not count.</param>
        /// <param name="second">Of the window, or -1 when it ended outside.</param>
        public void Done(long nanoseconds, int second)
        {
            if (nanoseconds >= 0)
            {
                Histogram.RecordValue(nanoseconds);
            }

            if (second < 0)
            {
                return;
            }

            Operations++;
            while (Seconds.Count <= second && Seconds.Count < MaxSeconds)
            {
                Seconds.Add(0);
            }

            if (second < Seconds.Count)
            {
                Seconds[second]++;
            }
        }
    }
}
