using System.Globalization;
using Paxi.Bench.Measurement;
using Paxi.Bench.Runs;

namespace Paxi.Bench.Reports;

/// <summary>The page of one run: what was measured, first in a few figures, then in charts, then in full; and the pictures of the charts.</summary>
public static class ReportPage
{
    public const string FileName = "report.html";

    /// <summary>Writes <see cref="FileName"/> and <c>charts/*.png</c>.</summary>
    /// <param name="folder">Of the run; made when it is missing.</param>
    /// <returns>The path of the page.</returns>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static string Write(string folder, RunResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var page = new Page(folder, result.Invalid is null ? result.Title : $"INVALID: {result.Title}");
        page.Element("h1", result.Title);
        page.Element("p", Lead(result.Report), "lead");
        Verdicts(page, result);
        page.Figures(Headline(result.Report));
        foreach (var chart in RunCharts.Of(result))
        {
            page.Add(chart);
            if (chart.Name == "throughput" && result.Faults.Count > 0)
            {
                Faults(page, result.Faults);
            }

            if (chart.Name == "zones")
            {
                Zones(page, result.Zones);
            }
        }

        Summary(page, result.Report);
        Host(page, result);
        return page.Write(FileName);
    }

    internal static string Number(double value, string format = "N0") => value.ToString(format, CultureInfo.InvariantCulture);

    private static string Lead(LoadReport report) => string.Create(CultureInfo.InvariantCulture,
        $"{report.Algorithm}, {report.Replicas} replicas, {report.Clients:N0} clients, a window of {report.Seconds:0.#} s after the warm-up");

    private static void Verdicts(Page page, RunResult result)
    {
        if (result.Invalid is { } reason)
        {
            page.Box("bad", "This run does not count:", reason);
        }

        if (result.Report.Linearizable == false)
        {
            page.Box("bad", "Not linearizable:", result.Report.Check ?? "the checker found a contradiction");
        }

        foreach (var note in new[] { Bottleneck.Find(result.Report), Bottleneck.FindOthers(result.Report) })
        {
            if (note is not null)
            {
                page.Box("notice", "Note:", note);
            }
        }
    }

    private static IEnumerable<(string, string)> Headline(LoadReport report) =>
    [
        (Number(report.OperationsPerSecond), "operations/s"),
        (RunCharts.Milliseconds(report.Latency.P50), "median"),
        (RunCharts.Milliseconds(report.Latency.P99), "99 %"),
        (RunCharts.Milliseconds(report.Latency.P999), "99.9 %"),
        (Number(report.Errors), report.Errors == 1 ? "error" : "errors"),
        (Number(report.Unknown), "unknown"),
    ];

    private static void Faults(Page page, IReadOnlyList<FaultMark> faults)
    {
        static string Seconds(double value) => Number(value, "0.0");
        page.Table(
            [
                Cell.Number("no."), "fault", Cell.Number("from (s)"), Cell.Number("to (s)"), Cell.Number("throughput back after (s)"),
                Cell.Number("lowest, of before"), Cell.Number("nothing answered for (s)"),
            ],
            faults.Select((fault, index) => (IReadOnlyList<Cell>)
            [
                Cell.Number(Number(index + 1)), fault.Text, Cell.Number(Seconds(fault.From)), Cell.Number(fault.To is { } to ? Seconds(to) : "the end"),
                Cell.Number(fault.Recovery is { } recovery ? Seconds(recovery) : "–"),
                Cell.Number(fault.Lowest is { } lowest ? Number(100 * lowest, "0") + " %" : "–"), Cell.Number(fault.Silence is { } silence ? Seconds(silence) : "–"),
            ]));
    }

    private static void Zones(Page page, IReadOnlyList<ZoneLatency> zones)
    {
        static Cell Value(double value) => Cell.Number(Number(value, "0.000"));
        page.Table(
            ["zone", Cell.Number("operations"), Cell.Number("mean (ms)"), Cell.Number("50 %"), Cell.Number("95 %"), Cell.Number("99 %"), Cell.Number("max")],
            zones.OrderBy(static zone => zone.Zone).Select(static zone =>
            {
                var latency = LatencySummary.Of(zone.Latencies);
                return (IReadOnlyList<Cell>)
                [
                    ZoneChart.NameOf(zone), Cell.Number(Number(zone.Latencies.TotalCount)), Value(latency.Mean), Value(latency.P50), Value(latency.P95), Value(latency.P99),
                    Value(latency.Max),
                ];
            }));
    }

    private static void Summary(Page page, LoadReport report)
    {
        page.Element("h2", "All figures");
        var latency = report.Latency;
        var rows = new List<IReadOnlyList<Cell>>
        {
            new Cell[] { "operations done in the window", Cell.Number(Number(report.Operations)) },
            new Cell[] { "operations a second", Cell.Number(Number(report.OperationsPerSecond, "N1")) },
            new Cell[] { "errors (certainly without effect)", Cell.Number(Number(report.Errors)) },
            new Cell[] { "unknown (nobody can tell)", Cell.Number(Number(report.Unknown)) },
        };
        if (report.Rate > 0)
        {
            rows.Add(["arrivals a second, of an open loop", Cell.Number(Number(report.Rate))]);
            rows.Add(["arrivals not begun, for too many were outstanding", Cell.Number(Number(report.Missed))]);
            rows.Add(["begun late, 99 % (ms); a part of the latencies", Cell.Number(Number(report.Lateness?.P99 ?? 0, "N3"))]);
        }

        if (report.PerOperation("links.sent") is { } messages && report.PerOperation("links.bytes") is { } bytes)
        {
            rows.Add(["messages between replicas for each operation", Cell.Number(Number(messages, "0.000"))]);
            rows.Add(["bytes between replicas for each operation: envelopes as serialized, without frames", Cell.Number(Number(bytes))]);
        }

        foreach (var (name, value) in new[]
        {
            ("mean", latency.Mean), ("50 %", latency.P50), ("95 %", latency.P95), ("99 %", latency.P99), ("99.9 %", latency.P999), ("maximum", latency.Max),
        })
        {
            rows.Add([$"latency, {name} (ms)", Cell.Number(Number(value, "N3"))]);
        }

        page.Table([], rows);
        page.Element("p", $"History: {report.Check ?? "not checked"}.");
        if (report.FirstError is { } error)
        {
            page.Element("p", $"The first error: {error.ReplaceLineEndings(" ")}");
        }

        Processes(page, report);
        if (report.Links.Count > 0)
        {
            page.Element("h2", "Links between replicas");
            page.Element("p", "Bytes are those of the envelopes as they are serialized, before Akka.Remote and TCP put their frames around them.", "under");
            page.Table(["from", "to", Cell.Number("messages/operation"), Cell.Number("bytes/operation")], report.Links.Select(link => (IReadOnlyList<Cell>)
            [
                link.From, link.To, Cell.Number(Number((double)link.Messages / Math.Max(1, report.Operations), "0.000")),
                Cell.Number(Number((double)link.Bytes / Math.Max(1, report.Operations), "0.0")),
            ]));
        }

        if (report.Counters.Count > 0)
        {
            page.Details("What the replicas counted", string.Join('\n', report.Counters.Select(static pair => $"{Number(pair.Value),16}  {pair.Key}")));
        }
    }

    private static void Processes(Page page, LoadReport report)
    {
        if (report.Processes.Count == 0)
        {
            return;
        }

        page.Element("h2", "Processor and memory");
        page.Table(
            ["process", Cell.Number("µs/operation"), Cell.Number("cores"), Cell.Number("busiest thread"), Cell.Number("memory (MB)")],
            report.Processes.Select(process => (IReadOnlyList<Cell>)
            [
                process.Name, Cell.Number(Number(report.MicrosecondsPerOperation(process), "0.00")), Cell.Number(Number(report.Cores(process), "0.00")),
                Cell.Number(Number(report.Seconds > 0 ? 100 * process.Busiest.TotalSeconds / report.Seconds : 0, "0") + " %"),
                Cell.Number(Number(process.ResidentBytes / 1e6)),
            ]));
    }

    private static void Host(Page page, RunResult result)
    {
        page.Element("h2", "Host and arguments");
        page.Table([], result.Host.Select(static pair => (IReadOnlyList<Cell>)[pair.Key, pair.Value]));
        page.Details("Command line", CommandLine(result.Arguments), isWrapped: true);
        if (result.Configuration.Length > 0)
        {
            page.Details("Configuration (HOCON)", result.Configuration);
        }
    }

    internal static string CommandLine(IReadOnlyList<string> arguments) =>
        string.Join(' ', arguments.Select(static argument => argument.Length == 0 || argument.Any(char.IsWhiteSpace) ? $"'{argument}'" : argument));
}
