using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Paxi.Protocols;
using Paxi.TestKit.Simulation;
using Spectre.Console;

namespace Paxi.Node.Cli;

/// <summary><c>paxi simulate</c>: the simulation is the test kit's; here are its words on the command line and how it shows that it lives.</summary>
internal static class SimulateVerb
{
    private const int MaxZones = 9;
    private const int MaxNodes = 9;
    private const int MaxOperations = 1_000_000;
    private const int MaxClients = 1_000;

    /// <summary>Between two lines of progress where no terminal is.</summary>
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);

    public static Verb Create(CliContext context)
    {
        var algorithm = RunVerbs.Algorithm("the protocol");
        algorithm.Required = true;
        var zones = Inputs.Number("--zones", "Z", "zones (default: 3)", 1, MaxZones);
        var nodes = Inputs.Number("--nodes", "N", "replicas in each zone (default: 3)", 1, MaxNodes);
        var (seed, seeds) = (Inputs.Seed(), Inputs.Seeds());
        var operations = Inputs.Number("--ops", "N", "operations of a run (default: 1000)", 1, MaxOperations);
        var clients = Inputs.Number("--clients", "N", "clients (default: 16)", 1, MaxClients);
        var faults = Inputs.Word("--faults", "F", $"none, swarm, or families of faults with commas between: {string.Join(", ", FaultPlan.Families)} (default: swarm)");
        var json = Inputs.Json();
        var verb = new Verb("simulate", VerbGroup.Prove, "Run worlds of faults and check everything", "paxi simulate --algorithm paxos --seeds 1..100")
        {
            InShell = false,
            Notes =
            [
                "The replicas are those of production, in one thread, on virtual time: the same seed gives the same run. A failure is shortened and comes with the command that repeats it.",
                "Exit status: 0 all passed, 1 a property was broken, 2 wrong usage, 3 undecided.",
            ],
        };
        foreach (var option in (Option[])[algorithm, zones, nodes, seed, seeds, operations, clients, faults, json])
        {
            verb.Add(option);
        }

        verb.SetAction((parsed, cancellation) =>
        {
            if (parsed.GetValue(seed) is not null && parsed.GetValue(seeds) is not null)
            {
                throw new UsageException("--seed and --seeds are given; write one of them");
            }

            var defaults = new SimulateOptions { Algorithm = parsed.GetValue(algorithm)! };
            var options = defaults with
            {
                Zones = parsed.GetValue(zones) ?? defaults.Zones,
                Nodes = parsed.GetValue(nodes) ?? defaults.Nodes,
                Seeds = parsed.GetValue(seeds) ?? (parsed.GetValue(seed) is { } one ? (one, one) : defaults.Seeds),
                Operations = parsed.GetValue(operations) ?? defaults.Operations,
                Clients = parsed.GetValue(clients) ?? defaults.Clients,
                Faults = parsed.GetValue(faults) ?? defaults.Faults,
                Json = parsed.GetValue(json),
            };
            return Task.Run(() => Run(context, options, cancellation), CancellationToken.None);
        });
        return verb;
    }

    private static int Run(CliContext context, SimulateOptions options, CancellationToken cancellation)
    {
        using var error = new StringWriter();
        var status = context.Terminal
            ? RunOnTerminal(context, options, error, cancellation)
            : SimulateCommand.Run(options, ProtocolList.Find, context.Out, error, new ProgressLines(context.Error), cancellation);
        if (error.ToString().Trim() is { Length: > 0 } problem)
        {
            context.Error.WriteLine($"paxi simulate: {problem}");
        }

        return status;
    }

    /// <summary>With a bar, unless there is one seed only. It goes away when the runs are done; then the verdict is printed.</summary>
    private static int RunOnTerminal(CliContext context, SimulateOptions options, StringWriter error, CancellationToken cancellation)
    {
        using var verdict = new StringWriter { NewLine = "\n" };
        var status = options.Seeds.First == options.Seeds.Last
            ? SimulateCommand.Run(options, ProtocolList.Find, verdict, error, new ProgressLines(context.Error), cancellation)
            : RunWithBar(context, options, verdict, error, cancellation);
        foreach (var line in verdict.ToString().Split('\n').SkipLast(1))
        {
            // The long list. The rest stays as it is: among it are commands to copy.
            context.Out.WriteLine(line.StartsWith("exercised:", StringComparison.Ordinal) ? Styled.Wrap(context, line) : line);
        }

        return status;
    }

    private static int RunWithBar(
        CliContext context, SimulateOptions options, StringWriter verdict, StringWriter error, CancellationToken cancellation) =>
        context.Console.Progress()
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 30 }, new PercentageColumn(),
                new ElapsedTimeColumn(), new RemainingTimeColumn())
            .Start(progress =>
            {
                var bar = progress.AddTask("starting");
                return SimulateCommand.Run(options, ProtocolList.Find, verdict, error, new ProgressBar(bar), cancellation);
            });

    private static string Describe(SimulateProgress seen, TimeSpan elapsed)
    {
        var rate = seen.Done / Math.Max(0.001, elapsed.TotalSeconds);
        var failed = seen.Failed > 0 ? string.Create(CultureInfo.InvariantCulture, $", {seen.Failed} failed") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{seen.Done} of {seen.Total} seeds{failed}, {rate:0.0}/s");
    }

    private sealed class ProgressBar(ProgressTask bar) : IProgress<SimulateProgress>
    {
        private readonly long _started = Stopwatch.GetTimestamp();

        public void Report(SimulateProgress value)
        {
            bar.MaxValue = value.Total;
            bar.Value = value.Done;
            var text = Describe(value, Stopwatch.GetElapsedTime(_started));
            bar.Description = value.Done < value.Total ? text : $"{text}, summing up";
        }
    }

    private sealed class ProgressLines(TextWriter output) : IProgress<SimulateProgress>
    {
        private readonly Lock _lock = new();
        private readonly long _started = Stopwatch.GetTimestamp();
        private TimeSpan _next = LineInterval;

        public void Report(SimulateProgress value)
        {
            var elapsed = Stopwatch.GetElapsedTime(_started);
            lock (_lock)
            {
                if (elapsed < _next || value.Done == value.Total)
                {
                    return;
                }

                _next = elapsed + LineInterval;
                output.WriteLine(Describe(value, elapsed));
            }
        }
    }
}
