using Paxi.TestKit.Histories;
using Paxi.TestKit.Linearizability;
using Xunit;
using static Paxi.TestKit.Tests.Linearizability.HistoryBuilder;

namespace Paxi.TestKit.Tests.Linearizability;

/// <summary>Stretches judged without what came before them: never a contradiction where the whole has none.</summary>
public class WindowTests
{
    private const int Cases = 3000;

    private static readonly RandomShape[] s_shapes =
    [
        new RandomShape { Values = 0, Corrupt = 0.15, Operations = 9 },
        new RandomShape { Values = 2, Corrupt = 0.2, Operations = 9, Delete = 0.15 },
        new RandomShape { Values = 3, Cas = 0.5, Corrupt = 0.2, Unknown = 0.3, Operations = 9 },
        new RandomShape { Values = 2, Cas = 0.3, Delete = 0.1, Found = 0.5, Corrupt = 0.15, Unknown = 0.1 },
        new RandomShape { Values = 2, Length = 3, Clients = 4, Corrupt = 0.25, Unknown = 0.1, Cas = 0.2 },
        new RandomShape { Values = 2, Transactions = 0.4, Cas = 0.2, Unknown = 0.2, Corrupt = 0.12, Operations = 7 },
    ];

    public static TheoryData<int> Shapes => [.. Enumerable.Range(0, s_shapes.Length)];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_stretch_is_impossible_exactly_if_it_is_so_from_every_beginning(int shape)
    {
        int impossible = 0;
        for (int seed = 0; seed < Cases; seed++)
        {
            var random = new Random(seed);
            List<Operation> operations = new RandomHistory(random, s_shapes[shape]).Make();
            long from = operations[random.Next(operations.Count)].Start;
            List<Operation> seen = [.. operations.Select(operation => Window.Seen(operation, from)).OfType<Operation>()];
            bool found = Window.IsImpossible(seen, static candidate => !BruteForce.IsLinearizable(candidate));

            Assert.Equal(IsImpossibleFromAll(seen), found);
            Assert.False(found && BruteForce.IsLinearizable(operations), $"seed {seed}: the stretch from {from} contradicts a linearizable history");
            impossible += found ? 1 : 0;
        }

        Assert.True(impossible > Cases / 20, $"only {impossible} contradictions");
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_scan_finds_no_contradiction_in_a_linearizable_history(int shape)
    {
        int found = 0;
        for (int seed = 0; seed < Cases; seed++)
        {
            List<Operation> operations = new RandomHistory(new Random(seed), s_shapes[shape]).Make();
            var budget = new SearchBudget(TimeSpan.FromMinutes(1), long.MaxValue, long.MaxValue);
            bool isFound = WindowScan.Find(operations, budget) is not null;
            Assert.False(isFound && BruteForce.IsLinearizable(operations), $"seed {seed}");
            found += isFound ? 1 : 0;
        }

        Assert.True(found > Cases / 20, $"only {found} contradictions");
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_narrowed_fragment_is_impossible_from_every_beginning(int shape)
    {
        int narrowed = 0;
        for (int seed = 0; seed < Cases; seed++)
        {
            List<Operation> operations = new RandomHistory(new Random(seed), s_shapes[shape]).Make();
            if (BruteForce.IsLinearizable(operations))
            {
                continue;
            }

            (IReadOnlyList<FragmentOperation> fragment, bool fromAnyState) =
                Shrinker.Shrink([.. operations.Where(static operation => operation.Ok != false)], null, new CheckLimits(), readable: 0);
            Operation[] seen = [.. fragment.Select(static item => item.IsOpen ? item.Operation with { Ok = null, End = null } : item.Operation)];
            Assert.NotEmpty(seen);
            Assert.False(BruteForce.IsLinearizable(seen), $"seed {seed}");
            if (fromAnyState)
            {
                Assert.True(IsImpossibleFromAll(seen), $"seed {seed}");
                narrowed++;
            }
        }

        Assert.True(narrowed > Cases / 50, $"only {narrowed} narrowed");
    }

    [Fact]
    public void A_wrong_answer_among_many_unknown_outcomes_is_found_within_a_small_budget()
    {
        // A hundred sets that may take effect at any time, and compare-and-sets that tell what was not there: the search of the whole has 2^100 ways.
        var operations = new List<Operation>();
        for (int number = 0; number < 100; number++)
        {
            long at = 100 * number;
            operations.Add(Set(1000 + number, "k", $"lost{number}", at, null));
            operations.Add(Set(1, "k", $"v{number}", at, at + 10));
            operations.Add(Cas(2, "k", $"never{number}", "x", false, at, at + 10));
            operations.Add(Get(1, "k", number == 99 ? "v50" : $"v{number}", at + 20, at + 30));
        }

        CheckReport report = LinearizabilityChecker.Check(new History(operations), new CheckLimits { Configurations = 3_000_000 });
        Assert.Equal(Verdict.No, report.Verdict);
        Assert.True(report.FromAnyState);
        Assert.InRange(report.Fragment.Count, 2, 8);
        Assert.Contains("overwritten", report.Reason, StringComparison.Ordinal);
    }

    private static bool IsImpossibleFromAll(IReadOnlyList<Operation> seen)
    {
        long first = seen.Min(static operation => operation.Start);
        IEnumerable<string?> values = seen.SelectMany(static operation => operation.Parts.Append(operation))
            .SelectMany(static operation => new[] { operation.Result, operation.Expected }).Append(null).Append("nobody's").Distinct();
        return values.All(value => !BruteForce.IsLinearizable(
            value is null ? seen : [Set(-1, Partition.Keys(seen).First(), value, first - 2, first - 1), .. seen]));
    }
}
