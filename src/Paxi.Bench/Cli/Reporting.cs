using Paxi.Bench.Loads;
using Paxi.Bench.Measurement;
using Paxi.Bench.Runs;
using Paxi.Bench.Workloads;

namespace Paxi.Bench.Cli;

/// <summary>Runs a load on what Paxi is compared with, and prints reports.</summary>
internal static class Reporting
{
    /// <param name="algorithm">What runs.</param>
    /// <param name="replicas">How many of it.</param>
    /// <param name="driver">How it is reached.</param>
    /// <param name="processes">Names and process ids to measure, without this process.</param>
    public static async Task<LoadRun> MeasureAsync(
        string algorithm, int replicas, IDriver driver, Workload workload, LoadPlan plan,
        IReadOnlyList<(string Name, int Id)> processes, CancellationToken cancellation)
    {
        var target = new LoadTarget { Algorithm = algorithm, Replicas = replicas, Driver = driver, Processes = () => processes };
        var run = new LoadRun(target, workload, plan, isChecked: false);
        await run.RunAsync(null, null, cancellation);
        return run;
    }

    /// <summary>Leaves it in the folder, prints it and returns the exit status.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="configuration">In HOCON; empty when there is none.</param>
    public static int Leave(LoadRun run, string title, IReadOnlyList<string> arguments, string configuration, bool json, RunFolder folder)
    {
        var result = run.ToResult(title, arguments, configuration);
        folder.Write(result, run.History);
        return Finish(result.Report, title, json, folder);
    }

    /// <summary>Prints it and returns the exit status.</summary>
    /// <param name="folder">Where the run was left; null for nowhere.</param>
    public static int Finish(LoadReport report, string title, bool json, RunFolder? folder = null)
    {
        Console.Out.WriteLine(ReportWriter.Text(report, title));
        if (folder is not null)
        {
            Console.Out.WriteLine($"  folder     {folder.Path}");
        }

        if (json)
        {
            Console.Out.WriteLine(ReportWriter.Json(report));
        }

        return Status(report);
    }

    public static int Status(LoadReport report)
    {
        if (report.Linearizable == false || report.Operations == 0)
        {
            return ExitStatus.Failed;
        }

        return report.Check is not null && report.Linearizable is null ? ExitStatus.Undecided : ExitStatus.Good;
    }
}
