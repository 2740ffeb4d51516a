using Paxi.Actors.Configuration;
using Paxi.Actors.StateMachines;
using Paxi.TestKit.World;

namespace Paxi.TestKit.Simulation;

/// <summary>What a <see cref="SimulatedCluster"/> is made of.</summary>
public sealed record ClusterOptions
{
    /// <summary>The seed of every choice.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>How many zones, named 1, 2, ...</summary>
    public int Zones { get; init; } = 1;

    /// <summary>How many replicas each zone has.</summary>
    public int Nodes { get; init; } = 3;

    /// <summary>Zones of as many replicas that are there but are no voters at first, named behind the others.</summary>
    public int SpareZones { get; init; }

    /// <summary>The content of a section <c>paxi</c>, in HOCON; keys that it lacks have their defaults (<see cref="Reference"/>).</summary>
    public string Settings { get; init; } = "";

    public NetworkOptions Network { get; init; } = new();

    public DiskOptions Disk { get; init; } = new();

    /// <summary>Makes the state machine; null takes the key-value store.</summary>
    public Func<IStateMachine>? StateMachine { get; init; }

    /// <summary>Runs what is ready on one machine in a random order.</summary>
    public bool ShufflesReadyWork { get; init; }

    /// <summary>Receives a line for each record of the trace; null writes none.</summary>
    public TextWriter? Trace { get; init; }

    /// <summary>More checks than the usual ones; made anew for each cluster.</summary>
    public Func<IEnumerable<Checks.Check>>? MoreChecks { get; init; }
}
