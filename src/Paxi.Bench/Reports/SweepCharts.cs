using System.Globalization;
using Paxi.Bench.Measurement;
using Paxi.Bench.Model;
using Paxi.Bench.Reports.Charts;
using Alignment = ScottPlot.Alignment;

namespace Paxi.Bench.Reports;

/// <summary>The charts of a sweep or of a comparison. Runs that do not count are rings and no part of a line.</summary>
internal static class SweepCharts
{
    private const int Tall = 380;
    private const double MostPixels = 80;

    public static IEnumerable<Chart> Of(SweepResult sweep)
    {
        if (!Points(sweep).Any())
        {
            yield break;
        }

        if (sweep.IsPaired)
        {
            yield return Rounds(sweep, "rounds-throughput", "Throughput of each run", "operations/s", static report => report.OperationsPerSecond);
            yield return Rounds(sweep, "rounds-latency", "Median latency of each run", "latency (ms)", static report => report.Latency.P50);
            yield break;
        }

        yield return AgainstThroughput(sweep, "latency-throughput", "Mean latency against throughput", static latency => latency.Mean, withModel: true);
        yield return AgainstThroughput(sweep, "tail-throughput", "99th percentile of the latency against throughput", static latency => latency.P99, withModel: false);
        yield return AgainstValue(sweep, "throughput", "Throughput", "operations/s", static report => report.OperationsPerSecond);
        yield return AgainstValue(sweep, "latency", "Median latency", "latency (ms)", static report => report.Latency.P50);
    }

    /// <summary>The points that count, or that are at least something to draw.</summary>
    private static IEnumerable<SweepPoint> Points(SweepResult sweep) =>
        sweep.Series.SelectMany(static series => series.Points).Where(static point => point.Report.Operations > 0);

    private static Chart AgainstThroughput(SweepResult sweep, string name, string title, Func<LatencySummary, double> latency, bool withModel)
    {
        var all = Points(sweep).Select(point => (X: point.Report.OperationsPerSecond, Y: latency(point.Report.Latency))).ToArray();
        var (highest, lowest) = (all.Max(static point => point.Y), all.Min(static point => point.Y));
        var curves = withModel ? Curves(sweep, all.Min(static point => point.X), highest).ToArray() : [];
        var farthest = Math.Max(all.Max(static point => point.X), curves.SelectMany(static curve => curve.Points).Select(static point => point.Rate).DefaultIfEmpty().Max());
        var names = sweep.Series.Select(static series => series.Name).Concat(curves.Select(static curve => curve.Name));
        var chart = new Chart(name, title, Scale.Linear("throughput (operations/s)", 0, farthest, ticks: 8), RunCharts.LatencyScale("latency (ms)", lowest, highest),
            Tall, Chart.RoomFor(names))
        {
            Note = $"Numbers at the points: {sweep.Variable}. " + (curves.Length == 0 ? "" :
                "Dashed: one queue with random arrivals (M/D/1); its service time is from the highest throughput measured, its height from the lowest point, so only its shape is told. " +
                "A system that batches stays below it; clients that wait for their answers do not queue as random arrivals do."),
        };
        chart.ShowVerticalGrid();
        foreach (var (curve, ink, points) in curves)
        {
            chart.Add(new Line(curve, ink, [.. points.Where(point => point.Latency <= highest * 1.02).Select(static point => (point.Rate, point.Latency))])
            {
                IsDashed = true,
                Width = 1.2f,
            });
        }

        for (var index = 0; index < sweep.Series.Count; index++)
        {
            var series = sweep.Series[index];
            Draw(chart, series, Palette.Of(index), report => (report.OperationsPerSecond, latency(report.Latency)));
        }

        Values(chart, sweep.Series, latency);
        return chart;
    }

    private static IEnumerable<(string Name, Ink Ink, IReadOnlyList<CurvePoint> Points)> Curves(SweepResult sweep, double from, double highest)
    {
        foreach (var model in sweep.Models)
        {
            yield return ($"model: {model.Name}", Palette.Soft, model.Points(from, highest));
        }

        for (var index = 0; index < sweep.Series.Count; index++)
        {
            var fit = LatencyCurve.Fit("M/D/1", [.. sweep.Series[index].Points.Where(static point => point.Invalid is null)
                .Select(static point => new CurvePoint(point.Report.OperationsPerSecond, point.Report.Latency.Mean))]);
            if (fit is not null)
            {
                yield return (sweep.Series.Count == 1 ? "M/D/1" : $"M/D/1, {sweep.Series[index].Name}", Palette.Of(index), fit.Points(from, highest));
            }
        }
    }

    private static Chart AgainstValue(SweepResult sweep, string name, string what, string unit, Func<LoadReport, double> measure)
    {
        string[] values = [.. sweep.Series.SelectMany(static series => series.Points).Select(static point => point.Value).Distinct(StringComparer.Ordinal)];
        var numbers = values.Select(static value => double.TryParse(value, CultureInfo.InvariantCulture, out var number) ? number : double.NaN).ToArray();
        var isNumeric = numbers.All(double.IsFinite);
        double At(string value) => isNumeric ? double.Parse(value, CultureInfo.InvariantCulture) : Array.IndexOf(values, value);
        var x = !isNumeric ? Scale.Columns(sweep.Variable, values)
            : numbers.Min() > 0 && numbers.Max() > 20 * numbers.Min() ? Exact(Scale.Log(sweep.Variable, numbers.Min(), numbers.Max()), numbers)
            : Scale.Linear(sweep.Variable, Math.Min(0, numbers.Min()), numbers.Max(), ticks: 8);
        var highest = Points(sweep).Max(point => measure(point.Report));
        var chart = new Chart($"{name}-value", $"{what} against {sweep.Variable}", x, Scale.Linear(unit, 0, highest), right: Chart.RoomFor(sweep.Series.Select(static series => series.Name)));
        for (var index = 0; index < sweep.Series.Count; index++)
        {
            var series = sweep.Series[index];
            Draw(chart, series, Palette.Of(index), report => (At(series.Points.First(point => ReferenceEquals(point.Report, report)).Value), measure(report)));
        }

        return chart;
    }

    /// <summary>Each run of a comparison as a dot in the row of its series, the median as a line.</summary>
    private static Chart Rounds(SweepResult sweep, string name, string title, string unit, Func<LoadReport, double> measure)
    {
        const double NameRoom = 200;
        var highest = Points(sweep).Max(point => measure(point.Report));
        var names = Scale.Names("", [.. sweep.Series.Select(static series => ChartFont.Fit(series.Name, NameRoom))]);
        var chart = new Chart(name, title, Scale.Linear(unit, 0, highest, ticks: 8), names, 70 + (36 * Math.Max(2, sweep.Series.Count)), right: 40)
        {
            Note = "A dot is a run, the line their median, with its value.",
        };
        chart.ShowVerticalGrid();
        for (var index = 0; index < sweep.Series.Count; index++)
        {
            var ink = Palette.Of(index);
            var counted = sweep.Series[index].Points.Where(static point => point.Invalid is null && point.Report.Operations > 0).Select(point => measure(point.Report)).ToArray();
            foreach (var point in sweep.Series[index].Points.Where(static point => point.Report.Operations > 0))
            {
                chart.AddDot(measure(point.Report), index, ink, isHollow: point.Invalid is not null);
            }

            if (counted.Length > 0)
            {
                var median = Median(counted);
                chart.AddSegment(median, index - 0.35, median, index + 0.35, ink, 2);
                chart.AddLabel(Scale.Short(Math.Round(median, median >= 100 ? 0 : 2)), median, index, ink, Alignment.LowerCenter, 0, -14);
            }
        }

        return chart;
    }

    internal static double Median(IReadOnlyCollection<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    private static void Draw(Chart chart, SweepSeries series, Ink ink, Func<LoadReport, (double X, double Y)> at)
    {
        var done = series.Points.Where(static point => point.Report.Operations > 0).ToArray();
        chart.Add(new Line(series.Name, ink, [.. done.Where(static point => point.Invalid is null).Select(point => at(point.Report))]) { Dots = 6 });
        foreach (var point in done.Where(static point => point.Invalid is not null))
        {
            chart.AddDot(at(point.Report).X, at(point.Report).Y, ink, isHollow: true);
        }
    }

    /// <summary>What was varied, at the points that have room for it; those of the highest load come first.</summary>
    private static void Values(Chart chart, IReadOnlyList<SweepSeries> all, Func<LatencySummary, double> latency)
    {
        const double LineHeight = 15;
        var taken = new List<(double Left, double Right, double Y)>();
        for (var series = 0; series < all.Count; series++)
        {
            SweepPoint[] points = [.. all[series].Points.Where(static point => point.Report.Operations > 0)];
            for (var index = points.Length - 1; index >= 0; index--)
            {
                var text = ChartFont.Fit(points[index].Value, MostPixels);
                var (x, y) = (points[index].Report.OperationsPerSecond, latency(points[index].Report.Latency));
                var at = chart.PixelOf(x, y);

                // A line that comes down to the point from the left would cross a text above it.
                var isBelow = index > 0 && at.Y > 2 * LineHeight && latency(points[index - 1].Report.Latency) > y && points[index - 1].Report.OperationsPerSecond < x;
                var middle = at.Y + (isBelow ? -LineHeight : LineHeight) / 2;
                var left = at.X - ChartFont.Width(text) - 8;
                if (!taken.Exists(other => other.Left < at.X && other.Right > left && Math.Abs(other.Y - middle) < LineHeight))
                {
                    taken.Add((left, at.X, middle));
                    chart.AddLabel(text, x, y, Palette.Of(series), isBelow ? Alignment.UpperRight : Alignment.LowerRight, -5, isBelow ? 4 : -4);
                }
            }
        }
    }

    /// <summary>The values themselves on the axis, when there are few.</summary>
    private static Scale Exact(Scale scale, double[] values) => values.Length > 12
        ? scale
        : scale with { Ticks = [.. values.Order().Select(value => (scale.Map(value), Scale.Short(value)))] };
}
