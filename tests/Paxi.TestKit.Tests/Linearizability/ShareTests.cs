using Paxi.TestKit.Histories;
using Paxi.TestKit.Linearizability;
using Xunit;
using static Paxi.TestKit.Tests.Linearizability.HistoryBuilder;

namespace Paxi.TestKit.Tests.Linearizability;

/// <summary>What a hard partition may take: its share of the limits, and nothing of the others'.</summary>
public class ShareTests
{
    private const int Many = 24;

    [Fact]
    public void A_hard_partition_leaves_the_others_their_share()
    {
        // The hard one would use up any limit; the others need a search as well.
        List<Operation> operations = [.. Hard("a"), .. Enumerable.Range(0, Many).SelectMany(Searched)];
        long needed = Needed(Searched(0));
        CheckReport report = Check(operations, new CheckLimits { Configurations = 2 * needed, Parallelism = 1 });
        Assert.Equal(Verdict.Unknown, report.Verdict);
        Assert.Equal("a", report.Key);
        Assert.EndsWith($"1 of {Many + 1} partitions undecided", report.Reason, StringComparison.Ordinal);
        Assert.Equal(Verdict.Yes, Check(operations[Hard("a").Count..], new CheckLimits { Configurations = 2 * needed, Parallelism = 1 }).Verdict);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_violation_outweighs_what_could_not_be_decided(int parallelism)
    {
        List<Operation> operations = [.. Hard("a"), .. Hard("c"), Set(1, "bad", "a", 100_000, 100_010), Get(1, "bad", "b", 100_020, 100_030)];
        CheckReport report = Check(operations, new CheckLimits { Configurations = 1_000, Parallelism = parallelism });
        Assert.Equal(Verdict.No, report.Verdict);
        Assert.Equal("bad", report.Key);
    }

    [Fact]
    public void Several_hard_partitions_share_memory_and_each_is_told()
    {
        List<Operation> operations = [.. Hard("a"), .. Hard("c"), .. Hard("e")];
        CheckReport report = Check(operations, new CheckLimits { MemoryBytes = 30 << 20, Parallelism = 1 });
        Assert.Equal(Verdict.Unknown, report.Verdict);
        Assert.Contains("the memory limit of 15 MB was reached with 3 of 3 partitions undecided", report.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_budget_that_is_renewed_forgets_time_and_memory_but_not_the_configurations()
    {
        var budget = new SearchBudget(TimeSpan.FromHours(1), 1_000, 50);
        Assert.True(budget.Take(1_000, 20));
        Assert.False(budget.Take(1, 0));
        Assert.Contains("memory", budget.Exhausted, StringComparison.Ordinal);
        budget.Renew(TimeSpan.FromHours(1), 2_000);
        Assert.Null(budget.Exhausted);
        Assert.True(budget.Take(0, 30));
        Assert.False(budget.Take(0, 1));
        budget.Renew(TimeSpan.FromHours(1), 2_000);
        Assert.False(budget.Take(0, 0));
        Assert.Contains("50 configurations", budget.Exhausted, StringComparison.Ordinal);
    }

    /// <summary>
    /// Compare-and-sets that all swapped, at the same time: each is an edge between two of seven values, and an order of them is a trail over all edges. There is none (two values have more edges out than
    /// in), but that shows only when all trails were tried.
    /// </summary>
    private static List<Operation> Hard(string key)
    {
        var operations = new List<Operation> { Set(1000 * key[0], key, "0", 0, 10) };
        for (int edge = 2; edge < 49; edge++)
        {
            if (edge / 7 != edge % 7 && edge != 3)
            {
                operations.Add(Cas((1000 * key[0]) + edge, key, $"{edge / 7}", $"{edge % 7}", true, 20, 1000));
            }
        }

        return operations;
    }

    /// <summary>Linearizable, but not to be seen without a search.</summary>
    private static IEnumerable<Operation> Searched(int number)
    {
        var shape = new RandomShape { Operations = 300, Clients = 8, Values = 5, Length = 1000, Cas = 0.3 };
        return new RandomHistory(new Random(7), shape).Make().Select(operation => operation with { Client = operation.Client + (100_000 * (number + 1)), Key = $"s{number}" });
    }

    /// <summary>Between this and its half lies what the search of one partition needs.</summary>
    private static long Needed(IEnumerable<Operation> operations)
    {
        long configurations = 1;
        List<Operation> all = [.. operations];
        while (Check(all, new CheckLimits { Configurations = configurations }).Verdict != Verdict.Yes)
        {
            configurations *= 2;
        }

        Assert.True(configurations > Many, $"{configurations} configurations: too easy to tell a share from the whole");
        return configurations;
    }

    private static CheckReport Check(List<Operation> operations, CheckLimits limits) => LinearizabilityChecker.Check(new History(operations), limits);
}
