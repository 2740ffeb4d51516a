using System.Collections.Immutable;
using Akka.Actor;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;
using Paxi.Protocols.Paxos;
using Paxi.TestKit.Simulation;

namespace Paxi.Protocols.Tests.Planted;

/// <summary>Makes a role with a defect, in place of the right one.</summary>
/// <param name="right">The role as the protocol has it.</param>
/// <param name="context">What the replica hands it.</param>
internal delegate Props Plant(RoleDefinition right, ReplicaContext context);

/// <summary>
/// A defect put into a protocol on purpose, the re-creation of a real one. All of the rest is the product: the defect sits in what a role is handed, or in an actor
/// in front of it.
/// </summary>
/// <param name="Name">Short, as the table shows it.</param>
/// <param name="What">What is wrong.</param>
/// <param name="Origin">Where this went wrong in earnest, or who warns of it.</param>
internal sealed record PlantedBug(string Name, string What, string Origin)
{
    /// <summary>The names of the checks that may see it: one of them must.</summary>
    public required ImmutableArray<string> Checks { get; init; }

    /// <summary>The protocol that it is put into.</summary>
    public IProtocol Protocol { get; init; } = new PaxosProtocol();

    /// <summary>The runs in which it must be found.</summary>
    public RunOptions Options { get; init; } = Runs.Three;

    /// <summary>Most reads of the runs are leader reads: for bugs that nothing else shows.</summary>
    public bool ReadsByLease { get; init; }

    /// <summary>The members may change in its runs.</summary>
    public bool ChangesMembers { get; init; }

    /// <summary>Null where the plans are what the seeds draw.</summary>
    public PlanChange? Plans { get; init; }

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

    /// <summary>The run of a seed; null when the seed is not worth running.</summary>
    public RunReport? Run(ulong seed)
    {
        var (protocol, options) = (new PlantedProtocol(this), Options with { Seed = seed });
        if (Plans is null)
        {
            return SimulationRun.Run(protocol, options);
        }

        return Plans.Change(SimulationRun.DrawPlan(protocol, options)) is { } plan ? SimulationRun.Run(protocol, options with { Plan = plan }) : null;
    }

    /// <summary>What is special about its runs; equal for equal runs.</summary>
    public string ShowRuns() => $"{(Protocol is PaxosProtocol ? "" : $"--algorithm {Protocol.Name} ")}{Runs.Show(Options)}{(ReadsByLease ? "; mostly leader reads" : "")}{(ChangesMembers ? "; the members change" : "")}{(Plans is { } plans ? $"; {plans.What}" : "")}";

    public override string ToString() => Name;
}

/// <summary>For a bug that is rare otherwise: changes what a seed draws so that the bug can show.</summary>
/// <param name="What">As the table says it.</param>
/// <param name="Change">Null for a seed that is not worth running.</param>
internal sealed record PlanChange(string What, Func<FaultPlan, FaultPlan?> Change);

/// <summary>The runs that the planted bugs are looked for in, as <c>paxi simulate</c> makes them, only smaller.</summary>
internal static class Runs
{
    public static readonly RunOptions Three = new() { Zones = 1, Nodes = 3, Operations = 200, Clients = 6 };

    /// <summary>Where nobody else can make up for what the replica lost.</summary>
    public static readonly RunOptions One = Three with { Nodes = 1 };

    /// <summary>Where what is wrong shows for a moment only, so that somebody must ask just then.</summary>
    public static readonly RunOptions Busy = Three with { Operations = 1_000, Clients = 12 };

    /// <summary>Where one more vote than there is still leaves a quorum wrong.</summary>
    public static readonly RunOptions Five = Three with { Nodes = 5 };

    /// <summary>Where quorums are made of zones.</summary>
    public static readonly RunOptions Nine = Three with { Zones = 3 };

    /// <summary>As on the command line.</summary>
    public static string Show(RunOptions options) => FormattableString.Invariant(
        $"--zones {options.Zones} --nodes {options.Nodes} --ops {options.Operations} --clients {options.Clients} --faults {options.Faults}");
}
