using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Paxi.Bench.Measurement;
using Paxi.Bench.Runs;
using Paxi.Bench.Wan;
using Paxi.Bench.Workloads;
using Paxi.Node.Cli;
using Paxi.Protocols;
using Paxi.TestKit.World;
using Spectre.Console;

namespace Paxi.Bench.Cli;

/// <summary><c>wan</c>: regions far apart, in virtual time.</summary>
internal static class WanCommand
{
    private static readonly Option<string?> s_algorithm =
        BenchOptions.Choice("--algorithm", "the protocol (default: wpaxos)", [.. ProtocolList.All.Select(static protocol => protocol.Name)]);
    private static readonly Option<string?> s_matrix = BenchOptions.Text("--matrix", "M", "the round trips: composite (T C O V I, the default), ppm (VA OR CA IR JP), or a file of HOCON or CSV");
    private static readonly Option<string?> s_regions = BenchOptions.Text("--regions", "A,B", "only these regions of the matrix");
    private static readonly Option<long> s_nodes = BenchOptions.Whole("--nodes", "replicas in each region", 3, 1, 64);
    private static readonly Option<long> s_clients = BenchOptions.Whole("--clients", "clients in each region, each with one operation under way", 20, 1, WanSettings.MaxClients);
    private static readonly Option<double> s_rate = BenchOptions.Real("--rate", "operations a second in each region, as they come; 0: each client asks again when it is answered", 0, 0, 1e6);
    private static readonly Option<double> s_seconds = BenchOptions.Real("--seconds", "virtual time that is measured", 20, 0.1, 1e5);
    private static readonly Option<double> s_warmUp = BenchOptions.Real("--warm-up", "virtual time before it, left out", 10, 0, 1e5);
    private static readonly Option<string?> s_workload =
        BenchOptions.Choice("--workload", "which keys (default: normal)", "normal", "local", "conflict", "uniform");
    private static readonly Option<double> s_locality = BenchOptions.Real("--locality", "local: the part of the operations that is for the region's own keys", 0.7, 0, 1);
    private static readonly Option<long> s_conflicts = BenchOptions.Whole("--Conflicts", "conflict: per cent that go to the hot key", 100, 0, 100);
    private static readonly Option<long> s_k = BenchOptions.Whole("--K", "keys; local, conflict: of each region's own", 1000, 1, 1_000_000);
    private static readonly Option<double> s_w = BenchOptions.Real("--W", "the part of the operations that write", 0.5, 0, 1);
    private static readonly Option<double> s_sigma = BenchOptions.Real("--Sigma", "normal: the standard deviation, in keys", 60, 1e-9, 1e9);
    private static readonly Option<bool> s_move = BenchOptions.Flag("--Move", "normal: the means move");
    private static readonly Option<long> s_speed = BenchOptions.Whole("--Speed", "normal: milliseconds in which they move by a key", 500, 1, int.MaxValue);
    private static readonly Option<string?> s_leader = BenchOptions.Text("--leader", "REGION", "where the leader is to be, for protocols that have one");
    private static readonly Option<string?> s_home = BenchOptions.Text("--preload", "REGION", "the region that writes all keys first; else each key is written first where it is asked for first");
    private static readonly Option<double> s_jitter = BenchOptions.Real("--jitter", "the standard deviation of a round trip between regions, in ms", 0, 0, 1e3);
    private static readonly Option<double> s_read = BenchOptions.Real("--t-in", "microseconds that a replica needs to read a message; 0: none", 0, 0, 1e6);
    private static readonly Option<double> s_write = BenchOptions.Real("--t-out", "microseconds to write one", 0, 0, 1e6);
    private static readonly Option<string?> s_set = BenchOptions.Text("--set", "HOCON", "settings of the section paxi, as in 'grid.fz = 1, steal.policy = ema, steal.threshold = 0.2'");
    private static readonly Option<long> s_seed = BenchOptions.Whole("--seed", "of every choice", 1, 0, long.MaxValue);
    private static readonly Option<bool> s_check = BenchOptions.Flag("--check", "judge the history");
    private static readonly OutputOptions s_output = new();

    public static Command Create()
    {
        var command = new Command("wan", "An experiment over regions far apart, in virtual time")
        {
            s_algorithm, s_matrix, s_regions, s_nodes, s_clients, s_rate, s_seconds, s_warmUp, s_workload, s_locality, s_conflicts, s_k, s_w, s_sigma, s_move, s_speed,
            s_leader, s_home, s_jitter, s_read, s_write, s_set, s_seed, s_check,
        };
        s_output.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        WanResult result;
        RunFolder folder;
        try
        {
            var settings = Settings(parsed);
            WanExperiment.Check(settings);
            folder = s_output.CreateFolder(parsed);
            result = await WithProgressAsync(progress => WanExperiment.Run(settings, CommandWords.Of(parsed), progress, cancellation));
        }
        catch (ArgumentException fault)
        {
            throw new UsageException(fault.Message.ReplaceLineEndings(" "));
        }
        catch (Exception fault) when (fault is TestKit.Checks.ViolationException or WorldFailedException)
        {
            throw new Processes.BenchException(fault.Message.ReplaceLineEndings(" "));
        }

        folder.Write(result.Run, result.History);
        Console.Out.WriteLine(WanText.Of(result));
        Console.Out.WriteLine($"  folder     {folder.Path}");
        if (s_output.IsJson(parsed))
        {
            Console.Out.WriteLine(WanText.Json(result));
        }

        return Reporting.Status(result.Run.Report);
    }

    /// <summary>On a terminal a bar, with the time left, on standard error; else nothing.</summary>
    private static async Task<WanResult> WithProgressAsync(Func<IProgress<double>?, WanResult> run)
    {
        if (Console.IsErrorRedirected)
        {
            return run(null);
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await console.Progress().AutoClear(true).Columns(new SpinnerColumn(), new ProgressBarColumn { Width = 30 }, new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context =>
            {
                var bar = context.AddTask("virtual time", maxValue: 1);
                return Task.FromResult(run(new BarProgress(bar)));
            });
    }

    /// <summary>On the thread that runs the world, not on another one later.</summary>
    private sealed class BarProgress(ProgressTask bar) : IProgress<double>
    {
        public void Report(double value) => bar.Value = value;
    }

    private static WanSettings Settings(ParseResult parsed)
    {
        var matrix = RegionMatrix.Find(parsed.GetValue(s_matrix) ?? RegionMatrix.Composite.Name);
        if (parsed.GetValue(s_regions) is { } names)
        {
            matrix = matrix.Take(names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        }

        var rate = parsed.GetValue(s_rate);
        return new WanSettings
        {
            Protocol = ProtocolList.Find(parsed.GetValue(s_algorithm) ?? "wpaxos"),
            Matrix = matrix,
            Distances = new WanDistances(RemoteSigma: parsed.GetValue(s_jitter)),
            Nodes = (int)parsed.GetValue(s_nodes),
            Clients = (int)parsed.GetValue(s_clients),
            Rate = rate > 0 ? rate : null,
            Workload = Load(parsed, matrix),
            Preload = parsed.GetValue(s_home) is { } home ? [new WanPreload(matrix.IndexOf(home), 0, Keys(parsed, matrix))] : [],
            WarmUp = TimeSpan.FromSeconds(parsed.GetValue(s_warmUp)),
            Length = TimeSpan.FromSeconds(parsed.GetValue(s_seconds)),
            LeaderRegion = parsed.GetValue(s_leader) is { } leader ? matrix.IndexOf(leader) : null,
            Costs = parsed.GetValue(s_read) + parsed.GetValue(s_write) is 0
                ? null
                : new MessageCosts(TimeSpan.FromMicroseconds(parsed.GetValue(s_read)), TimeSpan.FromMicroseconds(parsed.GetValue(s_write)), TimeSpan.Zero),
            Configuration = parsed.GetValue(s_set) ?? "",
            Seed = (ulong)parsed.GetValue(s_seed),
            IsChecked = parsed.GetValue(s_check),
        };
    }

    private static string Name(ParseResult parsed) => parsed.GetValue(s_workload) ?? "normal";

    /// <summary>How many there are, over all regions.</summary>
    private static int Keys(ParseResult parsed, RegionMatrix matrix) => (int)parsed.GetValue(s_k) * (Name(parsed) is "local" or "conflict" ? matrix.Regions.Count : 1)
        + (Name(parsed) is "conflict" ? 1 : 0);

    private static WanWorkload Load(ParseResult parsed, RegionMatrix matrix)
    {
        var settings = new WorkloadSettings
        {
            K = (int)parsed.GetValue(s_k),
            W = parsed.GetValue(s_w),
            Sigma = parsed.GetValue(s_sigma),
            Move = parsed.GetValue(s_move),
            Speed = (int)parsed.GetValue(s_speed),
        };
        var regions = matrix.Regions.Count;
        return Name(parsed) switch
        {
            "local" => WanWorkload.Local(regions, parsed.GetValue(s_locality), settings),
            "conflict" => WanWorkload.Conflict(regions, (int)parsed.GetValue(s_conflicts), settings),
            "uniform" => WanWorkload.Same(regions, settings),
            _ => WanWorkload.Normal(regions, settings),
        };
    }
}

/// <summary>An experiment as people read it, and as JSON.</summary>
internal static class WanText
{
    public static string Of(WanResult result)
    {
        var lines = new List<string> { ReportWriter.Text(result.Run.Report, result.Run.Title) };
        foreach (var zone in result.Run.Zones)
        {
            var latency = LatencySummary.Of(zone.Latencies);
            lines.Add(string.Create(CultureInfo.InvariantCulture,
                $"  {zone.Name,-11}mean {latency.Mean:0.000}  p50 {latency.P50:0.000}  p95 {latency.P95:0.000}  p99 {latency.P99:0.000}  ({zone.Latencies.TotalCount:N0} operations)"));
        }

        lines.Add(string.Create(CultureInfo.InvariantCulture,
            $"  moved      {result.Forwarded:N0} commands passed on, {result.Steals:N0} steals, {result.Messages:N0} messages ({result.Bytes / 1e6:N1} MB)"));
        if (result.Run.Ownership.Count > 0)
        {
            var last = result.Run.Ownership[^1].At;
            lines.Add("  owners     " + string.Join("  ", result.Run.Ownership.Where(sample => sample.At == last)
                .Select(sample => $"{result.Settings.Matrix.Regions[sample.Zone - 1]} {sample.Objects.ToString(CultureInfo.InvariantCulture)}")));
        }

        lines.Add($"  trace      {result.TraceHash}");
        return string.Join(Environment.NewLine, lines);
    }

    public static string Json(WanResult result)
    {
        var json = (JsonObject)JsonNode.Parse(ReportWriter.Json(result.Run.Report))!;
        json["matrix"] = result.Settings.Matrix.Name;
        json["seed"] = result.Settings.Seed;
        json["forwarded"] = result.Forwarded;
        json["steals"] = result.Steals;
        json["messages"] = result.Messages;
        json["bytes"] = result.Bytes;
        json["trace_hash"] = result.TraceHash;
        json["regions"] = new JsonArray([.. result.Run.Zones.Select(static zone => (JsonNode)Region(zone))]);
        json["owners"] = new JsonArray([.. result.Run.Ownership.Select(sample => (JsonNode)new JsonObject
        {
            ["at"] = sample.At,
            ["region"] = result.Settings.Matrix.Regions[sample.Zone - 1],
            ["objects"] = sample.Objects,
        })]);
        return json.ToJsonString();
    }

    private static JsonObject Region(Runs.ZoneLatency zone)
    {
        var latency = LatencySummary.Of(zone.Latencies);
        return new JsonObject
        {
            ["name"] = zone.Name,
            ["ops"] = zone.Latencies.TotalCount,
            ["mean"] = latency.Mean,
            ["p50"] = latency.P50,
            ["p95"] = latency.P95,
            ["p99"] = latency.P99,
            ["max"] = latency.Max,
        };
    }
}
