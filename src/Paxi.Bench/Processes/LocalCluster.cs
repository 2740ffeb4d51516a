using Paxi.Actors;
using Paxi.Actors.Configuration;

namespace Paxi.Bench.Processes;

/// <summary>The replicas of a configuration as processes of their own: <c>paxi server</c> for each. They end with it, however it ends.</summary>
internal sealed class LocalCluster : IAsyncDisposable
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);

    private readonly string _configPath;
    private readonly Lock _lock = new();
    private readonly SortedDictionary<ReplicaId, ChildProcess> _replicas = [];

    /// <summary>Those that were killed on purpose; each ends with the cluster.</summary>
    private readonly List<ChildProcess> _killed = [];

    private readonly TaskCompletionSource<BenchException> _death = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isStopping;

    private LocalCluster(string configPath, PaxiSettings settings) => (_configPath, Settings) = (configPath, settings);

    public PaxiSettings Settings { get; }

    /// <summary>Names and process ids of those that run now, in the order of their ids.</summary>
    public IReadOnlyList<(string Name, int Id)> Processes
    {
        get
        {
            lock (_lock)
            {
                return [.. _replicas.Values.Select(static replica => (replica.Name, replica.Id))];
            }
        }
    }

    /// <summary>Completes when a replica ends that nobody asked to; says which, with its last lines.</summary>
    public Task<BenchException> Death => _death.Task;

    /// <summary>Starts all of them; they need not be ready yet.</summary>
    /// <param name="configPath">The file that <paramref name="settings"/> came from.</param>
    /// <param name="settings">Algorithm, journal and data directory are handed on.</param>
    public static LocalCluster Start(string configPath, PaxiSettings settings)
    {
        var cluster = new LocalCluster(configPath, settings);
        foreach (var id in settings.Ids)
        {
            cluster.Start(id);
        }

        return cluster;
    }

    public bool IsRunning(ReplicaId id)
    {
        lock (_lock)
        {
            return _replicas.ContainsKey(id);
        }
    }

    /// <summary>Ends a replica at once, as a crash of its process does (SIGKILL). That is no death that invalidates the run.</summary>
    /// <exception cref="BenchException">It does not run.</exception>
    public async Task KillAsync(ReplicaId id)
    {
        ChildProcess replica;
        lock (_lock)
        {
            if (!_replicas.Remove(id, out replica!))
            {
                throw new BenchException($"replica {id} cannot be killed: it does not run");
            }

            _killed.Add(replica);
        }

        replica.Kill();
        await replica.Exited;
    }

    /// <summary>Starts a replica that was killed again, with the same journal; it need not be ready yet.</summary>
    /// <exception cref="BenchException">It runs.</exception>
    public void Restart(ReplicaId id)
    {
        if (IsRunning(id))
        {
            throw new BenchException($"replica {id} cannot be restarted: it runs");
        }

        Start(id);
    }

    /// <summary>Runs <paramref name="work"/> to its end, or until a replica dies.</summary>
    /// <exception cref="BenchException">A replica died; the work was cancelled.</exception>
    public Task<T> WhileAliveAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellation) =>
        Lives.WhileAsync(Death, work, cancellation);

    public async ValueTask DisposeAsync()
    {
        ChildProcess[] running;
        lock (_lock)
        {
            _isStopping = true;
            running = [.. _replicas.Values];
        }

        await Task.WhenAll(running.Select(static replica => replica.StopAsync(StopPatience)));
        foreach (var replica in running.Concat(_killed))
        {
            await replica.DisposeAsync();
        }
    }

    private void Start(ReplicaId id)
    {
        lock (_lock)
        {
            if (_isStopping)
            {
                return;
            }

            var replica = ChildProcess.StartDotnet(id.ToString(), "paxi.dll",
            [
                "server", "--id", id.ToString(), "--config", _configPath, "--algorithm", Settings.Algorithm,
                "--journal", Settings.Journal == JournalKind.Disk ? "disk" : "memory", "--data", Settings.DataDirectory,
            ]);
            _replicas[id] = replica;
            _ = WatchAsync(id, replica);
        }
    }

    private async Task WatchAsync(ReplicaId id, ChildProcess replica)
    {
        await replica.Exited;
        lock (_lock)
        {
            if (_isStopping || !_replicas.TryGetValue(id, out var current) || current != replica)
            {
                return;
            }
        }

        _death.TrySetResult(Lives.Death("replica", replica));
    }
}
