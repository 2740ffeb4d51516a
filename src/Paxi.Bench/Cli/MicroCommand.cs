using System.CommandLine;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Paxi.Bench.Micro;
using Paxi.Node.Cli;

namespace Paxi.Bench.Cli;

/// <summary><c>micro</c>: the small parts, by BenchmarkDotNet in this process.</summary>
internal static class MicroCommand
{
    public static Command Create()
    {
        var names = new Argument<string[]>("NAMES")
        {
            Description = $"which benchmarks: {string.Join(", ", MicroCatalog.All.Select(static entry => entry.Name))} (default: all)",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var list = BenchOptions.Flag("--list", "only name them");
        var command = new Command("micro", "Benchmarks of the small parts: serializers, quorum checks, journal, checker, simulator") { names, list };
        command.SetAction((parsed, _) => Task.FromResult(Run(parsed.GetValue(names) ?? [], parsed.GetValue(list))));
        return command;
    }

    private static int Run(string[] names, bool list)
    {
        var types = Find(names);
        if (list)
        {
            foreach (var (name, _, what) in MicroCatalog.All.Where(entry => types.Contains(entry.Type)))
            {
                Console.Out.WriteLine($"{name,-11} {what}");
            }

            return ExitStatus.Good;
        }

        var job = Job.ShortRun.WithToolchain(new InProcessEmitToolchain(logOutput: true));
        var config = DefaultConfig.Instance.AddJob(job.AsDefault()).WithOptions(ConfigOptions.DisableLogFile | ConfigOptions.JoinSummary);
        var summaries = BenchmarkRunner.Run(types, config);
        return summaries.Length > 0 && summaries.All(static summary => summary.Reports.Length > 0 && summary.Reports.All(static report => report.Success))
            ? ExitStatus.Good
            : ExitStatus.Failed;
    }

    private static Type[] Find(string[] names)
    {
        try
        {
            return MicroCatalog.Find(names);
        }
        catch (ArgumentException unknown)
        {
            throw new UsageException(unknown.Message);
        }
    }
}
