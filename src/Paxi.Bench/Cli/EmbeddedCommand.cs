using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Paxi.Actors;
using Paxi.Actors.Configuration;
using Paxi.Bench.Comparisons;
using Paxi.Bench.Loads;
using Paxi.Bench.Processes;
using Paxi.Bench.Runs;
using Paxi.Node.Cli;

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
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ProgressPause = TimeSpan.FromMilliseconds(200);

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
            var plan = load.Plan(parsed);
            if (load.Workload(parsed).Settings.W < 1 && parsed.GetValue(system) == Raft)
            {
                throw new UsageException($"--system {Raft} compares writes alone: give --W 1");
            }

            var place = parsed.GetValue(data) ?? (Directory.Exists(RamDisk) ? RamDisk : null);
            using var directory = new TemporaryDirectory(place);
            var config = ClusterFile.Write(directory.Path, 1, Members, servesRest: false, parsed.GetValue(set));
            var settings = ClusterFile.Load(config, SettingsOverrides.None);
            var folder = output.CreateFolder(parsed);
            var arguments = parsed.Tokens.Skip(1).Select(static token => token.Value);
            return await RunAsync(config, settings, directory.Path, [.. arguments], plan, folder, cancellation);
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

    private static async Task<int> RunAsync(
        string config, PaxiSettings settings, string directory, string[] arguments, LoadPlan plan, RunFolder folder, CancellationToken cancellation)
    {
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

            var first = await Task.WhenAny([leader.Task, Task.Delay(LeaderPatience, cancellation), .. nodes.Select(static node => node.Exited)]);
            cancellation.ThrowIfCancellationRequested();
            if (first != leader.Task)
            {
                throw new BenchException($"nobody leads: {string.Join("\n  ", nodes.SelectMany(static node => node.LastLines))}");
            }

            var loaded = nodes[await leader.Task];
            ChildProcess[] others = [.. nodes.Where(node => node != loaded)];
            await loaded.SayAsync($"{LoadLine} {string.Join(' ', others.Select(static node => $"{node.Name}={node.Id}"))}");
            await WaitAsync(loaded, others, plan, folder, cancellation);
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

    /// <summary>Until the one that loads has ended. It leaves what it has measured also when it is asked to end early.</summary>
    private static async Task WaitAsync(ChildProcess loaded, ChildProcess[] others, LoadPlan plan, RunFolder folder, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            await RunProgress.ShowAsync(1, plan.WarmUp + plan.Time, progress => Lives.WhileAsync(Lives.OfAsync("replica", others), async stop =>
            {
                progress.Begin("embedded");
                while (!loaded.HasExited)
                {
                    progress.Tick(new LoadTick(LoadLoop.LoadPhase, Stopwatch.GetElapsedTime(started), plan.WarmUp + plan.Time, 0));
                    await Task.WhenAny(loaded.Exited, Task.Delay(ProgressPause, stop));
                    stop.ThrowIfCancellationRequested();
                }

                return true;
            }, cancellation));
            await loaded.Exited;
        }
        catch (BenchException death)
        {
            await loaded.StopAsync(StopPatience);
            folder.WriteText(RunFolder.InvalidName, death.Message + "\n");
            throw new BenchException($"{death.Message}\n  what was measured until then is in {folder.Path}", death);
        }
        catch (OperationCanceledException end)
        {
            await loaded.StopAsync(StopPatience);
            throw new InterruptedException($"interrupted; what was measured until then is in {folder.Path}", end);
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

            (string Name, int Id)[] others =
            [
                .. words[1..].Select(static word => word.Split('=')).Select(static pair => (pair[0], int.Parse(pair[1], CultureInfo.InvariantCulture))),
            ];
            await using var driver = node.CreateDriver();
            var plan = load.Plan(parsed);
            var target = new LoadTarget { Algorithm = name, Replicas = Members, Driver = driver, Processes = () => others };
            var record = new RunRecord(
                $"{name}: {plan.Clients} clients inside the leader's process, {Members} processes", CommandWords.Of(parsed),
                await File.ReadAllTextAsync(config, cancellation), output.CreateFolder(parsed));
            // Whoever started this process looks after the others.
            return await Reporting.MeasureAsync(
                target, load.Workload(parsed), plan, record, new TaskCompletionSource<BenchException>().Task, output.IsJson(parsed), cancellation);
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
