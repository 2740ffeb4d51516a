using System.Diagnostics;
using Paxi.TestKit.Histories;

namespace Paxi.TestKit.Linearizability;

/// <summary>
/// Judges whether a history is linearizable (M. Herlihy, J. Wing, TOPLAS 12(3), 1990) with respect to a map of keys to
/// values with get, set, delete, compare-and-set and transactions. Keys that no transaction joins are judged apart,
/// which locality (ibid., section 3.3) allows. A partition is decided by <see cref="ZoneCheck"/> where that applies,
/// by <see cref="Search"/> elsewhere. Operations that touch at an instant count as concurrent, unless one client did
/// both.
/// </summary>
public static class LinearizabilityChecker
{
    /// <summary>Enough for all but contended histories with many unknown outcomes: about a second.</summary>
    private const long ConfigurationsBeforeScan = 500_000;

    /// <summary>Judges a history within the limits.</summary>
    public static CheckReport Check(History history, CheckLimits? limits = null)
    {
        limits ??= new CheckLimits();
        long started = Stopwatch.GetTimestamp();
        List<Partition> partitions = Partition.Split(history);
        var verdicts = new Verdict[partitions.Count];
        var conflicts = new Conflict?[partitions.Count];
        var budget = new SearchBudget(limits.Time, limits.MemoryBytes, limits.Configurations);
        int violated = int.MaxValue;
        int[] order = [.. Enumerable.Range(0, partitions.Count)];
        Array.Sort(Array.ConvertAll(order, index => -partitions[index].Operations.Count), order);
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = limits.Parallelism > 0 ? limits.Parallelism : Environment.ProcessorCount,
        };
        Parallel.ForEach(System.Collections.Concurrent.Partitioner.Create(order, loadBalance: true), options, index =>
        {
            // The report is of the first partition with a violation, whatever the threads' timing.
            if (index > Volatile.Read(ref violated))
            {
                return;
            }

            verdicts[index] = Decide(partitions[index].Operations, budget, out conflicts[index]);
            int lowest = Volatile.Read(ref violated);
            while (verdicts[index] == Verdict.No && index < lowest)
            {
                lowest = Interlocked.CompareExchange(ref violated, index, lowest);
            }
        });

        CheckReport report = Report(history, partitions, verdicts, conflicts, budget, limits);
        return report with { Elapsed = Stopwatch.GetElapsedTime(started) };
    }

    /// <summary>
    /// Judges operations that form one partition: by a search for a while, then in short stretches, then by the search to the end.
    /// </summary>
    /// <param name="operations">The operations.</param>
    /// <param name="budget">What may be spent.</param>
    /// <param name="conflict">For a no: operations that are impossible by themselves, or null.</param>
    internal static Verdict Decide(IReadOnlyList<Operation> operations, SearchBudget budget, out Conflict? conflict)
    {
        conflict = null;
        if (!budget.Take(0, 0))
        {
            return Verdict.Unknown;
        }

        Problem problem = Problem.Build(operations);
        if (DecideByZones(problem, out conflict) is { } decided)
        {
            return decided;
        }

        var search = new Search(problem, budget);
        try
        {
            Verdict verdict = search.Run(ConfigurationsBeforeScan);
            if (verdict != Verdict.Unknown || budget.Exhausted is not null)
            {
                return verdict;
            }

            if (WindowScan.Find(operations, budget) is { } seen)
            {
                conflict = new Conflict(seen, FromAnyState: true);
                return Verdict.No;
            }

            return search.Run(long.MaxValue);
        }
        finally
        {
            search.Release();
        }
    }

    /// <summary>The same without looking at stretches.</summary>
    internal static Verdict DecideDirectly(IReadOnlyList<Operation> operations, SearchBudget budget, out Conflict? conflict)
    {
        Problem problem = Problem.Build(operations);
        return DecideByZones(problem, out conflict) ?? new Search(problem, budget).Run();
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

    private static CheckReport Report(
        History history,
        List<Partition> partitions,
        Verdict[] verdicts,
        Conflict?[] conflicts,
        SearchBudget budget,
        CheckLimits limits)
    {
        int violated = Array.IndexOf(verdicts, Verdict.No);
        if (violated >= 0)
        {
            Partition partition = partitions[violated];
            (IReadOnlyList<FragmentOperation> fragment, bool fromAnyState) = Shrinker.Shrink(partition.Operations, conflicts[violated], limits);
            return new CheckReport
            {
                Verdict = Verdict.No,
                Operations = history.Operations.Count,
                Partitions = partitions.Count,
                Key = string.Join(',', Partition.Keys(fragment.Select(static item => item.Operation))),
                Reason = FragmentText.Reason(fragment, fromAnyState),
                Fragment = fragment,
                FromAnyState = fromAnyState,
                Neighbours = [.. partition.Operations.OrderBy(static operation => operation.Start)],
            };
        }

        int undecided = Array.IndexOf(verdicts, Verdict.Unknown);
        return new CheckReport
        {
            Verdict = undecided >= 0 ? Verdict.Unknown : Verdict.Yes,
            Operations = history.Operations.Count,
            Partitions = partitions.Count,
            Key = undecided < 0 ? null : string.Join(',', Partition.Keys(partitions[undecided].Operations)),
            Reason = undecided < 0
                ? null
                : $"{budget.Exhausted} with {verdicts.Count(static verdict => verdict == Verdict.Unknown)} of " +
                  $"{partitions.Count} partitions undecided",
        };
    }
}

/// <summary>Operations that are impossible by themselves.</summary>
/// <param name="Seen">As they stand in the contradiction: what had not ended in it is of unknown outcome.</param>
/// <param name="FromAnyState">Whether they are so whatever their key held before them.</param>
internal sealed record Conflict(IReadOnlyList<Operation> Seen, bool FromAnyState);
