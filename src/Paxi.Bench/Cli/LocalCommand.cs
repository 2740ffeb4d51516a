using System.CommandLine;
using System.Diagnostics;
using Paxi.Actors.Configuration;
using Paxi.Bench.Drivers;
using Paxi.Bench.Loads;
using Paxi.Bench.Measurement;
using Paxi.Bench.Processes;
using Paxi.Bench.Workloads;
using Paxi.Protocols;

namespace Paxi.Bench.Cli;

/// <summary><c>local</c>: starts the replicas as processes, loads them, stops them.</summary>
internal static class LocalCommand
{
    private const int MaxZones = 16;
    private const int MaxNodes = 16;

    public static Command Create()
    {
        var load = new LoadOptions();
        var access = new AccessOptions();
        var algorithm = BenchOptions.Choice("--algorithm", "the protocol (default: paxos)", [.. ProtocolList.All.Select(static protocol => protocol.Name)]);
        var zones = BenchOptions.Whole("--zones", "zones", 1, 1, MaxZones);
        var nodes = BenchOptions.Whole("--nodes", "replicas in each zone", 3, 1, MaxNodes);
        var journal = BenchOptions.Choice("--journal", "where the journals are (default: memory)", "disk", "memory");
        var data = BenchOptions.Text("--data", "DIR", "where to put the temporary directory with the journals (default: the system's)");
        var command = new Command("local", "Starts replicas as separate processes, loads them, stops them") { algorithm, zones, nodes, journal, data };
        access.AddTo(command);
        load.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            access.Check(parsed, load);
            using var directory = new TemporaryDirectory(parsed.GetValue(data));
            var config = ClusterFile.Write(
                directory.Path, (int)parsed.GetValue(zones), (int)parsed.GetValue(nodes), servesRest: true, access.Set(parsed));
            var settings = PaxiSettings.Load(config, new SettingsOverrides
            {
                Algorithm = parsed.GetValue(algorithm) ?? "paxos",
                Journal = parsed.GetValue(journal) ?? "memory",
                Data = Path.Combine(directory.Path, "data"),
            });
            await using var cluster = LocalCluster.Start(config, settings);
            var report = await cluster.WhileAliveAsync(
                stop => access.LoadAsync(parsed, load, settings, cluster.Processes, "", stop), cancellation);
            var title = $"{settings.Algorithm}: {settings.Ids.Length} replicas as processes, journal {settings.Journal.ToString().ToLowerInvariant()}, " +
                $"{access.Describe(parsed)}, {load.Clients(parsed)} clients";
            return Reporting.Finish(report, title, access.IsJson(parsed));
        });
        return command;
    }
}

/// <summary>What <c>local</c> and <c>run</c> have in common: how the replicas are reached, and what is made of the answers.</summary>
internal sealed class AccessOptions
{
    private const string Http = "http";

    /// <summary>Nine replicas on a small machine take a while to start.</summary>
    private static readonly TimeSpan LeaderPatience = TimeSpan.FromSeconds(60);

    private readonly Option<string?> _transport = BenchOptions.Choice("--transport", "actor client or REST (default: actor)", "actor", Http);
    private readonly Option<long> _actors = BenchOptions.Whole("--client-actors", "client actors that the clients share", 1, 1, 64);
    private readonly Option<bool> _check = BenchOptions.Flag("--check", "LinearizabilityCheck: record the history and judge it");
    private readonly Option<string?> _set = BenchOptions.Text("--set", "HOCON", "settings for replicas and clients, as in 'paxi.batch.pipeline = 16'");
    private readonly Option<bool> _json = BenchOptions.Flag("--json", "print one JSON object as the last line");

    public void AddTo(Command command)
    {
        foreach (var option in (IEnumerable<Option>)[_transport, _actors, _check, _set, _json])
        {
            command.Add(option);
        }
    }

    public bool IsHttp(ParseResult parsed) => parsed.GetValue(_transport) == Http;

    public bool IsJson(ParseResult parsed) => parsed.GetValue(_json);

    public bool IsChecked(ParseResult parsed) => parsed.GetValue(_check);

    public string? Set(ParseResult parsed) => parsed.GetValue(_set);

    public string Describe(ParseResult parsed) => IsHttp(parsed) ? "REST" : "actor client";

    /// <exception cref="UsageException">Options that do not go together, or a field of the workload out of range.</exception>
    public void Check(ParseResult parsed, LoadOptions load)
    {
        var workload = load.Workload(parsed).Settings;
        if (IsChecked(parsed) && workload.ValueBytes < Workload.UniqueValueBytes)
        {
            throw new UsageException(
                $"--check needs values that differ from each other: --value-bytes is {workload.ValueBytes}, it may be {Workload.UniqueValueBytes} or more");
        }
    }

    /// <summary>Waits until the replicas answer, then loads them and makes the report.</summary>
    /// <param name="processes">Of the replicas, as far as they are on this machine.</param>
    /// <param name="keyPrefix">In front of every key.</param>
    public async Task<LoadReport> LoadAsync(
        ParseResult parsed, LoadOptions load, PaxiSettings settings, IReadOnlyList<(string Name, int Id)> processes,
        string keyPrefix, CancellationToken cancellation)
    {
        var plan = load.Plan(parsed);
        await using IDriver driver = IsHttp(parsed)
            ? new RestDriver(settings, plan.Clients)
            : PaxiDriver.Connect(settings, (int)parsed.GetValue(_actors));
        await WaitForLeaderAsync(driver, settings, plan, keyPrefix, cancellation);
        var history = IsChecked(parsed) ? new HistoryDriver(driver) : null;
        using var counters = new ReplicaCounters(settings);
        return await Reporting.MeasureAsync(
            settings.Algorithm, settings.Ids.Length, driver, load.Workload(parsed, keyPrefix), plan, processes, history, cancellation, counters);
    }

    /// <summary>Until a read is answered, by every replica when each is asked directly.</summary>
    private static async Task WaitForLeaderAsync(
        IDriver driver, PaxiSettings settings, LoadPlan plan, string keyPrefix, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        for (var client = 0; client < Math.Min(plan.Clients, settings.Ids.Length); client++)
        {
            LoadResult result;
            while ((result = await driver.SendAsync(client, new LoadOperation($"{keyPrefix}is-there-a-leader", null))).Outcome != LoadOutcome.Done)
            {
                if (Stopwatch.GetElapsedTime(started) > LeaderPatience)
                {
                    throw new BenchException($"no replica answered within {LeaderPatience.TotalSeconds:0} s: {result.Error}");
                }

                await Task.Delay(100, cancellation);
            }
        }
    }
}
