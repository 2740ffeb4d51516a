using System.CommandLine;
using Paxi.Bench.Comparisons;
using Paxi.Bench.Processes;
using Paxi.Bench.Runs;

namespace Paxi.Bench.Cli;

/// <summary><c>etcd</c>: the same load on etcd, for comparison.</summary>
internal static class EtcdCommand
{
    public static Command Create()
    {
        var load = new LoadOptions();
        var program = BenchOptions.Text("--program", "FILE", "etcd's program (default: etcd, as Debian's package etcd-server has it)");
        var members = BenchOptions.Whole("--members", "members", 3, 1, 9);
        var connections = BenchOptions.Whole("--connections", "connections that the clients share", 8, 1, 1024);
        var data = BenchOptions.Text("--data", "DIR", "where to put the temporary directory with the members' data (default: the system's)");
        var output = new OutputOptions();
        var command = new Command("etcd", "The same load on etcd over gRPC: starts its members, loads the one that leads, stops them")
        {
            program, members, connections, data,
        };
        load.AddTo(command);
        output.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var plan = load.Plan(parsed);
            var workload = load.Workload(parsed);
            var folder = output.CreateFolder(parsed);
            using var directory = new TemporaryDirectory(parsed.GetValue(data));
            await using var cluster = EtcdCluster.Start(parsed.GetValue(program) ?? "etcd", (int)parsed.GetValue(members), directory.Path);
            var shared = (int)Math.Min(parsed.GetValue(connections), plan.Clients);
            await using var driver = await EtcdDriver.ConnectAsync(cluster, shared, cancellation);
            var target = new LoadTarget { Algorithm = "etcd", Replicas = cluster.Clients.Count, Driver = driver, Processes = () => cluster.Processes };
            var record = new RunRecord(
                $"etcd: {cluster.Clients.Count} members as processes, gRPC to the leader, {plan.Clients} clients", CommandWords.Of(parsed), "", folder);
            return await Reporting.MeasureAsync(target, workload, plan, record, cluster.Death, output.IsJson(parsed), cancellation);
        });
        return command;
    }
}
