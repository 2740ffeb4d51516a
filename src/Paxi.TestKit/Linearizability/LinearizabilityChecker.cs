using System.Collections.Concurrent;
using System.Diagnostics;
using Paxi.TestKit.Histories;

namespace Paxi.TestKit.Linearizability;

/// <summary>
/// Judges whether a history is linearizable (M. Herlihy, J. Wing, TOPLAS 12(3), 1990) with respect to a map of keys to
/// values with get, set, delete, compare-and-set and transactions. Keys that no transaction joins are judged apart,
/// which locality (ibid., section 3.3) allows, each by a <see cref="PartitionCheck"/> and within a share of its own of
/// what the caller allows. Operations that touch at an instant count as concurrent, unless one client did both.
/// </summary>
public static class LinearizabilityChecker
{
    /// <summary>Judges a history within the limits.</summary>
    public static CheckReport Check(History history, CheckLimits? limits = null)
    {
        limits ??= new CheckLimits();
        long started = Stopwatch.GetTimestamp();
        List<Partition> partitions = Partition.Split(history);
        PartitionCheck[] checks = [.. partitions.Select(static partition => new PartitionCheck(partition.Operations))];
        Begin(partitions, checks, limits, started);
        if (!Array.Exists(checks, static check => check.Verdict == Verdict.No))
        {
            Finish(checks, limits, started);
        }

        return Report(history, partitions, checks, limits) with { Elapsed = Stopwatch.GetElapsedTime(started) };
    }

    /// <summary>
    /// The first go of every partition, the longest first. Half of the memory is for searches that run, half for those that
    /// wait for their second go.
    /// </summary>
    private static void Begin(List<Partition> partitions, PartitionCheck[] checks, CheckLimits limits, long started)
    {
        int[] order = [.. Enumerable.Range(0, checks.Length).OrderBy(index => -partitions[index].Operations.Count)];
        ForEach(order, checks, limits, (check, _) => check.Begin(
            new SearchBudget(Left(limits, started), limits.MemoryBytes / 2 / Threads(limits, checks.Length), limits.Configurations),
            limits.MemoryBytes / 2 / checks.Length));
    }

    /// <summary>The second go of those that are undecided, each with an even share of the time that is left and of the memory.</summary>
    private static void Finish(PartitionCheck[] checks, CheckLimits limits, long started)
    {
        int[] undecided = [.. Enumerable.Range(0, checks.Length).Where(index => checks[index].Verdict == Verdict.Unknown)];
        int threads = Threads(limits, undecided.Length);
        long bytes = undecided.Length <= threads ? limits.MemoryBytes / threads : limits.MemoryBytes / 2 / threads;
        ForEach(undecided, checks, limits, (check, left) => check.Finish(Left(limits, started) * Math.Min(1.0, (double)threads / left), bytes));
    }

    private static TimeSpan Left(CheckLimits limits, long started)
    {
        TimeSpan left = limits.Time - Stopwatch.GetElapsedTime(started);
        return left < TimeSpan.Zero ? TimeSpan.Zero : left;
    }

    private static int Threads(CheckLimits limits, int partitions) =>
        Math.Clamp(limits.Parallelism > 0 ? limits.Parallelism : Environment.ProcessorCount, 1, Math.Max(1, partitions));

    /// <param name="go">Gets how many partitions are left, itself included.</param>
    private static void ForEach(int[] order, PartitionCheck[] checks, CheckLimits limits, Action<PartitionCheck, int> go)
    {
        int violated = int.MaxValue;
        int left = order.Length;
        var options = new ParallelOptions { MaxDegreeOfParallelism = Threads(limits, order.Length) };
        Parallel.ForEach(Partitioner.Create(order, loadBalance: true), options, index =>
        {
            int remaining = Interlocked.Decrement(ref left) + 1;

            // The report is of the first partition with a violation, whatever the threads' timing.
            if (index > Volatile.Read(ref violated))
            {
                return;
            }

            go(checks[index], remaining);
            int lowest = Volatile.Read(ref violated);
            while (checks[index].Verdict == Verdict.No && index < lowest)
            {
                lowest = Interlocked.CompareExchange(ref violated, index, lowest);
            }
        });
    }

    private static CheckReport Report(History history, List<Partition> partitions, PartitionCheck[] checks, CheckLimits limits)
    {
        int violated = Array.FindIndex(checks, static check => check.Verdict == Verdict.No);
        if (violated >= 0)
        {
            Partition partition = partitions[violated];
            (IReadOnlyList<FragmentOperation> fragment, bool fromAnyState) = Shrinker.Shrink(partition.Operations, checks[violated].Conflict, limits);
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

        int undecided = Array.FindIndex(checks, static check => check.Verdict == Verdict.Unknown);
        return new CheckReport
        {
            Verdict = undecided >= 0 ? Verdict.Unknown : Verdict.Yes,
            Operations = history.Operations.Count,
            Partitions = partitions.Count,
            Key = undecided < 0 ? null : string.Join(',', Partition.Keys(partitions[undecided].Operations)),
            Reason = undecided < 0
                ? null
                : $"{checks[undecided].Exhausted} with {checks.Count(static check => check.Verdict == Verdict.Unknown)} of " +
                  $"{partitions.Count} partitions undecided",
        };
    }
}
