using System.Collections.Concurrent;
using Paxi.Protocols.Paxos;
using Paxi.TestKit.Checks;
using Paxi.TestKit.Simulation;

namespace Paxi.Protocols.Tests.Planted;

/// <summary>The first seed that finds a bug, and what it shows.</summary>
internal sealed record Finding(PlantedBug Bug, ulong Seed, Violation Violation)
{
    public bool IsExpected => Bug.Checks.Contains(Violation.Check);
}

/// <summary>Runs seeds with a bug, and without.</summary>
internal static class PlantedSearch
{
    private static readonly ConcurrentDictionary<(string Options, bool ReadsByLease, ulong Seed), string?> s_right = new();

    /// <summary>Every seed from <paramref name="first"/> to <paramref name="last"/> that breaks a property, in their order, as they are found.</summary>
    public static IEnumerable<Finding> Find(PlantedBug bug, ulong first, ulong last)
    {
        var protocol = new PlantedProtocol(bug);
        for (var seed = first; seed <= last; seed++)
        {
            if (SimulationRun.Run(protocol, bug.Options with { Seed = seed }).Violation is { } violation)
            {
                yield return new Finding(bug, seed, violation);
            }
        }
    }

    /// <summary>What the correct code does wrong with the same seeds; none, if the checks are right. A run that decides nothing is no pass.</summary>
    public static IReadOnlyList<string> FaultsOfCorrectCode(PlantedBug bug, ulong first, ulong last)
    {
        var faults = new List<string>();
        for (var seed = first; seed <= last; seed++)
        {
            if (s_right.GetOrAdd((Runs.Show(bug.Options), bug.ReadsByLease, seed), _ => FaultOfCorrectCode(bug.Right, seed)) is { } fault)
            {
                faults.Add(fault);
            }
        }

        return faults;
    }

    private static string? FaultOfCorrectCode(PlantedBug right, ulong seed)
    {
        var report = SimulationRun.Run(new PlantedProtocol(right), right.Options with { Seed = seed });
        return report.Passed ? null : $"{Runs.Show(right.Options)} --seed {seed}: {report.Violation?.ToString() ?? report.Undecided}";
    }
}
