using HdrHistogram;
using Paxi.Bench.Runs;

namespace Paxi.Bench.Measurement;

/// <summary>What ended in one second, or in a part of it.</summary>
internal sealed class SecondCount
{
    private const double PerMillisecond = 1e6;
    private const long Lowest = 1000;
    private const long Highest = 3_600_000_000_000;

    /// <summary>Two digits: a second needs no more, and there may be many of them.</summary>
    private readonly IntHistogram _latencies = new(Lowest, Highest, 2);

    public long Operations { get; private set; }

    public long Errors { get; set; }

    public long Unknown { get; set; }

    public bool IsEmpty => Operations + Errors + Unknown == 0;

    public void Done(long nanoseconds)
    {
        Operations++;
        _latencies.RecordValue(nanoseconds);
    }

    public void Add(SecondCount other)
    {
        Operations += other.Operations;
        Errors += other.Errors;
        Unknown += other.Unknown;
        _latencies.Add(other._latencies);
    }

    public void Clear()
    {
        (Operations, Errors, Unknown) = (0, 0, 0);
        _latencies.Reset();
    }

    public SecondSample ToSample(int second) => new(second, Operations, Errors, Unknown, At(50), At(99));

    private double At(double percentile) => Operations == 0 ? 0 : _latencies.GetValueAtPercentile(percentile) / PerMillisecond;
}

/// <summary>
/// The seconds of a run, from many threads. The latest ones are open and keep their latencies; of older ones the percentiles are left, so that memory is
/// bounded however long the run is. What comes later still to such a second is counted, but moves its percentiles no more.
/// </summary>
internal sealed class SecondSeries(int maxSeconds)
{
    /// <summary>More than the time that any thread may be behind.</summary>
    private const int KeptOpen = 60;

    private readonly Lock _lock = new();
    private readonly List<SecondSample> _closed = [];
    private readonly List<SecondCount> _open = [];

    /// <param name="second">From 0; one that is past the bound is left out.</param>
    public void Add(int second, SecondCount count)
    {
        if (second >= maxSeconds)
        {
            return;
        }

        lock (_lock)
        {
            if (second < _closed.Count)
            {
                var closed = _closed[second];
                _closed[second] = closed with
                {
                    Operations = closed.Operations + count.Operations,
                    Errors = closed.Errors + count.Errors,
                    Unknown = closed.Unknown + count.Unknown,
                };
                return;
            }

            while (second - _closed.Count >= _open.Count)
            {
                _open.Add(new SecondCount());
                if (_open.Count > KeptOpen)
                {
                    _closed.Add(_open[0].ToSample(_closed.Count));
                    _open.RemoveAt(0);
                }
            }

            _open[second - _closed.Count].Add(count);
        }
    }

    public IReadOnlyList<SecondSample> Samples()
    {
        lock (_lock)
        {
            return [.. _closed, .. _open.Select((count, index) => count.ToSample(_closed.Count + index))];
        }
    }
}
