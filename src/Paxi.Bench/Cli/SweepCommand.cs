using System.CommandLine;
using System.Globalization;
using System.Text;
using Paxi.Bench.Measurement;
using Paxi.Bench.Reports;
using Paxi.Bench.Runs;
using Paxi.Node.Cli;

namespace Paxi.Bench.Cli;

/// <summary><c>sweep</c>: as <c>local</c>, once for each value of something, each time on replicas of their own.</summary>
internal static class SweepCommand
{
    private const string Header =
        "operations_per_second,operations,errors,unknown,missed,mean_ms,p50_ms,p95_ms,p99_ms,p999_ms,max_ms,messages_per_operation,bytes_per_operation,linearizable,generator_is_bottleneck";

    public static Command Create()
    {
        var (local, output) = (new LocalOptions(), new OutputOptions());
        var over = BenchOptions.Text("--over", "NAME=V,V…", $"what changes from run to run, as in clients=1,16,64: {string.Join(", ", SweepAxis.Names)}");
        over.Required = true;
        var command = new Command("sweep", "A run of local for each of a list of values, a table and a CSV of all") { over };
        local.AddTo(command);
        output.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var (axis, values) = SweepAxis.Parse(parsed.GetValue(over)!);
            var basis = local.Read(parsed);
            // All of them are checked before the first one is started.
            var specs = values.Select(value => axis.Apply(basis, value).Checked()).ToArray();
            var folder = output.CreateFolder(parsed);
            var results = new List<RunResult>();
            try
            {
                await RunProgress.ShowAsync(specs.Length, basis.Load.Length, async progress =>
                {
                    for (var index = 0; index < specs.Length; index++)
                    {
                        var part = folder.Inside(Name(index, axis.Name, values[index]));
                        results.Add(await new LocalRun(specs[index], CommandWords.Of(parsed)).RunAsync(part, progress, cancellation));
                        folder.WriteText("sweep.csv", Csv(axis.Name, values, results));
                    }

                    return true;
                });
            }
            finally
            {
                // Also of one that is cut short, as far as it came.
                if (results.Count > 0)
                {
                    folder.Write(Page(basis, axis, values, results, CommandWords.Of(parsed)));
                }
            }

            return Finish(axis.Name, values, results, specs[0], output.IsJson(parsed), folder);
        });
        return command;
    }

    private static SweepResult Page(
        LocalSpec basis, SweepAxis axis, IReadOnlyList<double> values, List<RunResult> results, IReadOnlyList<string> arguments) => new()
        {
            Title = $"{basis.Algorithm}: {Replicas(basis, axis.Name)}replicas as processes, over {axis.Name}",
            Variable = axis.Unit,
            Series =
        [
            new SweepSeries(basis.Algorithm, [.. results.Select((result, index) => new SweepPoint(
                values[index].ToString(CultureInfo.InvariantCulture), result.Report, result.Invalid, Name(index, axis.Name, values[index])))]),
        ],
            Arguments = arguments,
            Host = HostFacts.Gather(),
        };

    /// <summary>A line for each point, as far as they were measured.</summary>
    internal static string Csv(string axis, IReadOnlyList<double> values, IReadOnlyList<RunResult> results)
    {
        var text = new StringBuilder($"{axis},{Header}\n");
        for (var index = 0; index < results.Count; index++)
        {
            var report = results[index].Report;
            var latency = report.Latency;
            text.Append(CultureInfo.InvariantCulture,
                $"{values[index]},{report.OperationsPerSecond:0.0},{report.Operations},{report.Errors},{report.Unknown},{report.Missed},");
            text.Append(CultureInfo.InvariantCulture,
                $"{latency.Mean:0.####},{latency.P50:0.####},{latency.P95:0.####},{latency.P99:0.####},{latency.P999:0.####},{latency.Max:0.####},");
            text.Append(CultureInfo.InvariantCulture,
                $"{report.PerOperation("links.sent"):0.####},{report.PerOperation("links.bytes"):0.#},{Word(report.Linearizable)},{Word(Bottleneck.Find(report) is not null)}\n");
        }

        return text.ToString();
    }

    /// <summary>How many, with a space behind; empty where that is what changes.</summary>
    private static string Replicas(LocalSpec spec, string axis) => axis is "zones" or "nodes" ? "" : $"{spec.Zones * spec.Nodes} ";

    private static string Word(bool? value) => value switch { true => "true", false => "false", null => "" };

    private static string Name(int index, string axis, double value) => string.Create(CultureInfo.InvariantCulture, $"{index + 1:00}-{axis}-{value}");

    private static int Finish(string axis, IReadOnlyList<double> values, List<RunResult> results, LocalSpec first, bool json, RunFolder folder)
    {
        Console.Out.WriteLine($"{first.Algorithm}: {Replicas(first, axis)}replicas as processes, for each of {values.Count} values of {axis}, {first.Load.Seconds:0.#} s each");
        Console.Out.WriteLine($"  {axis,10} {"operations/s",13} {"errors",8} {"unknown",8} {"missed",9} {"mean ms",9} {"p50",9} {"p95",9} {"p99",9} {"p99.9",9} {"msgs/op",8}");
        for (var index = 0; index < results.Count; index++)
        {
            var report = results[index].Report;
            var latency = report.Latency;
            var note = Bottleneck.Find(report) is null ? "" : "  load generator is the bottleneck";
            var verdict = report.Check is null || report.Linearizable == true ? "" : $"  {report.Check}";
            Console.Out.WriteLine($"  {values[index],10} {report.OperationsPerSecond,13:N0} {report.Errors,8:N0} {report.Unknown,8:N0} {report.Missed,9:N0} " +
                $"{latency.Mean,9:0.000} {latency.P50,9:0.000} {latency.P95,9:0.000} {latency.P99,9:0.000} {latency.P999,9:0.000} {report.PerOperation("links.sent"),8:0.00}{note}{verdict}");
        }

        Console.Out.WriteLine($"  folder     {folder.Path}");
        if (json)
        {
            var points = results.Select((result, index) => string.Create(CultureInfo.InvariantCulture, $$"""{"{{axis}}":{{values[index]}},"report":{{ReportWriter.Json(result.Report)}}}"""));
            Console.Out.WriteLine($$"""{"axis":"{{axis}}","points":[{{string.Join(',', points)}}]}""");
        }

        return results.Select(static result => Reporting.Status(result.Report)).Aggregate(ExitStatus.Good, Worse);
    }

    /// <summary>A failure counts more than what is undecided.</summary>
    internal static int Worse(int one, int other) =>
        one == ExitStatus.Failed || other == ExitStatus.Failed ? ExitStatus.Failed : Math.Max(one, other);
}
