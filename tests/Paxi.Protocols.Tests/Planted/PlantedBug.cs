using System.Collections.Immutable;
using Akka.Actor;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;
using Paxi.TestKit.Simulation;

namespace Paxi.Protocols.Tests.Planted;

/// <summary>Makes a role with a defect, in place of the right one.</summary>
/// <param name="right">The role as Multi-Paxos has it.</param>
/// <param name="context">What the replica hands it.</param>
internal delegate Props Plant(RoleDefinition right, ReplicaContext context);

/// <summary>
/// A defect put into Multi-Paxos on purpose, the re-creation of a real one. All of the rest is the product: the defect sits in what a role is handed, or in an actor
/// in front of it.
/// </summary>
/// <param name="Name">Short, as the table shows it.</param>
/// <param name="What">What is wrong.</param>
/// <param name="Origin">Where this went wrong in earnest, or who warns of it.</param>
internal sealed record PlantedBug(string Name, string What, string Origin)
{
    /// <summary>The names of the checks that may see it: one of them must.</summary>
    public required ImmutableArray<string> Checks { get; init; }

    /// <summary>The runs in which it must be found.</summary>
    public RunOptions Options { get; init; } = Runs.Three;

    /// <summary>Most reads of the runs are leader reads: for bugs that nothing else shows.</summary>
    public bool ReadsByLease { get; init; }

    /// <summary>The same runs of the correct code.</summary>
    public PlantedBug Right => this with { Plants = ImmutableDictionary<string, Plant>.Empty, Quorums = null };

    /// <summary>The first seed that it is looked for with.</summary>
    public ulong FirstSeed { get; init; } = 1;

    /// <summary>It must be found within this many seeds from <see cref="FirstSeed"/> on.</summary>
    public int Seeds { get; init; } = 60;

    public ulong LastSeed => FirstSeed + (ulong)Seeds - 1;

    /// <summary>The roles that are wrong, by name.</summary>
    public IReadOnlyDictionary<string, Plant> Plants { get; init; } = ImmutableDictionary<string, Plant>.Empty;

    /// <summary>The quorums that are wrong; null when they are right.</summary>
    public Func<QuorumSystem, QuorumSystem>? Quorums { get; init; }

    public override string ToString() => Name;
}

/// <summary>The runs that the planted bugs are looked for in, as <c>paxi simulate</c> makes them, only smaller.</summary>
internal static class Runs
{
    public static readonly RunOptions Three = new() { Zones = 1, Nodes = 3, Operations = 200, Clients = 6 };

    /// <summary>Where nobody else can make up for what the replica lost.</summary>
    public static readonly RunOptions One = Three with { Nodes = 1 };

    /// <summary>Where one more vote than there is still leaves a quorum wrong.</summary>
    public static readonly RunOptions Five = Three with { Nodes = 5 };

    /// <summary>As on the command line.</summary>
    public static string Show(RunOptions options) => FormattableString.Invariant(
        $"--zones {options.Zones} --nodes {options.Nodes} --ops {options.Operations} --clients {options.Clients} --faults {options.Faults}");
}
