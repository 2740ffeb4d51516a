using Paxi.Bench.Loads;
using Paxi.Bench.Measurement;
using Paxi.Bench.Workloads;
using Paxi.TestKit.Histories;
using Paxi.TestKit.Linearizability;

namespace Paxi.Bench.Runs;

/// <summary>Whom a load meets.</summary>
internal sealed record LoadTarget
{
    public required string Algorithm { get; init; }

    public required int Replicas { get; init; }

    /// <summary>How it is reached.</summary>
    public required IDriver Driver { get; init; }

    /// <summary>Names and process ids to measure, as they are now, without this process.</summary>
    public Func<IReadOnlyList<(string Name, int Id)>> Processes { get; init; } = static () => [];

    /// <summary>Asks the replicas what they count; null when that cannot be asked.</summary>
    public ReplicaCounters? Counters { get; init; }
}

/// <summary>One load on one target, and what is measured of it. Also after it was cut short it has what was measured until then.</summary>
internal sealed class LoadRun(LoadTarget target, Workload workload, LoadPlan plan, bool isChecked)
{
    private readonly HistoryDriver? _history = isChecked ? new HistoryDriver(target.Driver) : null;
    private readonly List<ProcessSample> _samples = [];
    private readonly List<IReadOnlyList<ReplicaCount>> _counts = [];

    public LoadMeter Meter { get; } = new(plan.Zones);

    /// <summary>What was recorded so far; null when it is not.</summary>
    public History? History => _history?.ToHistory();

    /// <summary>Runs it to its end.</summary>
    /// <param name="onTick">Called some times a second.</param>
    /// <param name="duringWindow">See <see cref="LoadHooks.DuringWindow"/>.</param>
    public Task RunAsync(Action<LoadTick>? onTick, Func<CancellationToken, Task>? duringWindow, CancellationToken cancellation) =>
        LoadLoop.RunAsync(_history ?? target.Driver, workload, plan, Meter, new LoadHooks
        {
            AtEdge = async () =>
            {
                _samples.Add(ProcessSample.Take([("load", Environment.ProcessId), .. target.Processes()]));
                _counts.Add(target.Counters is null ? [] : await target.Counters.ReadAsync(cancellation));
            },
            OnTick = onTick ?? (static _ => { }),
            DuringWindow = duringWindow,
        }, cancellation);

    /// <summary>The figures.</summary>
    /// <param name="isJudged">Whether a history that was recorded is checked.</param>
    private LoadReport ToReport(bool isJudged)
    {
        if (Meter.To == long.MaxValue)
        {
            Meter.Close();
        }

        var wasMeasured = _samples.Count == 2;
        var report = new LoadReport
        {
            Algorithm = target.Algorithm,
            Replicas = target.Replicas,
            Clients = plan.Clients,
            // Before it was opened there was no window.
            Seconds = Math.Max(0, Meter.Length.TotalSeconds),
            Operations = Meter.Operations,
            Errors = Meter.Errors,
            Unknown = Meter.Unknown,
            Latency = LatencySummary.Of(Meter.Latencies()),
            Rate = plan.Rate,
            Missed = Meter.Missed,
            Lateness = plan.Rate > 0 ? LatencySummary.Of(Meter.Lateness()) : null,
            PerSecond = Meter.PerSecond(),
            Processes = wasMeasured ? _samples[1].Since(_samples[0]) : [],
            MachineBusy = wasMeasured ? _samples[1].MachineBusySince(_samples[0]) : null,
            FirstError = Meter.FirstError,
            Counters = _counts.Count == 2 ? ReplicaCounters.Difference(_counts[0], _counts[1]) : ReplicaCounters.None,
            Links = _counts.Count == 2 ? ReplicaCounters.Links(_counts[0], _counts[1]) : [],
        };
        return _history is null || !isJudged ? report : Judge(report, _history.ToHistory());
    }

    /// <summary>The figures with all that a folder keeps of a run.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="configuration">In HOCON; empty when there is none.</param>
    /// <param name="invalid">Why the run does not count, and its history is not judged; null when it does.</param>
    public RunResult ToResult(string title, IReadOnlyList<string> arguments, string configuration, string? invalid = null) => new()
    {
        Title = title,
        Report = ToReport(isJudged: invalid is null),
        Invalid = invalid,
        Arguments = arguments,
        Configuration = configuration,
        Host = HostFacts.Gather(),
        Latencies = Meter.Latencies(),
        Seconds = Meter.Samples(),
    };

    private static LoadReport Judge(LoadReport report, History history)
    {
        var check = LinearizabilityChecker.Check(history);
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
