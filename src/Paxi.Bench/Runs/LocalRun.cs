using Paxi.Actors.Configuration;
using Paxi.Bench.Processes;

namespace Paxi.Bench.Runs;

/// <summary>Starts a cluster of processes, loads it, stops it, and leaves what was measured.</summary>
/// <param name="arguments">The command line, for the record.</param>
internal sealed class LocalRun(LocalSpec spec, IReadOnlyList<string> arguments)
{
    /// <summary>HOCON in front of what people set.</summary>
    public string? Configuration { get; init; }

    /// <summary>What happens to the replicas meanwhile; null for nothing.</summary>
    public Func<LocalCluster, ClusterRun, IFaultRun>? Faults { get; init; }

    /// <exception cref="BenchException">The run did not come about, or is invalid; the folder says why.</exception>
    public async Task<RunResult> RunAsync(RunFolder folder, RunProgress progress, CancellationToken cancellation)
    {
        progress.Begin(spec.Algorithm);
        using var directory = new TemporaryDirectory(spec.Data);
        var (config, settings) = spec.Write(directory, Configuration);
        var text = await File.ReadAllTextAsync(config, cancellation);
        await using var cluster = LocalCluster.Start(config, settings);
        var run = new ClusterRun(settings, spec.Access, spec.Load) { Processes = () => cluster.Processes };
        var faults = Faults?.Invoke(cluster, run);
        await Unfinished.GuardAsync(
            folder,
            () => cluster.WhileAliveAsync(async stop =>
            {
                await run.LoadAsync(progress, faults is null ? null : faults.RunAsync, stop);
                return true;
            }, cancellation),
            () => run.Meter,
            invalid => run.Leave(folder, spec.Title, arguments, text, faults?.Marks() ?? [], invalid));
        return run.Leave(folder, spec.Title, arguments, text, faults?.Marks() ?? []);
    }
}

/// <summary>Faults during one run.</summary>
internal interface IFaultRun
{
    /// <summary>Does them, from the opening of the window on; ends after the last one, or when it is cancelled.</summary>
    Task RunAsync(CancellationToken cancellation);

    /// <summary>What was done, and what came of it; after the load.</summary>
    IReadOnlyList<FaultMark> Marks();
}
