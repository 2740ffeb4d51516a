using System.Globalization;
using HdrHistogram;
using Paxi.Bench.Reports.Charts;
using Paxi.Bench.Runs;
using Alignment = ScottPlot.Alignment;

namespace Paxi.Bench.Reports;

/// <summary>The charts of one run; those without data are left out.</summary>
internal static class RunCharts
{
    private const double PerMillisecond = 1e6;

    public static IEnumerable<Chart> Of(RunResult result)
    {
        var seconds = Downsampling.Join(result.Seconds, result.Report.Seconds);
        if (seconds.Count > 0)
        {
            yield return Throughput(result, seconds);
            if (result.Report.Errors + result.Report.Unknown > 0)
            {
                yield return NotDone(result, seconds);
            }
        }

        if (seconds.Any(static stretch => double.IsFinite(stretch.P50)))
        {
            yield return LatencyOverTime(result, seconds);
        }

        if (result.Latencies.TotalCount > 0)
        {
            var levels = Levels(result.Latencies);
            yield return Percentiles(levels);
            yield return Distribution(result);
        }

        if (result.Zones.Any(static zone => zone.Latencies.TotalCount > 0))
        {
            yield return ZoneChart.Of(result.Zones);
        }

        if (result.Ownership.Count > 0)
        {
            yield return OwnershipChart.Of(result);
        }
    }

    private static Chart Throughput(RunResult result, IReadOnlyList<Stretch> seconds)
    {
        var joined = seconds.Any(static stretch => stretch.Lowest < stretch.Highest);
        var highest = seconds.Max(static stretch => stretch.Highest);
        var chart = new Chart("throughput", "Throughput over time", Scale.Time(result.Report.Seconds),
            Scale.Linear("operations/s", 0, Math.Max(1, highest * FaultMarks.Headroom(result))), right: 30)
        {
            Note = (joined ? "The line is the mean of a stretch of seconds, the band its slowest and fastest second. " : "") + FaultMarks.Note(result),
        };
        FaultMarks.Draw(chart, result);
        if (joined)
        {
            chart.AddBand([.. seconds.Select(static stretch => (stretch.At, stretch.Lowest, stretch.Highest))], Palette.Of(0), 0.25);
        }

        chart.Add(new Line("", Palette.Of(0), [.. seconds.Select(static stretch => (stretch.At, stretch.Rate))]) { Dots = Dots(seconds.Count) });
        return chart;
    }

    private static Chart NotDone(RunResult result, IReadOnlyList<Stretch> seconds)
    {
        const int Low = 190;
        var highest = seconds.Max(static stretch => Math.Max(stretch.Errors, stretch.Unknown));
        var y = Scale.Linear("operations/s", 0, Math.Max(1, highest * FaultMarks.Headroom(result)), ticks: 3);
        var chart = new Chart("not-done", "Errors and unknown outcomes over time", Scale.Time(result.Report.Seconds), y, Low, Chart.RoomFor(["unknown"]))
        {
            Note = "An error certainly had no effect; of what is unknown nobody can tell. Neither counts as done, and neither has a latency.",
        };
        FaultMarks.Draw(chart, result, withText: false);
        chart.Add(new Line("errors", Palette.Of(1), [.. seconds.Select(static stretch => (stretch.At, stretch.Errors))]));
        chart.Add(new Line("unknown", Palette.Of(3), [.. seconds.Select(static stretch => (stretch.At, stretch.Unknown))]) { IsDashed = true });
        return chart;
    }

    private static Chart LatencyOverTime(RunResult result, IReadOnlyList<Stretch> seconds)
    {
        var values = seconds.SelectMany(static stretch => new[] { stretch.P50, stretch.P99 }).Where(static value => double.IsFinite(value) && value > 0).ToArray();
        var y = LatencyScale("latency (ms)", values.Min(), values.Max());
        var chart = new Chart("latency-over-time", "Latency over time", Scale.Time(result.Report.Seconds), y, right: Chart.RoomFor(["median", "99 %"]))
        {
            Note = "Of the operations that were done in each second. " +
                (result.Seconds.Count > seconds.Count + 1 ? "Of a stretch of seconds the mean of the medians, and the worst 99th percentile. " : "") +
                (seconds.Any(static stretch => !double.IsFinite(stretch.P50)) ? "A gap: nothing was done." : ""),
        };
        FaultMarks.Draw(chart, result, withText: false);
        chart.Add(new Line("99 %", Palette.Of(1), [.. seconds.Select(static stretch => (stretch.At, stretch.P99))]) { Dots = Dots(seconds.Count) });
        chart.Add(new Line("median", Palette.Of(0), [.. seconds.Select(static stretch => (stretch.At, stretch.P50))]) { Dots = Dots(seconds.Count) });
        return chart;
    }

    private static Chart Percentiles(List<(double Percentile, double Milliseconds)> levels)
    {
        var drawn = levels.Where(static level => level.Percentile < 100).ToArray();
        drawn = drawn.Length == 0 ? [(0, levels[0].Milliseconds)] : drawn;
        var highest = drawn[^1].Percentile;
        var chart = new Chart("percentiles", "Latency by percentile",
            Scale.Percentiles("part of the operations that were at least as fast", highest), LatencyScale("latency (ms)", drawn[0].Milliseconds, levels[^1].Milliseconds),
            right: 30)
        {
            Note = "Each nine has the same room. The maximum, which no percentile below 100 reaches, is in the table.",
        };
        chart.ShowVerticalGrid();
        chart.Add(new Line("", Palette.Of(0), drawn));
        foreach (var wanted in new[] { 50, 99, 99.9, 99.99 })
        {
            if (wanted <= highest)
            {
                var value = drawn.First(level => level.Percentile >= wanted).Milliseconds;
                chart.AddDot(wanted, value, Palette.Of(0));
                chart.AddLabel(Milliseconds(value), wanted, value, Palette.Of(0), Alignment.LowerRight, -5, -4);
            }
        }

        return chart;
    }

    private static Chart Distribution(RunResult result)
    {
        var (start, end) = (result.Latencies.GetValueAtPercentile(0) / PerMillisecond, result.Latencies.GetValueAtPercentile(99.9) / PerMillisecond);
        var x = LatencyScale("latency (ms)", start, end);
        var chart = new Chart("distribution", "Cumulative distribution of the latency", x, Scale.Linear("operations (%)", 0, 100, ticks: 5), right: 30)
        {
            Note = "Up to the 99.9th percentile.",
        };
        chart.ShowVerticalGrid();
        chart.Add(new Line("", Palette.Of(0), Cumulative(result.Latencies, start, end, x)));
        var median = result.Report.Latency.P50;
        if (median > 0 && median <= end)
        {
            chart.AddDot(median, 50, Palette.Of(0));
            chart.AddLabel($"median {Milliseconds(median)}", median, 50, Palette.Of(0), Alignment.MiddleLeft, 8, 8);
        }

        return chart;
    }

    /// <summary>A point for each recorded value that is some way from the last one, to the right or up.</summary>
    private static List<(double, double)> Cumulative(LongHistogram latencies, double start, double end, Scale x)
    {
        const double Way = 0.004;
        var points = new List<(double X, double Y)> { (start, 0) };
        foreach (var value in latencies.RecordedValues())
        {
            var at = value.ValueIteratedTo / PerMillisecond;
            if (at > end)
            {
                break;
            }

            var percent = 100.0 * value.TotalCountToThisValue / latencies.TotalCount;
            if (percent - points[^1].Y > 100 * Way || x.Map(at) - x.Map(points[^1].X) > (x.To - x.From) * Way)
            {
                points.Add((at, percent));
            }
        }

        return points;
    }

    /// <summary>Logarithmic when the values lie more than a factor of ten apart.</summary>
    internal static Scale LatencyScale(string label, double from, double to) =>
        to > 10 * from && from > 0 ? Scale.Log(label, from, to) : Scale.Linear(label, 0, to);

    internal static string Milliseconds(double value) =>
        (value >= 100 ? value.ToString("N0", CultureInfo.InvariantCulture) : value.ToString(value >= 10 ? "0.0" : value >= 1 ? "0.00" : "0.000", CultureInfo.InvariantCulture)) + " ms";

    /// <summary>Percentile levels with their values, dense towards the slowest, as the histogram iterates them.</summary>
    private static List<(double Percentile, double Milliseconds)> Levels(LongHistogram latencies)
    {
        const int StepsPerHalf = 20;
        var levels = new List<(double, double)> { (0, latencies.GetValueAtPercentile(0) / PerMillisecond) };
        foreach (var value in latencies.Percentiles(StepsPerHalf))
        {
            levels.Add((value.PercentileLevelIteratedTo, value.ValueIteratedTo / PerMillisecond));
        }

        return levels;
    }

    private static float Dots(int points) => points <= 40 ? 5 : 0;
}
