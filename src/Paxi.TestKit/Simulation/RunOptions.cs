using System.Collections.Immutable;
using Paxi.TestKit.Linearizability;

namespace Paxi.TestKit.Simulation;

/// <summary>Which faults a run may have.</summary>
/// <param name="Families">Of <see cref="FaultPlan.Families"/>; none for a calm run.</param>
/// <param name="IsSwarm">Each is left out of about half of the runs, and links and settings vary.</param>
public sealed record FaultChoice(ImmutableArray<string> Families, bool IsSwarm)
{
    public static readonly FaultChoice None = new([], false);

    public static readonly FaultChoice Swarm = new(FaultPlan.Families, true);

    /// <summary>As <c>--faults</c> says it: <c>none</c>, <c>swarm</c>, or names of families with commas between.</summary>
    /// <exception cref="ArgumentException">A name is unknown; one line that lists those there are.</exception>
    public static FaultChoice Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        switch (text)
        {
            case "none":
                return None;
            case "swarm":
                return Swarm;
        }

        var names = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var unknown = names.FirstOrDefault(name => !FaultPlan.Families.Contains(name));
        return unknown is null && names.Length > 0
            ? new FaultChoice([.. FaultPlan.Families.Where(names.Contains)], false)
            : throw new ArgumentException($"--faults {unknown ?? text} is unknown; it may be none, swarm, or any of {string.Join(",", FaultPlan.Families)}");
    }

    public override string ToString() => IsSwarm ? "swarm" : Families.IsEmpty ? "none" : string.Join(',', Families);
}

/// <summary>A run of a simulation.</summary>
public sealed record RunOptions
{
    public ulong Seed { get; init; } = 1;

    public int Zones { get; init; } = 3;

    public int Nodes { get; init; } = 3;

    public int Operations { get; init; } = 1_000;

    public int Clients { get; init; } = 16;

    public FaultChoice Faults { get; init; } = FaultChoice.Swarm;

    /// <summary>Messages go through the real serializers.</summary>
    public bool Serializes { get; init; } = true;

    /// <summary>Within this virtual time after all faults have ended, every replica must take a write and all must hold the same.</summary>
    public TimeSpan LivenessBound { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>What the linearizability check may spend.</summary>
    public CheckLimits Limits { get; init; } = new()
    {
        Time = TimeSpan.FromSeconds(30),
        MemoryBytes = 1L << 29,
        Configurations = 20_000_000,
        Parallelism = 1,
    };

    /// <summary>Whether the order of decision is tried as a proof of linearizability before the search for one (<see cref="DecidedOrder"/>).</summary>
    public bool UsesDecidedOrder { get; init; } = true;

    /// <summary>Receives a line for each record of the trace; null writes none.</summary>
    public TextWriter? Trace { get; init; }

    /// <summary>A plan instead of the one that the seed gives: to repeat a run with fewer faults.</summary>
    public FaultPlan? Plan { get; init; }

    /// <summary>Begin no more than this many operations, of those that the seed gives.</summary>
    public int? StopAfter { get; init; }

    /// <exception cref="ArgumentException">A number is out of range; the message is one line.</exception>
    internal RunOptions Validated()
    {
        Check("--zones", Zones, 1, 9);
        Check("--nodes", Nodes, 1, 9);
        Check("--zones times --nodes", Zones * Nodes, 1, 25);
        Check("--ops", Operations, 1, 1_000_000);
        Check("--clients", Clients, 1, 256);
        return this;
    }

    private static void Check(string name, int value, int least, int most)
    {
        if (value < least || value > most)
        {
            throw new ArgumentException($"{name} is {value}; it may be from {least} to {most}");
        }
    }
}
