using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Paxi.Bench.Measurement;
using Paxi.Bench.Reports;
using Paxi.Bench.Runs;
using Paxi.Node.Cli;

namespace Paxi.Bench.Cli;

/// <summary>
/// <c>compare</c>: runs of several candidates in turns, A B A B, so that what changes on the machine meanwhile meets all of them; ratios are taken within a turn.
/// </summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        var (local, output) = (new LocalOptions(), new OutputOptions());
        var names = new Argument<string[]>("candidates") { Description = $"two or more, each {Candidate.Forms}", Arity = ArgumentArity.OneOrMore };
        var turns = BenchOptions.Whole("--turns", "runs of each of them", 3, 1, 1000);
        var command = new Command("compare", "Paired runs of local for two or more candidates in turns: medians, and ratios to the first") { names, turns };
        local.AddTo(command, hasAlgorithm: false);
        output.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var common = local.Read(parsed);
            var candidates = parsed.GetRequiredValue(names).Select(text => Candidate.Parse(text, common, local)).ToArray();
            if (candidates.Length < 2)
            {
                throw new UsageException($"compare needs two candidates or more, each {Candidate.Forms}");
            }

            var count = (int)parsed.GetValue(turns);
            var folder = output.CreateFolder(parsed);
            var each = candidates.Max(static candidate => candidate.Spec.Load.Length);
            var results = new List<RunResult[]>();
            try
            {
                await RunProgress.ShowAsync(candidates.Length * count, each, async progress =>
                {
                    await RunAsync(candidates, count, results, CommandWords.Of(parsed), folder, progress, cancellation);
                    return true;
                });
            }
            finally
            {
                // Also of turns that are cut short, as far as they came.
                if (results.Count > 0)
                {
                    folder.Write(Page(candidates, results, CommandWords.Of(parsed)));
                }
            }

            return Finish(candidates, results, output.IsJson(parsed), folder);
        });
        return command;
    }

    /// <param name="candidates">In the order of a turn.</param>
    /// <param name="turns">How many.</param>
    /// <param name="all">Gets what is done, by turn, then by candidate.</param>
    private static async Task RunAsync(
        Candidate[] candidates, int turns, List<RunResult[]> all, IReadOnlyList<string> arguments, RunFolder folder, RunProgress progress, CancellationToken cancellation)
    {
        for (var turn = 0; turn < turns; turn++)
        {
            var results = new RunResult[candidates.Length];
            for (var index = 0; index < candidates.Length; index++)
            {
                var part = folder.Inside(Name(candidates, turn, index));
                results[index] = await new LocalRun(candidates[index].Spec, arguments).RunAsync(part, progress, cancellation);
            }

            all.Add(results);
            folder.WriteText("compare.csv", Csv(candidates, all));
        }
    }

    private static string Name(Candidate[] candidates, int turn, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"turn-{turn + 1}-{(char)('a' + index)}-{candidates[index].Spec.Algorithm}");

    private static SweepResult Page(Candidate[] candidates, List<RunResult[]> results, IReadOnlyList<string> arguments) => new()
    {
        Title = $"{string.Join(" and ", candidates.Select(static candidate => candidate.Name))} in {results.Count} turns",
        Variable = "round",
        IsPaired = true,
        Series =
        [
            .. candidates.Select((candidate, index) => new SweepSeries(candidate.Name,
            [
                .. results.Select((turn, number) => new SweepPoint(
                    (number + 1).ToString(CultureInfo.InvariantCulture), turn[index].Report, turn[index].Invalid, Name(candidates, number, index))),
            ])),
        ],
        Arguments = arguments,
        Host = HostFacts.Gather(),
    };

    /// <summary>A line for each run.</summary>
    internal static string Csv(IReadOnlyList<Candidate> candidates, IReadOnlyList<RunResult[]> results)
    {
        var text = new StringBuilder("turn,candidate,operations_per_second,ratio,p50_ms,p99_ms,errors,unknown,generator_is_bottleneck\n");
        for (var turn = 0; turn < results.Count; turn++)
        {
            for (var index = 0; index < candidates.Count; index++)
            {
                var report = results[turn][index].Report;
                var name = candidates[index].Name.Replace("\"", "\"\"", StringComparison.Ordinal);
                text.Append(CultureInfo.InvariantCulture, $"{turn + 1},\"{name}\",{report.OperationsPerSecond:0.0},{Ratio(results[turn], index):0.####},");
                text.Append(CultureInfo.InvariantCulture, $"{report.Latency.P50:0.####},{report.Latency.P99:0.####},{report.Errors},{report.Unknown},{(Bottleneck.Find(report) is null ? "false" : "true")}\n");
            }
        }

        return text.ToString();
    }

    /// <summary>Of the throughputs within a turn, to the first candidate's; 0 when that did nothing.</summary>
    internal static double Ratio(RunResult[] turn, int index) =>
        turn[0].Report.OperationsPerSecond > 0 ? turn[index].Report.OperationsPerSecond / turn[0].Report.OperationsPerSecond : 0;

    private static int Finish(Candidate[] candidates, List<RunResult[]> results, bool json, RunFolder folder)
    {
        Console.Out.WriteLine($"{results.Count} turns of {candidates.Length} candidates; medians, and in brackets the least and the most");
        for (var index = 0; index < candidates.Length; index++)
        {
            var own = results.Select(turn => turn[index].Report).ToArray();
            Console.Out.WriteLine($"  {(char)('A' + index)}  {candidates[index].Name}");
            Console.Out.WriteLine($"     operations/s {Spread.Of(own.Select(static report => report.OperationsPerSecond)).Show("N0")}   " +
                $"p50 ms {Spread.Of(own.Select(static report => report.Latency.P50)).Show("0.000")}   p99 ms {Spread.Of(own.Select(static report => report.Latency.P99)).Show("0.000")}   " +
                $"errors {own.Sum(static report => report.Errors):N0}, unknown {own.Sum(static report => report.Unknown):N0}");
            if (index > 0)
            {
                Console.Out.WriteLine($"     {(char)('A' + index)} / A        {Spread.Of(results.Select(turn => Ratio(turn, index))).Show("0.000")}");
            }

            if (own.Any(static report => Bottleneck.Find(report) is not null))
            {
                Console.Out.WriteLine("     note         in some turns the load generator was the bottleneck");
            }
        }

        Console.Out.WriteLine($"  folder     {folder.Path}");
        if (json)
        {
            Console.Out.WriteLine(Json(candidates, results));
        }

        return results.SelectMany(static turn => turn).Select(static result => Reporting.Status(result.Report)).Aggregate(ExitStatus.Good, SweepCommand.Worse);
    }

    private static string Json(Candidate[] candidates, List<RunResult[]> results)
    {
        var parts = candidates.Select((candidate, index) =>
        {
            var ratios = Spread.Of(results.Select(turn => Ratio(turn, index)));
            var reports = string.Join(',', results.Select(turn => ReportWriter.Json(turn[index].Report)));
            return string.Create(CultureInfo.InvariantCulture,
                $$"""{"name":"{{JsonEncodedText.Encode(candidate.Name)}}","ratio":{"median":{{ratios.Median:0.####}},"least":{{ratios.Least:0.####}},"most":{{ratios.Most:0.####}}},"runs":[{{reports}}]}""");
        });
        return $$"""{"turns":{{results.Count}},"candidates":[{{string.Join(',', parts)}}]}""";
    }
}
