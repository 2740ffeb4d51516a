using System.CommandLine;
using Paxi.Bench.Runs;
using Paxi.Node.Cli;
using Paxi.Protocols;

namespace Paxi.Bench.Cli;

/// <summary>How the replicas are reached.</summary>
internal sealed class AccessOptions
{
    private const string Http = "http";
    private const string NoSpread = "none";

    private readonly Option<string?> _transport = BenchOptions.Choice("--transport", "actor client or REST (default: actor)", "actor", Http);
    private readonly Option<long> _actors = BenchOptions.Whole("--client-actors", "client actors that the clients share, of each zone when they are spread", 1, 1, 64);
    private readonly Option<string?> _spread = BenchOptions.Choice("--spread", "whether each client belongs to a zone and asks its replicas (default: zones)", "zones", NoSpread);
    private readonly Option<string?> _set = BenchOptions.Text("--set", "HOCON", "settings for replicas and clients, as in 'paxi.batch.pipeline = 16'");

    /// <param name="hasSettings">False when the replicas have theirs already.</param>
    public void AddTo(Command command, bool hasSettings = true)
    {
        foreach (var option in (IEnumerable<Option>)[_transport, _actors, _spread])
        {
            command.Add(option);
        }

        if (hasSettings)
        {
            command.Add(_set);
        }
    }

    /// <param name="basis">What holds where the command line says nothing.</param>
    public AccessSpec Read(ParseResult parsed, AccessSpec basis) => basis with
    {
        IsHttp = parsed.GetValue(_transport) is { } transport ? transport == Http : basis.IsHttp,
        Actors = parsed.GetResult(_actors) is { Implicit: false } ? (int)parsed.GetValue(_actors) : basis.Actors,
        IsSpread = parsed.GetValue(_spread) is { } spread ? spread != NoSpread : basis.IsSpread,
        Settings = parsed.GetResult(_set) is not null && parsed.GetValue(_set) is { } set ? $"{basis.Settings}\n{set}".Trim() : basis.Settings,
    };
}

/// <summary>A cluster of processes, how it is reached, and the load: what <c>local</c>, <c>sweep</c>, <c>compare</c> and <c>chaos</c> have in common.</summary>
internal sealed class LocalOptions
{
    private const int MaxZones = 16;
    private const int MaxNodes = 16;

    private readonly Option<string?> _algorithm =
        BenchOptions.Choice("--algorithm", "the protocol (default: paxos)", [.. ProtocolList.All.Select(static protocol => protocol.Name)]);
    private readonly Option<long> _zones = BenchOptions.Whole("--zones", "zones", 1, 1, MaxZones);
    private readonly Option<long> _nodes = BenchOptions.Whole("--nodes", "replicas in each zone", 3, 1, MaxNodes);
    private readonly Option<string?> _journal;
    private readonly Option<string?> _data = BenchOptions.Text("--data", "DIR", "where to put the temporary directory with the journals (default: the system's)");
    private readonly AccessOptions _access = new();
    private readonly LoadOptions _load = new();
    private readonly LocalSpec _defaults;

    /// <param name="isDurable">Whether journals are on disk when nobody says.</param>
    public LocalOptions(bool isDurable = false)
    {
        _defaults = new LocalSpec { IsDurable = isDurable };
        _journal = BenchOptions.Choice("--journal", $"where the journals are (default: {(isDurable ? "disk" : "memory")})", "disk", "memory");
    }

    /// <param name="hasAlgorithm">False when the command has its own way to name the protocol.</param>
    public void AddTo(Command command, bool hasAlgorithm = true)
    {
        if (hasAlgorithm)
        {
            command.Add(_algorithm);
        }

        foreach (var option in (IEnumerable<Option>)[_zones, _nodes, _journal, _data])
        {
            command.Add(option);
        }

        _access.AddTo(command);
        _load.AddTo(command, canCheck: true);
    }

    /// <param name="basis">What holds where the command line says nothing; null for the defaults.</param>
    /// <exception cref="UsageException">A field is out of range.</exception>
    public LocalSpec Read(ParseResult parsed, LocalSpec? basis = null)
    {
        basis ??= _defaults;
        return basis with
        {
            Algorithm = parsed.GetResult(_algorithm) is not null ? parsed.GetValue(_algorithm) ?? basis.Algorithm : basis.Algorithm,
            Zones = parsed.GetResult(_zones) is { Implicit: false } ? (int)parsed.GetValue(_zones) : basis.Zones,
            Nodes = parsed.GetResult(_nodes) is { Implicit: false } ? (int)parsed.GetValue(_nodes) : basis.Nodes,
            IsDurable = parsed.GetValue(_journal) is { } journal ? journal == "disk" : basis.IsDurable,
            Data = parsed.GetValue(_data) ?? basis.Data,
            Access = _access.Read(parsed, basis.Access),
            Load = _load.Read(parsed, basis.Load),
        };
    }
}

/// <summary>Where a run is left and what is printed of it.</summary>
internal sealed class OutputOptions
{
    private readonly Option<string?> _out = BenchOptions.Text("--out", "DIR", $"where the run is left (default: a folder of its own in {RunFolder.DefaultParent})");
    private readonly Option<bool> _json = BenchOptions.Flag("--json", "print one JSON object as the last line");

    public void AddTo(Command command)
    {
        command.Add(_out);
        command.Add(_json);
    }

    public bool IsJson(ParseResult parsed) => parsed.GetValue(_json);

    /// <exception cref="UsageException">It is not writable.</exception>
    public RunFolder CreateFolder(ParseResult parsed) => RunFolder.Create(parsed.GetValue(_out), parsed.CommandResult.Command.Name);
}
