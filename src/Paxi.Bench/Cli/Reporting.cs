using Paxi.Bench.Loads;
using Paxi.Bench.Measurement;
using Paxi.Bench.Workloads;
using Paxi.TestKit.Linearizability;

namespace Paxi.Bench.Cli;

/// <summary>Runs a load on a driver and makes the report of it.</summary>
internal static class Reporting
{
    /// <param name="algorithm">What runs.</param>
    /// <param name="replicas">How many of it.</param>
    /// <param name="driver">How it is reached.</param>
    /// <param name="processes">Names and process ids to measure, without this process.</param>
    /// <param name="counters">Asks the replicas what they count; null when that cannot be asked.</param>
    /// <param name="history">Records what goes through the driver when the history is to be judged; else null.</param>
    public static async Task<LoadReport> MeasureAsync(
        string algorithm, int replicas, IDriver driver, Workload workload, LoadPlan plan,
        IReadOnlyList<(string Name, int Id)> processes, HistoryDriver? history, CancellationToken cancellation, ReplicaCounters? counters = null)
    {
        var meter = new LoadMeter();
        var samples = new List<ProcessSample>();
        var counts = new List<IReadOnlyDictionary<string, long>>();
        IReadOnlyList<(string Name, int Id)> all = [("load", Environment.ProcessId), .. processes];
        await ClosedLoop.RunAsync(history ?? driver, workload, plan, meter, async () =>
        {
            samples.Add(ProcessSample.Take(all));
            counts.Add(counters is null ? ReplicaCounters.None : await counters.ReadAsync(cancellation));
        }, cancellation);
        var report = new LoadReport
        {
            Algorithm = algorithm,
            Replicas = replicas,
            Clients = plan.Clients,
            Seconds = meter.Length.TotalSeconds,
            Operations = meter.Operations,
            Errors = meter.Errors,
            Unknown = meter.Unknown,
            Latency = LatencySummary.Of(meter.Latencies()),
            PerSecond = meter.PerSecond(),
            Processes = samples[1].Since(samples[0]),
            MachineBusy = samples[1].MachineBusySince(samples[0]),
            FirstError = meter.FirstError,
            Counters = ReplicaCounters.Difference(counts[0], counts[1]),
        };
        return history is null ? report : Judge(report, history);
    }

    /// <summary>Prints it and returns the exit status.</summary>
    public static int Finish(LoadReport report, string title, bool json)
    {
        Console.Out.WriteLine(ReportWriter.Text(report, title));
        if (json)
        {
            Console.Out.WriteLine(ReportWriter.Json(report));
        }

        if (report.Linearizable == false || report.Operations == 0)
        {
            return ExitStatus.Failed;
        }

        return report.Check is not null && report.Linearizable is null ? ExitStatus.Undecided : ExitStatus.Good;
    }

    private static LoadReport Judge(LoadReport report, HistoryDriver history)
    {
        var check = LinearizabilityChecker.Check(history.ToHistory());
        var verdict = check.Verdict switch
        {
            Verdict.Yes => "linearizable",
            Verdict.No => $"NOT linearizable, key {check.Key}: {check.Reason}",
            _ => $"undecided: {check.Reason}",
        };
        return report with
        {
            Linearizable = check.Verdict switch { Verdict.Yes => true, Verdict.No => false, _ => null },
            Check = $"{verdict} ({check.Operations} operations, warm-up included, judged in {check.Elapsed.TotalSeconds:0.0} s)",
        };
    }
}
