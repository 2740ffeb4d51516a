using System.CommandLine;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Paxi.Bench.Cli;

/// <summary><c>micro</c>: the small parts, by BenchmarkDotNet in this process.</summary>
internal static class MicroCommand
{
    public static Command Create()
    {
        var filter = BenchOptions.Text("--filter", "GLOB", "which benchmarks, as in '*Quorum*' (default: all)");
        var list = BenchOptions.Flag("--list", "only name them");
        var command = new Command("micro", "Benchmarks of the small parts: serializers, quorum checks, journal, simulator, client actor") { filter, list };
        command.SetAction((parsed, _) => Task.FromResult(Run(parsed.GetValue(filter) ?? "*", parsed.GetValue(list))));
        return command;
    }

    private static int Run(string filter, bool list)
    {
        var job = Job.ShortRun.WithToolchain(new InProcessEmitToolchain(logOutput: true));
        var config = DefaultConfig.Instance.AddJob(job.AsDefault()).WithOptions(ConfigOptions.DisableLogFile | ConfigOptions.JoinSummary);
        string[] arguments = list ? ["--list", "flat", "--filter", filter] : ["--filter", filter];
        var summaries = BenchmarkSwitcher.FromAssembly(typeof(MicroCommand).Assembly).Run(arguments, config);
        return list || summaries.Any(static summary => summary.Reports.Length > 0) ? ExitStatus.Good : ExitStatus.Usage;
    }
}
