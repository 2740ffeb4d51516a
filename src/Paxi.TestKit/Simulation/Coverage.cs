using Paxi.TestKit.World;

namespace Paxi.TestKit.Simulation;

/// <summary>
/// What a run, or many runs, went through. A run in which a fault was on and never happened proves nothing about it, so the sums over the seeds are shown, and what was
/// never exercised is named.
/// </summary>
public sealed class Coverage
{
    private readonly Dictionary<(string Log, long Slot), TimeSpan> _executed = [];
    private readonly SortedDictionary<string, long> _others = new(StringComparer.Ordinal);

    /// <summary>Times that a replica won phase 1.</summary>
    public long Elections { get; set; }

    public long Promises { get; set; }

    public long Votes { get; set; }

    /// <summary>Times that a replica learned of a decision.</summary>
    public long Decisions { get; set; }

    /// <summary>Slots that some replica executed.</summary>
    public long Slots { get; set; }

    /// <summary>Slots of them without a command.</summary>
    public long NoOps { get; set; }

    /// <summary>Executions of a slot long after the first replica had executed it: a replica catches up by the log.</summary>
    public long CaughtUp { get; set; }

    /// <summary>State machines restored from a snapshot, after a restart or from a peer.</summary>
    public long SnapshotsRestored { get; set; }

    /// <summary>Of them those of replicas that had executed something since their start: it came from a peer.</summary>
    public long SnapshotsFromPeers { get; set; }

    /// <summary>The counters by name; one that was never touched may be absent.</summary>
    public IReadOnlyDictionary<string, long> Values
    {
        get
        {
            var values = new SortedDictionary<string, long>(_others, StringComparer.Ordinal);
            foreach (var (name, value) in Steps())
            {
                values.Add(name, value);
            }

            return values;
        }
    }

    public long this[string name]
    {
        get => _others.TryGetValue(name, out var value) ? value : Steps().FirstOrDefault(step => step.Name == name).Value;
        set => _others[name] = value;
    }

    /// <summary>Adds what another run went through.</summary>
    public void Add(Coverage other)
    {
        foreach (var (name, value) in other._others)
        {
            this[name] += value;
        }

        Elections += other.Elections;
        Promises += other.Promises;
        Votes += other.Votes;
        Decisions += other.Decisions;
        Slots += other.Slots;
        NoOps += other.NoOps;
        CaughtUp += other.CaughtUp;
        SnapshotsRestored += other.SnapshotsRestored;
        SnapshotsFromPeers += other.SnapshotsFromPeers;
    }

    /// <summary>Those that are counted at every step, and so have no entry to look up.</summary>
    private IEnumerable<(string Name, long Value)> Steps() => new[]
    {
        ("elections", Elections), ("promises", Promises), ("votes", Votes), ("decisions", Decisions), ("slots", Slots), ("no-ops", NoOps), ("slots caught up", CaughtUp),
        ("snapshots restored", SnapshotsRestored), ("snapshots from peers", SnapshotsFromPeers),
    }.Where(step => step.Item2 != 0);

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
        this["rivals won"] = injector.RivalsWon;
        foreach (var (family, count) in injector.Begun)
        {
            this[$"fault {family}"] = count;
        }
    }

    private static long Sum(SimulatedCluster cluster, Func<DiskCounters, long> counter) => cluster.Nodes.Sum(node => counter(node.Disk.Counters));
}
