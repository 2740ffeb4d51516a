using Paxi.TestKit.Histories;

namespace Paxi.TestKit.Linearizability;

/// <summary>
/// Looks for a contradiction in short stretches of a long partition. A wrong answer mostly contradicts what happened around it, while the search of the whole, which
/// goes from the beginning, may never get there: operations of unknown outcome from long ago multiply its choices.
/// </summary>
internal static class WindowScan
{
    /// <summary>What one stretch may cost; most cost a hundredth of it.</summary>
    private const long ConfigurationsEach = 20_000;

    private static readonly int[] s_sizes = [16, 64, 256];

    /// <summary>Operations that are impossible whatever the key held before them, as they stand in their stretch; null if none were found.</summary>
    public static IReadOnlyList<Operation>? Find(IReadOnlyList<Operation> operations, SearchBudget budget)
    {
        if (!Window.Applies(operations))
        {
            return null;
        }

        Operation[] byEnd = [.. operations.Where(static operation => operation.Ok == true).OrderBy(static operation => operation.End)];
        foreach (int size in s_sizes)
        {
            for (int last = Math.Min(size, byEnd.Length) - 1; last >= 0 && last < byEnd.Length; last += Math.Max(1, size / 2))
            {
                if (!budget.Take(0, 0))
                {
                    return null;
                }

                IReadOnlyList<Operation> seen = Stretch(operations, byEnd, last, size);
                if (Window.IsImpossible(seen, candidate => IsImpossible(candidate, budget)))
                {
                    return seen;
                }
            }
        }

        return null;
    }

    /// <summary>From the earliest start of <paramref name="size"/> operations that ended one after another to the end of the last.</summary>
    private static List<Operation> Stretch(IReadOnlyList<Operation> operations, Operation[] byEnd, int last, int size)
    {
        long to = byEnd[last].End!.Value;
        long from = long.MaxValue;
        for (int index = Math.Max(0, last - size + 1); index <= last; index++)
        {
            from = Math.Min(from, byEnd[index].Start);
        }

        var seen = new List<Operation>();
        foreach (Operation operation in operations)
        {
            if (operation.Start <= to && Window.Seen(operation, from) is { } standing)
            {
                seen.Add(standing.End > to ? standing with { Ok = null, End = null } : standing);
            }
        }

        return seen;
    }

    private static bool IsImpossible(IReadOnlyList<Operation> seen, SearchBudget budget)
    {
        var own = new SearchBudget(budget.Left, long.MaxValue, ConfigurationsEach);
        return PartitionCheck.DecideDirectly(seen, own) == Verdict.No;
    }
}
