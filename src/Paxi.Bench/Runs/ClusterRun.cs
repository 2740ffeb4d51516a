using System.Diagnostics;
using System.Globalization;
using Paxi.Actors.Configuration;
using Paxi.Bench.Drivers;
using Paxi.Bench.Loads;
using Paxi.Bench.Measurement;
using Paxi.Bench.Processes;
using Paxi.Bench.Workloads;

namespace Paxi.Bench.Runs;

/// <summary>A load on replicas that have been started, and what it leaves.</summary>
internal sealed class ClusterRun(PaxiSettings settings, AccessSpec access, LoadSpec load)
{
    /// <summary>Nine replicas on a small machine take a while to start.</summary>
    private static readonly TimeSpan LeaderPatience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan LeaderPoll = TimeSpan.FromMilliseconds(100);

    private LoadRun? _run;
    private OwnershipSampler? _ownership;

    /// <summary>Names and process ids of the replicas, as far as they are on this machine.</summary>
    public Func<IReadOnlyList<(string Name, int Id)>> Processes { get; init; } = static () => [];

    /// <summary>In front of every key.</summary>
    public string KeyPrefix { get; init; } = "";

    /// <summary>Null before the load began.</summary>
    public LoadMeter? Meter => _run?.Meter;

    private int Zones => access.IsSpread ? ZoneReplicas.Count(settings) : 1;

    /// <summary>Waits until the replicas answer, then loads them.</summary>
    /// <param name="duringWindow">Runs beside the load; null for nothing.</param>
    public async Task LoadAsync(RunProgress progress, Func<CancellationToken, Task>? duringWindow, CancellationToken cancellation)
    {
        var plan = load.Plan(Zones);
        await using IDriver driver = access.IsHttp
            ? new RestDriver(settings, plan.Clients, access.IsSpread)
            : PaxiDriver.Connect(settings, access.Actors, access.IsSpread);
        await WaitForLeaderAsync(driver, plan, progress, cancellation);
        using var counters = new ReplicaCounters(settings);

        // Before the load: a replica compiles some 1,700 methods for its first answer, which would fall into the window. For the same reason owners are counted during the warm-up too.
        await counters.ReadAsync(cancellation);
        var target = new LoadTarget
        {
            Algorithm = settings.Algorithm,
            Replicas = settings.Ids.Length,
            Driver = driver,
            Processes = Processes,
            Counters = counters,
        };
        _run = new LoadRun(target, load.Create(Zones, KeyPrefix), plan, load.Check);
        _ownership = OwnershipSampler.Serves(settings) ? new OwnershipSampler(settings, counters) : null;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var sampling = _ownership?.RunAsync(_run.Meter, stop.Token) ?? Task.CompletedTask;
        try
        {
            await _run.RunAsync(progress.Tick, duringWindow, cancellation);
        }
        finally
        {
            await stop.CancelAsync();
            await sampling;
        }
    }

    /// <summary>Writes what was measured, and returns it.</summary>
    /// <param name="configuration">In HOCON.</param>
    /// <param name="invalid">Why the run does not count; null when it does.</param>
    public RunResult Leave(
        RunFolder folder, string title, IReadOnlyList<string> arguments, string configuration, IReadOnlyList<FaultMark> faults, string? invalid = null)
    {
        var run = _run ?? throw new InvalidOperationException("the load did not begin");
        var result = run.ToResult(title, arguments, configuration, invalid) with
        {
            Zones = [.. run.Meter.ZoneLatencies().Select(static (latencies, zone) => new ZoneLatency(zone + 1, (zone + 1).ToString(CultureInfo.InvariantCulture), latencies))],
            Faults = faults,
            Ownership = _ownership?.Samples ?? [],
        };
        folder.Write(result, run.History);
        return result;
    }

    /// <summary>Until the first read of a client for each replica is answered.</summary>
    private async Task WaitForLeaderAsync(IDriver driver, LoadPlan plan, RunProgress progress, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        for (var client = 0; client < Math.Min(plan.Clients, settings.Ids.Length); client++)
        {
            LoadResult result;
            while ((result = await driver.SendAsync(client, new LoadOperation($"{KeyPrefix}is-there-a-leader", null))).Outcome != LoadOutcome.Done)
            {
                var elapsed = Stopwatch.GetElapsedTime(started);
                progress.Tick(new LoadTick("waiting for the replicas", elapsed, null, 0));
                if (elapsed > LeaderPatience)
                {
                    throw new BenchException($"no replica answered within {LeaderPatience.TotalSeconds:0} s: {result.Error}");
                }

                await Task.Delay(LeaderPoll, cancellation);
            }
        }
    }
}
