using Paxi.TestKit.World;

namespace Paxi.TestKit.Simulation;

/// <summary>
/// What a run, or many runs, went through. A run in which a fault was on and never happened proves nothing about it, so the sums over the seeds are shown, and what was
/// never exercised is named.
/// </summary>
public sealed class Coverage
{
    private readonly Dictionary<(string Log, long Slot), TimeSpan> _executed = [];
    private readonly SortedDictionary<string, long> _values = new(StringComparer.Ordinal);

    /// <summary>Times that a replica won phase 1.</summary>
    public long Elections { get => this["elections"]; set => this["elections"] = value; }

    public long Promises { get => this["promises"]; set => this["promises"] = value; }

    public long Votes { get => this["votes"]; set => this["votes"] = value; }

    /// <summary>Times that a replica learned of a decision.</summary>
    public long Decisions { get => this["decisions"]; set => this["decisions"] = value; }

    /// <summary>Slots that some replica executed.</summary>
    public long Slots { get => this["slots"]; set => this["slots"] = value; }

    /// <summary>Slots of them without a command.</summary>
    public long NoOps { get => this["no-ops"]; set => this["no-ops"] = value; }

    /// <summary>Executions of a slot long after the first replica had executed it: a replica catches up by the log.</summary>
    public long CaughtUp { get => this["slots caught up"]; set => this["slots caught up"] = value; }

    /// <summary>State machines restored from a snapshot, after a restart or from a peer.</summary>
    public long SnapshotsRestored { get => this["snapshots restored"]; set => this["snapshots restored"] = value; }

    /// <summary>Of them those of replicas that had executed something since their start: it came from a peer.</summary>
    public long SnapshotsFromPeers { get => this["snapshots from peers"]; set => this["snapshots from peers"] = value; }

    /// <summary>The counters by name.</summary>
    public IReadOnlyDictionary<string, long> Values => _values;

    public long this[string name]
    {
        get => _values.GetValueOrDefault(name);
        set => _values[name] = value;
    }

    /// <summary>Adds what another run went through.</summary>
    public void Add(Coverage other)
    {
        foreach (var (name, value) in other._values)
        {
            this[name] += value;
        }
    }

    internal void Execute(string log, long slot, bool isNoOp, bool isFirst, TimeSpan now, TimeSpan late)
    {
        if (isFirst)
        {
            Slots++;
            NoOps += isNoOp ? 1 : 0;
            _executed[(log, slot)] = now;
        }
        else if (_executed.TryGetValue((log, slot), out var first) && now - first > late)
        {
            CaughtUp++;
        }
    }

    /// <summary>Reads off what the world counted.</summary>
    internal void Take(SimulatedCluster cluster, FaultInjector injector)
    {
        var network = cluster.Network.Counters;
        this["messages"] = network.Messages;
        this["lost"] = network.Lost;
        this["cut"] = network.Cut;
        this["unreachable"] = network.Unreachable;
        this["duplicated"] = network.Duplicated;
        this["reordered"] = network.Reordered;
        this["clogged"] = network.Clogged;
        this["crashes"] = cluster.Nodes.Sum(node => node.Crashes);
        this["commits lost"] = Sum(cluster, disk => disk.Lost);
        this["commits survived unsynced"] = Sum(cluster, disk => disk.Survived);
        this["torn writes"] = Sum(cluster, disk => disk.TornTails);
        this["commits failed"] = Sum(cluster, disk => disk.Failed);
        this["moments met"] = injector.MomentsMet;
        foreach (var (family, count) in injector.Begun)
        {
            this[$"fault {family}"] = count;
        }
    }

    private static long Sum(SimulatedCluster cluster, Func<DiskCounters, long> counter) => cluster.Nodes.Sum(node => counter(node.Disk.Counters));
}
