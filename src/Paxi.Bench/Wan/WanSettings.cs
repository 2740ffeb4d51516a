using Paxi.Actors.Replicas;
using Paxi.TestKit.Simulation;
using Paxi.TestKit.World;

namespace Paxi.Bench.Wan;

/// <summary>A WAN experiment in virtual time.</summary>
public sealed record WanSettings
{
    /// <summary>More endpoints than this make the table of links large for nothing.</summary>
    public const int MaxClients = 2_000;

    public required IProtocol Protocol { get; init; }

    public required RegionMatrix Matrix { get; init; }

    public WanDistances Distances { get; init; } = new();

    /// <summary>Replicas in each region; a region is a zone.</summary>
    public int Nodes { get; init; } = 3;

    /// <summary>Clients in each region, each with one operation under way; each asks a replica of its region first.</summary>
    public int Clients { get; init; } = 20;

    /// <summary>Operations a second in each region, as a Poisson process, their latency from when they were due; null: closed loops.</summary>
    public double? Rate { get; init; }

    public required WanWorkload Workload { get; init; }

    /// <summary>Keys that exist before the load begins, each written from the region that is to own it.</summary>
    public IReadOnlyList<WanPreload> Preload { get; init; } = [];

    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan Length { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>What happens to the cluster meanwhile.</summary>
    public IReadOnlyList<WanFault> Faults { get; init; } = [];

    /// <summary>The region, from 0, in which the leader is to be, for protocols that have one; null: wherever it gets elected.</summary>
    public int? LeaderRegion { get; init; }

    /// <summary>What messages cost a replica; null: nothing.</summary>
    public MessageCosts? Costs { get; init; }

    /// <summary>The content of the section <c>paxi</c>, in HOCON, over <see cref="Defaults"/>.</summary>
    public string Configuration { get; init; } = "";

    public ulong Seed { get; init; } = 1;

    /// <summary>Whether the history is judged for linearizability.</summary>
    public bool IsChecked { get; init; }

    /// <summary>
    /// Nothing is sent again, and nobody suspected, only because the other end of the world is far; and nothing waits only because much is
    /// under way.
    /// </summary>
    public const string Defaults = """
        heartbeat-interval = 200ms
        election-timeout = 1s
        retransmit-interval = 600ms
        client.retry-interval = 3s
        client.timeout = 20s
        batch.pace = 0ms
        batch.pipeline = 512
        owners.pipeline = 64
        """;

    /// <summary>What is wrong, in one line; null when nothing is.</summary>
    public string? Fault()
    {
        const int MaxReplicas = 64;
        var regions = Matrix.Regions.Count;
        return (Nodes, Clients, Rate) switch
        {
            _ when Nodes < 1 || Nodes * regions > MaxReplicas => $"--nodes is {Nodes} for {regions} regions; together there may be 1 to {MaxReplicas} replicas",
            _ when Clients < 1 || Clients * regions > MaxClients => $"--clients is {Clients} for {regions} regions; together there may be 1 to {MaxClients}",
            _ when Rate is { } rate && !(rate > 0 && rate <= 1e6) => $"--rate is {Rate}; it may be more than 0 and up to 1000000 operations/s",
            _ when Workload.Regions != regions => $"the workload is for {Workload.Regions} regions; the matrix has {regions}",
            _ when Length <= TimeSpan.Zero || WarmUp < TimeSpan.Zero => "--seconds and --warm-up are times above 0",
            _ when LeaderRegion is { } region && (region < 0 || region >= regions) => $"there is no region {region}; there are {regions}",
            _ => null,
        };
    }
}

/// <param name="Region">From 0.</param>
/// <param name="From">The first key's number.</param>
/// <param name="Count">So many keys.</param>
/// <param name="Node">The replica of the region that is asked, from 1; null: all in turn.</param>
public sealed record WanPreload(int Region, int From, int Count, int? Node = null);

/// <summary>Something that happens to a cluster under load.</summary>
/// <param name="At">From the beginning of the measured time.</param>
/// <param name="Until">When <paramref name="Undo"/> is called; null: never.</param>
/// <param name="Text">In words.</param>
public sealed record WanFault(TimeSpan At, TimeSpan? Until, string Text, Action<SimulatedCluster> Do, Action<SimulatedCluster>? Undo = null)
{
    /// <summary>These replicas die, and start again from their disks at the end.</summary>
    public static WanFault Crash(TimeSpan at, TimeSpan? until, params IReadOnlyList<string> replicas) => new(
        at, until, $"{string.Join(", ", replicas)} down",
        cluster =>
        {
            foreach (var replica in replicas)
            {
                cluster.Node(replica).Crash();
            }
        },
        cluster =>
        {
            foreach (var replica in replicas)
            {
                cluster.Node(replica).Start();
            }
        });

    /// <summary>These replicas hear nobody and are heard by nobody until the end.</summary>
    public static WanFault Partition(TimeSpan at, TimeSpan until, params IReadOnlyList<string> replicas) => new(
        at, until, $"{string.Join(", ", replicas)} cut off",
        cluster => cluster.Network.Partition([.. replicas]),
        static cluster => cluster.Network.Heal());
}
