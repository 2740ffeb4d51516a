using Paxi.Bench.Workloads;
using Paxi.Node.Cli;

namespace Paxi.Bench.Loads;

/// <summary>A load as people ask for it: how long, by how many clients, and for what.</summary>
internal sealed record LoadSpec
{
    /// <summary>An open loop has so many operations outstanding at most when nobody says.</summary>
    private const int OpenLoopClients = 1024;

    /// <summary>Null when nobody says.</summary>
    public int? Clients { get; init; }

    /// <summary>What <see cref="Clients"/> is in a closed loop when nobody says.</summary>
    public int DefaultClients { get; init; } = 64;

    public double Seconds { get; init; } = 10;

    public double WarmUp { get; init; } = 3;

    public long Operations { get; init; }

    /// <summary>Of an open loop; 0 for a closed one.</summary>
    public double Rate { get; init; }

    public long Seed { get; init; } = 1;

    /// <summary>Whether the history is recorded and judged.</summary>
    public bool Check { get; init; }

    /// <summary>See <see cref="WorkloadSettings.WithLocality"/>; null when nobody says.</summary>
    public double? Locality { get; init; }

    public WorkloadSettings Workload { get; init; } = new();

    /// <summary>Of warm-up and window together.</summary>
    public TimeSpan Length => TimeSpan.FromSeconds(WarmUp + Seconds);

    public int ClientCount => Clients ?? (Rate > 0 ? OpenLoopClients : DefaultClients);

    /// <param name="zones">Over which the clients are spread.</param>
    public LoadPlan Plan(int zones = 1) =>
        new(ClientCount, TimeSpan.FromSeconds(WarmUp), TimeSpan.FromSeconds(Seconds), Operations, Rate, zones);

    /// <summary>The fields with the locality put into them.</summary>
    /// <exception cref="UsageException">A field is out of range, or fields do not go together.</exception>
    public WorkloadSettings Fields(int zones)
    {
        if (zones == 1 && (Locality is not null || Workload.PerZone))
        {
            throw new UsageException("--locality and --per-zone need clients in two zones or more: --zones is 1, or --spread is none");
        }

        var fields = Locality is { } locality ? Workload.WithLocality(locality, zones) : Workload;
        return fields.Fault() is { } fault ? throw new UsageException(fault) : fields;
    }

    /// <param name="zones">Over which the clients are spread.</param>
    /// <param name="keyPrefix">In front of every key.</param>
    public Workload Create(int zones = 1, string keyPrefix = "") => new(Fields(zones) with { KeyPrefix = keyPrefix }, (ulong)Seed, zones);

    /// <summary>For a title.</summary>
    public string Describe() => Rate > 0 ? $"{Rate:N0} operations/s" : $"{ClientCount} clients";
}
