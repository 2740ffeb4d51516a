using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Paxi.Actors.Configuration;
using Paxi.Bench.Comparisons;
using Paxi.Bench.Drivers;
using Paxi.Bench.Loads;
using Paxi.Bench.Processes;
using Paxi.Bench.Workloads;
using Paxi.Node.Cli;
using Paxi.TestKit;

namespace Paxi.Bench.Cli;

/// <summary><c>rest</c>: three replicas over REST against a bare Kestrel endpoint, both under <c>wrk</c>, in turns.</summary>
internal static class RestCommand
{
    private const string ServerName = "kestrel-server";
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);

    public static Command Create()
    {
        var connections = BenchOptions.Whole("--connections", "connections of wrk", 64, 1, 10_000);
        var seconds = BenchOptions.Real("--seconds", "of each turn", 5, 1, 3600);
        var turns = BenchOptions.Whole("--turns", "turns of each of the two", 3, 1, 100);
        var keys = BenchOptions.Whole("--K", "keys", 1000, 1, WorkloadSettings.MaxKeys);
        var writes = BenchOptions.Real("--W", "the part of the operations that write", 0.5, 0, 1);
        var journal = BenchOptions.Choice("--journal", "where the journals are (default: memory)", "disk", "memory");
        var set = BenchOptions.Text("--set", "HOCON", "settings for the replicas");
        var json = BenchOptions.Flag("--json", "print one JSON object as the last line");
        var command = new Command("rest", "REST of three replicas against a bare Kestrel endpoint, by wrk, in turns")
        {
            connections, seconds, turns, keys, writes, journal, set, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var directory = new TemporaryDirectory(null);
            var config = ClusterFile.Write(directory.Path, 1, 3, servesRest: true, parsed.GetValue(set));
            var settings = ClusterFile.Load(config, new SettingsOverrides
            {
                Algorithm = "paxos",
                Journal = parsed.GetValue(journal) ?? "memory",
                Data = Path.Combine(directory.Path, "data"),
            });
            await using var bare = await StartBareAsync(cancellation);
            await using var cluster = LocalCluster.Start(config, settings);
            var leader = await cluster.WhileAliveAsync(stop => FindLeaderAsync(settings, stop), cancellation);
            Task<WrkRun.Result> Turn(Uri target, double time, CancellationToken stop) => WrkRun.RunAsync(
                directory.Path, target, (int)parsed.GetValue(connections), TimeSpan.FromSeconds(time), (int)parsed.GetValue(keys), parsed.GetValue(writes), stop);
            var results = await cluster.WhileAliveAsync(async stop =>
            {
                // Both are warm before the first turn.
                await Turn(bare.Address, 2, stop);
                await Turn(leader, 3, stop);
                var all = new List<(WrkRun.Result Bare, WrkRun.Result Paxi)>();
                for (var turn = 0; turn < parsed.GetValue(turns); turn++)
                {
                    all.Add((await Turn(bare.Address, parsed.GetValue(seconds), stop), await Turn(leader, parsed.GetValue(seconds), stop)));
                }

                return all;
            }, cancellation);
            return Finish(results, (int)parsed.GetValue(connections), parsed.GetValue(json));
        });
        return command;
    }

    /// <summary>The bare endpoint's process; people need not know of it.</summary>
    public static Command CreateServer()
    {
        var port = BenchOptions.Whole("--port", "where to listen", 0, 0, ushort.MaxValue);
        var command = new Command(ServerName, "The bare endpoint of rest") { port };
        command.Hidden = true;
        command.SetAction((parsed, _) => BareKestrel.RunAsync((int)parsed.GetValue(port), Console.In, Console.Out));
        return command;
    }

    private static int Finish(List<(WrkRun.Result Bare, WrkRun.Result Paxi)> results, int connections, bool json)
    {
        Console.Out.WriteLine($"REST, {connections} connections of wrk, to the leader of three replicas and to a bare Kestrel endpoint in turns");
        foreach (var (bare, paxi) in results)
        {
            Console.Out.WriteLine($"  kestrel {bare.OperationsPerSecond,10:N0}/s   paxi {paxi.OperationsPerSecond,10:N0}/s ({paxi.Failed} failed)   ratio {paxi.OperationsPerSecond / bare.OperationsPerSecond:0.00}");
        }

        var ratios = results.Select(static turn => turn.Paxi.OperationsPerSecond / turn.Bare.OperationsPerSecond).Order().ToArray();
        var median = ratios[ratios.Length / 2];
        Console.Out.WriteLine($"  median ratio {median:0.00}");
        if (json)
        {
            var failed = results.Sum(static turn => turn.Paxi.Failed);
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $$"""{"algorithm":"paxos","connections":{{connections}},"kestrel":[{{string.Join(',', results.Select(static turn => turn.Bare.OperationsPerSecond))}}],"paxi":[{{string.Join(',', results.Select(static turn => turn.Paxi.OperationsPerSecond))}}],"failed":{{failed}},"median_ratio":{{median:0.000}}}"""));
        }

        return results.All(static turn => turn.Paxi.Failed == 0) ? ExitStatus.Good : ExitStatus.Failed;
    }

    private static async Task<BareServer> StartBareAsync(CancellationToken cancellation)
    {
        var port = FreePorts.Take(1)[0];
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = ChildProcess.StartDotnet("kestrel", "paxi-bench.dll", [ServerName, "--port", $"{port}"], line =>
        {
            if (line == BareKestrel.Ready)
            {
                ready.TrySetResult();
            }
        });
        var server = new BareServer(process, new Uri($"http://127.0.0.1:{port}/"));
        var first = await Task.WhenAny(ready.Task, process.Exited, Task.Delay(StartPatience, cancellation));
        if (first == ready.Task)
        {
            return server;
        }

        await server.DisposeAsync();
        cancellation.ThrowIfCancellationRequested();
        throw new BenchException($"the bare endpoint did not start: {string.Join("\n  ", process.LastLines)}");
    }

    /// <summary>Waits until commands are answered, then asks who leads.</summary>
    private static async Task<Uri> FindLeaderAsync(PaxiSettings settings, CancellationToken cancellation)
    {
        await using var driver = PaxiDriver.Connect(settings, 1);
        while ((await driver.SendAsync(0, new LoadOperation("is-there-a-leader", null))).Outcome != LoadOutcome.Done)
        {
            await Task.Delay(100, cancellation);
        }

        using var http = new HttpClient();
        using var status = JsonDocument.Parse(await http.GetStringAsync(new Uri(settings.Replicas[0].Rest!, "status"), cancellation));
        var leader = status.RootElement.GetProperty("leader").GetString();
        var replica = settings.Replicas.Single(replica => replica.Id.ToString() == leader);
        return new Uri(replica.Rest!, "/");
    }

    private sealed class BareServer(ChildProcess process, Uri address) : IAsyncDisposable
    {
        public Uri Address { get; } = address;

        public ValueTask DisposeAsync() => process.DisposeAsync();
    }
}
