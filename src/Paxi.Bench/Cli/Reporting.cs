using Paxi.Bench.Loads;
using Paxi.Bench.Measurement;
using Paxi.Bench.Processes;
using Paxi.Bench.Runs;
using Paxi.Bench.Workloads;
using Paxi.Node.Cli;

namespace Paxi.Bench.Cli;

/// <summary>Runs a load on what Paxi is compared with, and prints reports.</summary>
internal static class Reporting
{
    /// <summary>Runs a load, leaves it in a folder, prints it and returns the exit status.</summary>
    /// <param name="target">Whom it meets.</param>
    /// <param name="workload">What it asks for.</param>
    /// <param name="plan">How long, and by how many.</param>
    /// <param name="record">What the folder keeps beside the figures.</param>
    /// <param name="death">Completes when a process dies without which the run does not count.</param>
    /// <param name="json">Whether to print a JSON object, too.</param>
    /// <param name="cancellation">Ends the load early.</param>
    /// <exception cref="BenchException">A process died; what was measured until then is left.</exception>
    /// <exception cref="InterruptedException">It was cancelled; what was measured until then is left.</exception>
    public static async Task<int> MeasureAsync(
        LoadTarget target, Workload workload, LoadPlan plan, RunRecord record, Task<BenchException> death, bool json, CancellationToken cancellation)
    {
        var run = new LoadRun(target, workload, plan, isChecked: false);
        RunResult Leave(string? invalid)
        {
            var result = run.ToResult(record.Title, record.Arguments, record.Configuration, invalid);
            record.Folder.Write(result, run.History);
            return result;
        }

        await RunProgress.ShowAsync(1, plan.WarmUp + plan.Time, async progress =>
        {
            progress.Begin(target.Algorithm);
            await Unfinished.GuardAsync(
                record.Folder,
                () => Lives.WhileAsync(death, async stop =>
                {
                    await run.RunAsync(progress.Tick, null, stop);
                    return true;
                }, cancellation),
                () => run.Meter,
                invalid => Leave(invalid));
            return true;
        });
        return Finish(Leave(null).Report, record.Title, json, record.Folder);
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

/// <summary>What a folder keeps of a run beside its figures.</summary>
/// <param name="Title">In one line.</param>
/// <param name="Arguments">The command line.</param>
/// <param name="Configuration">In HOCON; empty when there is none.</param>
/// <param name="Folder">Where it is left.</param>
internal sealed record RunRecord(string Title, IReadOnlyList<string> Arguments, string Configuration, RunFolder Folder);
