using Paxi.Actors.Configuration;
using Paxi.Bench.Loads;
using Paxi.Bench.Processes;
using Paxi.Bench.Workloads;
using Paxi.Node.Cli;
using Paxi.Protocols;

namespace Paxi.Bench.Runs;

/// <summary>How the clients reach the replicas.</summary>
internal sealed record AccessSpec
{
    /// <summary>REST instead of the actor client.</summary>
    public bool IsHttp { get; init; }

    /// <summary>Client actors that the clients share; in each zone when they are spread.</summary>
    public int Actors { get; init; } = 1;

    /// <summary>Whether each client belongs to a zone and asks its replicas.</summary>
    public bool IsSpread { get; init; } = true;

    /// <summary>HOCON for replicas and clients; null for none.</summary>
    public string? Settings { get; init; }

    public string Describe(int zones) => (IsHttp ? "REST" : "actor client") + (IsSpread && zones > 1 ? " in each zone" : "");

    /// <param name="zones">Over which the clients are spread.</param>
    /// <param name="algorithm">What runs.</param>
    /// <exception cref="UsageException">What does not go together.</exception>
    public void Check(LoadSpec load, int zones, string algorithm)
    {
        var workload = load.Fields(zones);
        if (load.Check && workload.ValueBytes < Workload.UniqueValueBytes)
        {
            throw new UsageException(
                $"--check needs values that differ from each other: --value-bytes is {workload.ValueBytes}, it may be {Workload.UniqueValueBytes} or more");
        }

        if (!workload.HasTransactions)
        {
            return;
        }

        if (IsHttp)
        {
            throw new UsageException("--transactions and --scan-keys need --transport actor; REST has no transactions");
        }

        if (!ProtocolList.Find(algorithm).Promises.Transactions)
        {
            var others = ProtocolList.All.Where(static protocol => protocol.Promises.Transactions).Select(static protocol => protocol.Name);
            throw new UsageException($"{algorithm} has no transactions, which --transactions and --scan-keys need; those that do: {string.Join(", ", others)}");
        }
    }
}

/// <summary>A cluster of processes on this machine and the load on it.</summary>
internal sealed record LocalSpec
{
    public string Algorithm { get; init; } = "paxos";

    public int Zones { get; init; } = 1;

    /// <summary>Replicas in each zone.</summary>
    public int Nodes { get; init; } = 3;

    /// <summary>Whether the journals are on disk.</summary>
    public bool IsDurable { get; init; }

    /// <summary>Where the temporary directory goes; null for the system's place.</summary>
    public string? Data { get; init; }

    public AccessSpec Access { get; init; } = new();

    public LoadSpec Load { get; init; } = new();

    /// <summary>Over which the clients are spread.</summary>
    public int ClientZones => Access.IsSpread ? Zones : 1;

    public string Title => $"{Algorithm}: {Zones * Nodes} replicas as processes{(Zones > 1 ? $" in {Zones} zones" : "")}, journal {(IsDurable ? "disk" : "memory")}, " +
        $"{Access.Describe(Zones)}, {Load.Describe()}, keys {Load.Fields(ClientZones).Describe()}";

    /// <summary>Checked before anything is started.</summary>
    /// <exception cref="UsageException">What does not go together.</exception>
    /// <exception cref="ConfigurationException">What is set does not fit.</exception>
    public LocalSpec Checked()
    {
        Access.Check(Load, ClientZones, Algorithm);
        using var directory = new TemporaryDirectory(Data);
        _ = Write(directory, null);
        return this;
    }

    /// <summary>Writes the replicas' configuration, and reads it back.</summary>
    /// <param name="directory">Where to; the journals come beside it.</param>
    /// <param name="more">HOCON in front of what people set; null for none.</param>
    public (string Path, PaxiSettings Settings) Write(TemporaryDirectory directory, string? more)
    {
        var path = ClusterFile.Write(directory.Path, Zones, Nodes, servesRest: true, $"{more}\n{Access.Settings}");
        return (path, ClusterFile.Load(path, new SettingsOverrides
        {
            Algorithm = Algorithm,
            Journal = IsDurable ? "disk" : "memory",
            Data = Path.Combine(directory.Path, "data"),
        }));
    }
}
