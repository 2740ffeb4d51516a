using System.CommandLine;
using System.Globalization;
using Paxi.Actors;
using Paxi.Actors.Configuration;
using Paxi.Bench.Comparisons;
using Paxi.Bench.Loads;
using Paxi.Bench.Processes;
using Paxi.Bench.Runs;

namespace Paxi.Bench.Cli;

/// <summary><c>embedded</c>: the clients are in the leader's process. Ours with its journal in memory, or DotNext's Raft with its log on a RAM disk.</summary>
internal static class EmbeddedCommand
{
    private const string NodeName = "embedded-node";
    private const string Raft = "dotnext";
    private const string LeadsLine = "leads";
    private const string LoadLine = "load";
    private const string RamDisk = "/dev/shm";
    private const int Members = 3;

    private static readonly TimeSpan LeaderPatience = TimeSpan.FromSeconds(60);

    public static Command Create()
    {
        var load = new LoadOptions();
        var system = SystemOption();
        var set = BenchOptions.Text("--set", "HOCON", "settings for replicas and client, as in 'paxi.batch.pipeline = 16'");
        var data = BenchOptions.Text("--data", "DIR", $"where DotNext's log goes (default: {RamDisk})");
        var output = new OutputOptions();
        var command = new Command("embedded", "Clients inside the leader's process, three processes: ours, or DotNext's Raft for comparison")
        {
            system, set, data,
        };
        load.AddTo(command);
        output.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            load.Workload(parsed);
            var folder = output.CreateFolder(parsed);
            var place = parsed.GetValue(data) ?? (Directory.Exists(RamDisk) ? RamDisk : null);
            using var directory = new TemporaryDirectory(place);
            var config = ClusterFile.Write(directory.Path, 1, Members, servesRest: false, parsed.GetValue(set));
            var arguments = parsed.Tokens.Skip(1).Select(static token => token.Value);
            return await RunAsync(config, directory.Path, [.. arguments], folder, cancellation);
        });
        return command;
    }

    /// <summary>One of the processes; people need not know of it.</summary>
    public static Command CreateNode()
    {
        var load = new LoadOptions();
        var system = SystemOption();
        var config = BenchOptions.Text("--config", "F", "where the members are");
        var id = BenchOptions.Text("--id", "Z.N", "which of them this is");
        var set = BenchOptions.Text("--set", "HOCON", "is in the file already");
        var data = BenchOptions.Text("--data", "DIR", "for a log");
        var output = new OutputOptions();
        var command = new Command(NodeName, "A process of embedded") { system, config, id, set, data };
        command.Hidden = true;
        load.AddTo(command);
        output.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var settings = PaxiSettings.Load(parsed.GetValue(config), SettingsOverrides.None);
            var self = ReplicaId.Parse(parsed.GetValue(id)!);
            var isRaft = parsed.GetValue(system) == Raft;
            await using IEmbeddedNode node = isRaft
                ? await RaftNode.StartAsync(settings, self, Path.Combine(parsed.GetValue(data)!, self.ToString()))
                : new PaxiNode(settings, self);
            return await ServeAsync(node, parsed, load, parsed.GetValue(config)!, isRaft ? Raft : settings.Algorithm, output, cancellation);
        });
        return command;
    }

    private static Option<string?> SystemOption() => BenchOptions.Choice("--system", "what to run (default: paxi)", "paxi", Raft);

    private static async Task<int> RunAsync(string config, string directory, string[] arguments, RunFolder folder, CancellationToken cancellation)
    {
        var settings = PaxiSettings.Load(config, SettingsOverrides.None);
        var leader = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var nodes = new List<ChildProcess>();
        var lines = new List<string>();
        try
        {
            for (var index = 0; index < settings.Ids.Length; index++)
            {
                var own = index;
                var id = settings.Ids[own].ToString();
                nodes.Add(ChildProcess.StartDotnet(id, "paxi-bench.dll", [NodeName, "--config", config, "--id", id, .. WithoutPlaces(arguments), "--data", directory, "--out", folder.Path], line =>
                {
                    if (line == LeadsLine)
                    {
                        leader.TrySetResult(own);
                    }
                    else
                    {
                        lines.Add(line);
                    }
                }));
            }

            await Task.WhenAny([leader.Task, Task.Delay(LeaderPatience, cancellation), .. nodes.Select(static node => node.Exited)]);
            cancellation.ThrowIfCancellationRequested();
            if (!leader.Task.IsCompleted)
            {
                throw new BenchException($"nobody leads: {string.Join("\n  ", nodes.SelectMany(static node => node.LastLines))}");
            }

            var loaded = nodes[await leader.Task];
            var others = nodes.Where(node => node != loaded).Select(static node => $"{node.Name}={node.Id}");
            await loaded.SayAsync($"{LoadLine} {string.Join(' ', others)}");
            await Task.WhenAny([.. nodes.Select(static node => node.Exited), Task.Delay(Timeout.Infinite, cancellation)]);
            cancellation.ThrowIfCancellationRequested();
            if (!loaded.HasExited)
            {
                throw new BenchException($"the run is invalid: {string.Join("\n  ", nodes.Where(static node => node.HasExited).SelectMany(static node => node.LastLines))}");
            }

            lines.ForEach(Console.Out.WriteLine);
            foreach (var line in loaded.ExitCode == ExitStatus.Good ? [] : loaded.LastLines.Except(lines))
            {
                Console.Error.WriteLine(line);
            }

            return loaded.ExitCode;
        }
        finally
        {
            foreach (var node in nodes)
            {
                await node.DisposeAsync();
            }
        }
    }

    /// <summary>Says when it leads; then loads when it is told to, which comes with the names and process ids of the others.</summary>
    private static async Task<int> ServeAsync(
        IEmbeddedNode node, ParseResult parsed, LoadOptions load, string config, string name, OutputOptions output, CancellationToken cancellation)
    {
        _ = SayLeadsAsync(node);
        while (await Console.In.ReadLineAsync(cancellation) is { } line)
        {
            var words = line.Split(' ');
            if (words[0] != LoadLine)
            {
                continue;
            }

            var others = words[1..].Select(static word => word.Split('=')).Select(static pair => (pair[0], int.Parse(pair[1], CultureInfo.InvariantCulture)));
            await using var driver = node.CreateDriver();
            var plan = load.Plan(parsed);
            var run = await Reporting.MeasureAsync(name, Members, driver, load.Workload(parsed), plan, [.. others], cancellation);
            return Reporting.Leave(
                run, $"{name}: {plan.Clients} clients inside the leader's process, {Members} processes", CommandWords.Of(parsed),
                await File.ReadAllTextAsync(config, cancellation), output.IsJson(parsed), output.CreateFolder(parsed));
        }

        return ExitStatus.Good;
    }

    private static async Task SayLeadsAsync(IEmbeddedNode node)
    {
        await node.Leads;
        await Console.Out.WriteLineAsync(LeadsLine);
        await Console.Out.FlushAsync();
    }

    /// <summary>What the processes are told themselves.</summary>
    private static List<string> WithoutPlaces(string[] arguments)
    {
        var kept = new List<string>();
        for (var index = 0; index < arguments.Length; index++)
        {
            if (arguments[index] is "--data" or "--set" or "--out")
            {
                index++;
            }
            else
            {
                kept.Add(arguments[index]);
            }
        }

        return kept;
    }
}
