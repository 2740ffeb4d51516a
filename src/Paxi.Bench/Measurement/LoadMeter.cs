using System.Diagnostics;
using HdrHistogram;
using Paxi.Bench.Loads;
using Paxi.Bench.Runs;

namespace Paxi.Bench.Measurement;

/// <summary>
/// Counts a load as it runs; any thread. What counts is a window of time, <see cref="Open()"/> to <see cref="Close()"/>: operations that end inside it make the
/// throughput, and the latencies are those of operations that start inside it, also of those that end after it, so that a stall at the end is not left out.
/// </summary>
/// <remarks>Striped by zone and client, so that two threads seldom want the same counter and the latencies of a zone are those of its stripes.</remarks>
public sealed class LoadMeter
{
    /// <summary>Per-second counts are kept for so many seconds at most.</summary>
    public const int MaxSeconds = 86_400;

    /// <summary>The length of a tick, the finest time in which operations are counted.</summary>
    public static readonly TimeSpan TickLength = TimeSpan.FromMilliseconds(100);

    private const int Stripes = 16;
    private const int TicksPerSecond = 10;
    private const long LowestNanoseconds = 100;
    private const long HighestNanoseconds = 3_600_000_000_000;

    private readonly Stripe[] _stripes;
    private readonly int _zones;
    private readonly int _stripesPerZone;
    private readonly SecondSeries _seconds = new(MaxSeconds);
    private readonly LongHistogram _lateness = NewHistogram();
    private long _from = long.MaxValue;
    private long _to = long.MaxValue;
    private long _missed;
    private volatile string? _error;

    /// <param name="zones">Over which the clients are spread, client c in zone c modulo this; 1 when zones do not matter.</param>
    public LoadMeter(int zones = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(zones, 1);
        _zones = zones;
        _stripesPerZone = Math.Max(1, Stripes / zones);
        _stripes = [.. Enumerable.Range(0, zones * _stripesPerZone).Select(_ => new Stripe(_seconds))];
    }

    /// <summary>When the window was opened, a <see cref="Stopwatch"/> timestamp.</summary>
    public long From => Volatile.Read(ref _from);

    /// <summary>When it was closed; <see cref="long.MaxValue"/> while it is open.</summary>
    public long To => Volatile.Read(ref _to);

    /// <summary>How long the window was.</summary>
    public TimeSpan Length => Stopwatch.GetElapsedTime(From, To);

    /// <summary>The first error of the window in words; null when there is none.</summary>
    public string? FirstError => _error;

    /// <summary>Arrivals of an open loop in the window that could not be started, since as many operations were outstanding as there may be.</summary>
    public long Missed => Interlocked.Read(ref _missed);

    public void Open() => Open(Stopwatch.GetTimestamp());

    public void Close() => Close(Stopwatch.GetTimestamp());

    /// <param name="now">A <see cref="Stopwatch"/> timestamp.</param>
    public void Open(long now) => Volatile.Write(ref _from, now);

    /// <param name="now">A <see cref="Stopwatch"/> timestamp.</param>
    public void Close(long now) => Volatile.Write(ref _to, now);

    /// <summary>An arrival that was not started.</summary>
    /// <param name="intended">When it should have been.</param>
    public void Miss(long intended)
    {
        if (IsInside(intended))
        {
            Interlocked.Increment(ref _missed);
        }
    }

    /// <summary>How late the load generator itself started an operation of an open loop.</summary>
    public void Late(long intended, long actual)
    {
        if (IsInside(intended))
        {
            lock (_lateness)
            {
                _lateness.RecordValue(Nanoseconds(actual - intended));
            }
        }
    }

    /// <param name="client">From 0.</param>
    /// <param name="start">Before it was sent, a <see cref="Stopwatch"/> timestamp; in an open loop when it should have been sent.</param>
    /// <param name="end">After it was answered.</param>
    /// <param name="result">How it ended.</param>
    public void Record(int client, long start, long end, in LoadResult result)
    {
        var (startsInside, endsInside) = (IsInside(start), IsInside(end));
        if (!startsInside && !endsInside)
        {
            return;
        }

        var stripe = _stripes[(client % _zones * _stripesPerZone) + (client / _zones % _stripesPerZone)];
        var tick = endsInside ? (int)Math.Min((end - From) / (Stopwatch.Frequency / TicksPerSecond), int.MaxValue) : -1;
        lock (stripe)
        {
            stripe.Record(result.Outcome, Nanoseconds(end - start), startsInside, tick);
        }

        if (result.Outcome != LoadOutcome.Done)
        {
            _error ??= result.Error;
        }
    }

    /// <summary>Operations done in the window so far.</summary>
    public long Operations => Sum(static stripe => stripe.Operations);

    public long Errors => Sum(static stripe => stripe.Errors);

    public long Unknown => Sum(static stripe => stripe.Unknown);

    /// <summary>Operations done in each second of the window, the last one perhaps a part of one.</summary>
    public IReadOnlyList<long> PerSecond() => [.. PerTick().Chunk(TicksPerSecond).Select(static ticks => ticks.Sum())];

    /// <summary>Operations done in each tick of the window, see <see cref="TickLength"/>; those at the end in which nothing was done are left out.</summary>
    public IReadOnlyList<long> PerTick()
    {
        var ticks = new List<long>();
        foreach (var stripe in _stripes)
        {
            lock (stripe)
            {
                for (var tick = 0; tick < stripe.Ticks.Count; tick++)
                {
                    if (tick == ticks.Count)
                    {
                        ticks.Add(0);
                    }

                    ticks[tick] += stripe.Ticks[tick];
                }
            }
        }

        return ticks;
    }

    /// <summary>What ended in each second of the window, with the percentiles of its latencies.</summary>
    public IReadOnlyList<SecondSample> Samples()
    {
        foreach (var stripe in _stripes)
        {
            lock (stripe)
            {
                stripe.Flush();
            }
        }

        return _seconds.Samples();
    }

    /// <summary>The latencies of all clients, in nanoseconds.</summary>
    public LongHistogram Latencies() => Merge(_stripes);

    /// <summary>The latencies of the clients of each zone, in nanoseconds; empty when zones do not matter.</summary>
    public IReadOnlyList<LongHistogram> ZoneLatencies() => _zones == 1
        ? []
        : [.. Enumerable.Range(0, _zones).Select(zone => Merge(_stripes.AsSpan(zone * _stripesPerZone, _stripesPerZone)))];

    /// <summary>See <see cref="Late"/>, in nanoseconds; empty but for an open loop.</summary>
    public LongHistogram Lateness()
    {
        lock (_lateness)
        {
            return (LongHistogram)_lateness.Copy();
        }
    }

    private static LongHistogram NewHistogram() => new(LowestNanoseconds, HighestNanoseconds, 3);

    private static LongHistogram Merge(ReadOnlySpan<Stripe> stripes)
    {
        var all = NewHistogram();
        foreach (var stripe in stripes)
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

    private bool IsInside(long time) => time >= From && time < To;

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

    /// <summary>Collects the second under way for itself and hands it on when another one begins.</summary>
    private sealed class Stripe(SecondSeries seconds)
    {
        private readonly SecondCount _current = new();
        private int _second;

        public LongHistogram Histogram { get; } = NewHistogram();

        public List<int> Ticks { get; } = [];

        public long Operations { get; private set; }

        public long Errors { get; private set; }

        public long Unknown { get; private set; }

        /// <param name="outcome">How it ended.</param>
        /// <param name="nanoseconds">How long it took.</param>
        /// <param name="startsInside">Whether its latency counts.</param>
        /// <param name="tick">Of the window, in which it ended, or -1 when it ended outside.</param>
        public void Record(LoadOutcome outcome, long nanoseconds, bool startsInside, int tick)
        {
            if (tick >= 0 && tick / TicksPerSecond != _second)
            {
                Flush();
                _second = tick / TicksPerSecond;
            }

            switch (outcome)
            {
                case LoadOutcome.Done:
                    Done(nanoseconds, startsInside, tick);
                    break;
                case LoadOutcome.Failed:
                    Errors++;
                    _current.Errors += tick >= 0 ? 1 : 0;
                    break;
                default:
                    Unknown++;
                    _current.Unknown += tick >= 0 ? 1 : 0;
                    break;
            }
        }

        public void Flush()
        {
            if (!_current.IsEmpty)
            {
                seconds.Add(_second, _current);
                _current.Clear();
            }
        }

        private void Done(long nanoseconds, bool startsInside, int tick)
        {
            if (startsInside)
            {
                Histogram.RecordValue(nanoseconds);
            }

            if (tick < 0)
            {
                return;
            }

            Operations++;
            _current.Done(nanoseconds);
            while (Ticks.Count <= tick && Ticks.Count < MaxSeconds * TicksPerSecond)
            {
                Ticks.Add(0);
            }

            if (tick < Ticks.Count)
            {
                Ticks[tick]++;
            }
        }
    }
}
