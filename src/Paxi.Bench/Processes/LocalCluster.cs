using System.Globalization;
using Paxi.Actors.Configuration;

namespace Paxi.Bench.Processes;

/// <summary>The replicas of a configuration as processes of their own: <c>paxi server</c> for each. They end with it, however it ends.</summary>
internal sealed class LocalCluster : IAsyncDisposable
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);

    private readonly List<ChildProcess> _replicas = [];
    private readonly TaskCompletionSource<BenchException> _death = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isStopping;

    private LocalCluster(PaxiSettings settings) => Settings = settings;

    public PaxiSettings Settings { get; }

    /// <summary>Names and process ids, in the order of the configuration.</summary>
    public IReadOnlyList<(string Name, int Id)> Processes => [.. _replicas.Select(static replica => (replica.Name, replica.Id))];

    /// <summary>Completes when a replica ends that nobody asked to; says which, with its last lines.</summary>
    public Task<BenchException> Death => _death.Task;

    /// <summary>Starts all of them; they need not be ready yet.</summary>
    /// <param name="configPath">The file that <paramref name="settings"/> came from.</param>
    /// <param name="settings">Algorithm, journal and data directory are handed on.</param>
    public static LocalCluster Start(string configPath, PaxiSettings settings)
    {
        var cluster = new LocalCluster(settings);
        foreach (var id in settings.Ids)
        {
            var replica = ChildProcess.StartDotnet(id.ToString(), "paxi.dll",
            [
                "server", "--id", id.ToString(), "--config", configPath, "--algorithm", settings.Algorithm,
                "--journal", settings.Journal == JournalKind.Disk ? "disk" : "memory", "--data", settings.DataDirectory,
            ]);
            cluster._replicas.Add(replica);
            _ = cluster.WatchAsync(replica);
        }

        return cluster;
    }

    /// <summary>Runs <paramref name="work"/> to its end, or until a replica dies.</summary>
    /// <exception cref="BenchException">A replica died; the work was cancelled.</exception>
    public async Task<T> WhileAliveAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var working = work(stop.Token);
        if (await Task.WhenAny(working, Death) == working)
        {
            return await working;
        }

        await stop.CancelAsync();
        await Task.WhenAny(working, Task.Delay(StopPatience, CancellationToken.None));
        throw await Death;
    }

    public async ValueTask DisposeAsync()
    {
        _isStopping = true;
        await Task.WhenAll(_replicas.Select(static replica => replica.StopAsync(StopPatience)));
        foreach (var replica in _replicas)
        {
            await replica.DisposeAsync();
        }
    }

    private async Task WatchAsync(ChildProcess replica)
    {
        await replica.Exited;
        if (_isStopping)
        {
            return;
        }

        var lines = replica.LastLines;
        var said = lines.Count == 0 ? "it said nothing" : $"its last lines:\n  {string.Join("\n  ", lines)}";
        _death.TrySetResult(new BenchException(string.Create(CultureInfo.InvariantCulture,
            $"the run is invalid: replica {replica.Name} ended with status {replica.ExitCode}; {said}")));
    }
}
