using System.Collections.Concurrent;
using Paxi.TestKit.Checks;

namespace Paxi.Protocols.Tests.Planted;

/// <summary>The first seed that finds a bug, and what it shows.</summary>
internal sealed record Finding(PlantedBug Bug, ulong Seed, Violation Violation)
{
    public bool IsExpected => Bug.Checks.Contains(Violation.Check);
}

/// <summary>Runs seeds with a bug, and without.</summary>
internal static class PlantedSearch
{
    private static readonly ConcurrentDictionary<(string Runs, ulong Seed), string?> s_right = new();

    /// <summary>Every seed from <paramref name="first"/> to <paramref name="last"/> that breaks a property, in their order, as they are found.</summary>
    public static IEnumerable<Finding> Find(PlantedBug bug, ulong first, ulong last)
    {
        for (var seed = first; seed <= last; seed++)
        {
            if (bug.Run(seed)?.Violation is { } violation)
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
            if (s_right.GetOrAdd((bug.ShowRuns(), seed), _ => FaultOfCorrectCode(bug.Right, seed)) is { } fault)
            {
                faults.Add(fault);
            }
        }

        return faults;
    }

    private static string? FaultOfCorrectCode(PlantedBug right, ulong seed) => right.Run(seed) is { Passed: false } report
        ? $"{right.ShowRuns()}, seed {seed}: {report.Violation?.ToString() ?? report.Undecided}"
        : null;
}
