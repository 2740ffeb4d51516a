using System.CommandLine;
using Paxi.Actors.Configuration;
using Paxi.Bench.Echo;
using Paxi.Bench.Processes;
using Paxi.Bench.Runs;
using Paxi.Bench.Workloads;

namespace Paxi.Bench.Cli;

/// <summary><c>echo</c>: bare Akka.Remote request and reply between two processes, the yardstick.</summary>
internal static class EchoCommand
{
    private const string ServerName = "echo-server";

    /// <summary>A yardstick stays what it is when the replicas' own dispatcher and transport change: these are Akka's.</summary>
    private const string BareRemoting =
        "akka.remote { default-remote-dispatcher.type = Dispatcher, dot-netty.tcp.transport-class = \"Akka.Remote.Transport.DotNetty.TcpTransport, Akka.Remote\" }";

    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);

    public static Command Create()
    {
        var load = new LoadOptions();
        var output = new OutputOptions();
        var set = BenchOptions.Text("--set", "HOCON", "settings for both halves, as in 'akka.remote.dot-netty.tcp.tcp-nodelay = off'");
        var command = new Command("echo", "Bare Akka.Remote request and reply between two processes, one message each way: the yardstick") { set };
        load.AddPlanTo(command);
        output.AddTo(command);
        command.SetAction((parsed, cancellation) => RunAsync(parsed, load, parsed.GetValue(set), output, cancellation));
        return command;
    }

    /// <summary>The other process; people need not know of it.</summary>
    public static Command CreateServer()
    {
        var config = BenchOptions.Text("--config", "F", "whose first replica says where to listen");
        var command = new Command(ServerName, "The other half of echo") { config };
        command.Hidden = true;
        command.SetAction((parsed, _) => EchoServer.RunAsync(
            PaxiSettings.Load(parsed.GetValue(config), SettingsOverrides.None), Console.In, Console.Out));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, LoadOptions load, string? set, OutputOptions output, CancellationToken cancellation)
    {
        var plan = load.Plan(parsed);
        using var directory = new TemporaryDirectory(null);
        var config = ClusterFile.Write(directory.Path, 1, 1, servesRest: false, $"{BareRemoting}\n{set}");
        var settings = ClusterFile.Load(config, SettingsOverrides.None);
        var folder = output.CreateFolder(parsed);
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = ChildProcess.StartDotnet("echo", "paxi-bench.dll", [ServerName, "--config", config], line =>
        {
            if (line == EchoServer.Ready)
            {
                ready.TrySetResult();
            }
        });
        var first = await Task.WhenAny(ready.Task, server.Exited, Task.Delay(StartPatience, cancellation));
        cancellation.ThrowIfCancellationRequested();
        if (first != ready.Task)
        {
            throw new BenchException($"the other half of the echo did not start: {string.Join("\n  ", server.LastLines)}");
        }

        await using var driver = new EchoDriver(settings, plan.Clients);
        var target = new LoadTarget { Algorithm = "echo", Replicas = 1, Driver = driver, Processes = () => [(server.Name, server.Id)] };
        var record = new RunRecord(
            $"echo: one message each way between two processes, {plan.Clients} clients", CommandWords.Of(parsed), await File.ReadAllTextAsync(config, cancellation), folder);
        return await Reporting.MeasureAsync(
            target, new Workload(new WorkloadSettings(), seed: 1), plan, record, Lives.OfAsync("process", [server]), output.IsJson(parsed), cancellation);
    }
}
