using Paxi.Bench.Measurement;

namespace Paxi.Bench.Reports;

/// <summary>The page of a sweep or of a comparison: latency against throughput with the model beside it, or the runs in pairs; every run in a table.</summary>
public static class SweepPage
{
    /// <summary>Writes <see cref="ReportPage.FileName"/> and <c>charts/*.png</c>.</summary>
    /// <param name="folder">Of the sweep; made when it is missing.</param>
    /// <returns>The path of the page.</returns>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static string Write(string folder, SweepResult sweep)
    {
        ArgumentNullException.ThrowIfNull(sweep);
        var page = new Page(folder, sweep.Title);
        page.Element("h1", sweep.Title);
        var points = sweep.Series.SelectMany(static series => series.Points).ToArray();
        var invalid = points.Count(static point => point.Invalid is not null);
        page.Element("p", $"{points.Length} runs, {(sweep.IsPaired ? "in turn" : $"over {sweep.Variable}")}", "lead");
        if (invalid > 0)
        {
            page.Box("bad", $"{invalid} of {points.Length} runs do not count:", "they are rings in the charts, part of no line, median or ratio, and red in the table.");
        }

        if (sweep.IsPaired)
        {
            Ratios(page, sweep);
        }

        foreach (var chart in SweepCharts.Of(sweep))
        {
            page.Add(chart);
        }

        Runs(page, sweep);
        page.Element("h2", "Host and arguments");
        page.Table([], sweep.Host.Select(static pair => (IReadOnlyList<Cell>)[pair.Key, pair.Value]));
        page.Details("Command line", ReportPage.CommandLine(sweep.Arguments), isWrapped: true);
        return page.Write(ReportPage.FileName);
    }

    /// <summary>Medians, and the ratio to the first series: of each pair of runs that both count, their median and their range.</summary>
    private static void Ratios(Page page, SweepResult sweep)
    {
        page.Element("h2", "Medians and paired ratios");
        page.Table(
            [
                "", Cell.Number("runs"), Cell.Number("operations/s"), Cell.Number("ratio"), Cell.Number("range"), Cell.Number("median latency (ms)"), Cell.Number("ratio"),
                Cell.Number("range"),
            ],
            sweep.Series.Select((series, index) =>
            {
                var counted = series.Points.Where(IsCounted).Select(static point => point.Report).ToArray();
                return (IReadOnlyList<Cell>)
                [
                    series.Name, Cell.Number($"{counted.Length}"),
                    .. Measure(sweep, index, counted, static report => report.OperationsPerSecond, "N0"),
                    .. Measure(sweep, index, counted, static report => report.Latency.P50, "0.000"),
                ];
            }));
    }

    private static IEnumerable<Cell> Measure(SweepResult sweep, int index, LoadReport[] counted, Func<LoadReport, double> measure, string format)
    {
        yield return Cell.Number(counted.Length == 0 ? "–" : ReportPage.Number(SweepCharts.Median([.. counted.Select(measure)]), format));
        var ratios = PairedRatios(sweep.Series[0], sweep.Series[index], measure);
        yield return Cell.Number(index == 0 || ratios.Count == 0 ? "–" : ReportPage.Number(SweepCharts.Median(ratios), "0.000"));
        yield return Cell.Number(index == 0 || ratios.Count == 0 ? "" : $"{ReportPage.Number(ratios.Min(), "0.000")} to {ReportPage.Number(ratios.Max(), "0.000")}");
    }

    /// <summary>Of each pair at the same place of which both count, the second's measure by the first's.</summary>
    public static IReadOnlyList<double> PairedRatios(SweepSeries first, SweepSeries second, Func<LoadReport, double> measure) =>
    [
        .. first.Points.Zip(second.Points).Where(static pair => IsCounted(pair.First) && IsCounted(pair.Second))
            .Select(pair => measure(pair.Second.Report) / measure(pair.First.Report)).Where(double.IsFinite),
    ];

    private static bool IsCounted(SweepPoint point) => point.Invalid is null && point.Report.Operations > 0;

    private static void Runs(Page page, SweepResult sweep)
    {
        page.Element("h2", "All runs");
        var rows = sweep.Series.SelectMany(static series => series.Points.Select(point => (series.Name, Point: point))).ToArray();
        static Cell Value(double value) => Cell.Number(ReportPage.Number(value, "0.000"));
        page.Table(
            [
                "", sweep.Variable, Cell.Number("operations/s"), Cell.Number("mean (ms)"), Cell.Number("50 %"), Cell.Number("99 %"), Cell.Number("99.9 %"), Cell.Number("errors"),
                Cell.Number("unknown"), "",
            ],
            rows.Select(static row =>
            {
                var (report, latency) = (row.Point.Report, row.Point.Report.Latency);
                return (IReadOnlyList<Cell>)
                [
                    row.Name, new Cell(row.Point.Value) { Link = row.Point.Folder is { } folder ? $"{folder}/{ReportPage.FileName}" : null },
                    Cell.Number(ReportPage.Number(report.OperationsPerSecond)), Value(latency.Mean), Value(latency.P50), Value(latency.P99), Value(latency.P999),
                    Cell.Number(ReportPage.Number(report.Errors)), Cell.Number(ReportPage.Number(report.Unknown)), Remark(row.Point),
                ];
            }),
            row => rows[row].Point.Invalid is not null);
    }

    private static string Remark(SweepPoint point) =>
        point.Invalid is { } reason ? $"does not count: {reason}"
        : point.Report.Linearizable == false ? "NOT linearizable"
        : Bottleneck.Find(point.Report) is not null ? "the load generator is the bottleneck"
        : "";
}
