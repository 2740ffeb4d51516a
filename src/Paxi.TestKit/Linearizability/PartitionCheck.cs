using Paxi.TestKit.Histories;

namespace Paxi.TestKit.Linearizability;

/// <summary>
/// Decides one partition, in two goes: most partitions need the first only, so that what the hard ones take in the second takes nothing from them. By <see cref="ZoneCheck"/>
/// where that applies, by <see cref="Search"/> elsewhere.
/// </summary>
internal sealed class PartitionCheck(IReadOnlyList<Operation> operations)
{
    /// <summary>Enough for all but contended histories with many unknown outcomes: about a second.</summary>
    private const long ConfigurationsAtFirst = 500_000;

    private Search? _search;

    public Verdict Verdict { get; private set; } = Verdict.Unknown;

    /// <summary>For a no: operations that are impossible by themselves, or null.</summary>
    public Conflict? Conflict { get; private set; }

    /// <summary>For an unknown: which limit was reached.</summary>
    public string? Exhausted => Budget?.Exhausted;

    /// <summary>What it may spend; null before its first go.</summary>
    private SearchBudget? Budget { get; set; }

    /// <summary>Zones, or the search for a while.</summary>
    /// <param name="budget">Its own, for both goes.</param>
    /// <param name="keptBytes">A search that has come to hold more than this is given up, and begins anew in the second go.</param>
    public void Begin(SearchBudget budget, long keptBytes)
    {
        Budget = budget;
        if (!budget.Take(0, 0))
        {
            return;
        }

        Problem problem = Problem.Build(operations);
        if (DecideByZones(problem, out Conflict? conflict) is { } decided)
        {
            (Verdict, Conflict) = (decided, conflict);
            return;
        }

        _search = new Search(problem, budget);
        Verdict = _search.Run(ConfigurationsAtFirst);
        if (Verdict != Verdict.Unknown || _search.HeldBytes > keptBytes)
        {
            GiveUp();
        }
    }

    /// <summary>In short stretches, then by the search to the end.</summary>
    public void Finish(TimeSpan time, long bytes)
    {
        SearchBudget budget = Budget!;
        budget.Renew(time, bytes);
        if (WindowScan.Find(operations, budget) is { } seen)
        {
            (Verdict, Conflict) = (Verdict.No, new Conflict(seen, FromAnyState: true));
        }
        else if (budget.Take(0, 0))
        {
            _search ??= new Search(Problem.Build(operations), budget);
            Verdict = _search.Run(long.MaxValue);
        }

        GiveUp();
    }

    /// <summary>Decides at once, without looking at stretches.</summary>
    public static Verdict DecideDirectly(IReadOnlyList<Operation> operations, SearchBudget budget)
    {
        Problem problem = Problem.Build(operations);
        return DecideByZones(problem, out _) ?? new Search(problem, budget).Run();
    }

    private void GiveUp()
    {
        _search?.Release();
        _search = null;
    }

    private static Verdict? DecideByZones(Problem problem, out Conflict? conflict)
    {
        bool? decided = ZoneCheck.Decide(problem, out List<int> clusters);
        conflict = decided == false ? new Conflict([.. clusters.Select(operation => problem.Sources[operation])], FromAnyState: false) : null;
        return decided switch
        {
            true => Verdict.Yes,
            false => Verdict.No,
            null => null,
        };
    }
}

/// <summary>Operations that are impossible by themselves.</summary>
/// <param name="Seen">As they stand in the contradiction: what had not ended in it is of unknown outcome.</param>
/// <param name="FromAnyState">Whether they are so whatever their key held before them.</param>
internal sealed record Conflict(IReadOnlyList<Operation> Seen, bool FromAnyState);
