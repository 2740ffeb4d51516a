using Paxi.TestKit.Histories;
using Paxi.TestKit.Linearizability;
using Xunit;

namespace Paxi.TestKit.Tests.Linearizability;

/// <summary>The checker against the definition, on thousands of small random histories of every shape.</summary>
public class RandomizedTests
{
    private const int Cases = 3000;

    public static TheoryData<string> Shapes => [.. AllShapes.Keys];

    private static Dictionary<string, RandomShape> AllShapes { get; } = new()
    {
        ["unique values"] = new RandomShape { Values = 0, Corrupt = 0.15, Operations = 9 },
        ["unique values, unknown"] = new RandomShape { Values = 0, Corrupt = 0.15, Unknown = 0.25, Operations = 9 },
        ["repeated values"] = new RandomShape { Values = 2, Corrupt = 0.2, Operations = 9 },
        ["deletes"] = new RandomShape { Values = 2, Delete = 0.2, Corrupt = 0.2, Unknown = 0.1, Failed = 0.1 },
        ["long overlaps"] = new RandomShape { Values = 2, Length = 40, Clients = 4, Corrupt = 0.3, Unknown = 0.1 },
        ["cas"] = new RandomShape { Values = 2, Cas = 0.5, Corrupt = 0.15 },
        ["cas, unknown"] = new RandomShape { Values = 3, Cas = 0.5, Corrupt = 0.2, Unknown = 0.35, Operations = 9 },
        ["unknown, repeated"] = new RandomShape { Values = 3, Corrupt = 0.3, Unknown = 0.4, Clients = 4, Operations = 9 },
        ["found values"] = new RandomShape
        {
            Values = 2,
            Cas = 0.3,
            Delete = 0.1,
            Found = 0.5,
            Corrupt = 0.15,
            Unknown = 0.1,
        },
        ["transactions"] = new RandomShape
        {
            Keys = 3,
            Values = 2,
            Transactions = 0.5,
            Cas = 0.2,
            Delete = 0.1,
            Corrupt = 0.1,
            Operations = 7,
        },
        ["transactions, unknown"] = new RandomShape
        {
            Keys = 2,
            Values = 2,
            Transactions = 0.6,
            Cas = 0.2,
            Unknown = 0.4,
            Corrupt = 0.12,
            Clients = 4,
            Operations = 7,
        },
        ["transactions without cas, unknown"] = new RandomShape
        {
            Keys = 2,
            Values = 2,
            Transactions = 0.6,
            Unknown = 0.4,
            Corrupt = 0.15,
            Clients = 4,
            Operations = 8,
        },
        ["many keys"] = new RandomShape { Keys = 12, Values = 2, Transactions = 0.3, Corrupt = 0.1, Unknown = 0.1 },
        ["instants"] = new RandomShape { Values = 2, Length = 3, Clients = 4, Corrupt = 0.25, Unknown = 0.1, Cas = 0.2 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Agrees_with_the_definition(string shape)
    {
        int[] verdicts = new int[2];
        for (int seed = 0; seed < Cases; seed++)
        {
            List<Operation> operations = new RandomHistory(new Random(seed), AllShapes[shape]).Make();
            bool expected = BruteForce.IsLinearizable(operations);
            CheckReport report = LinearizabilityChecker.Check(new History(operations));
            verdicts[expected ? 1 : 0]++;
            Assert.True(expected == (report.Verdict == Verdict.Yes), $"seed {seed}: {Text(operations)}");
            Assert.NotEqual(Verdict.Unknown, report.Verdict);
            if (report.Verdict == Verdict.No)
            {
                AssertGenuine(report, seed);
            }
        }

        Assert.True(verdicts.Min() > Cases / 20, $"one-sided: {verdicts[0]} no, {verdicts[1]} yes");
    }

    /// <summary>A yes comes with an order; the order itself must explain the history.</summary>
    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_order_found_is_a_linearization(string shape)
    {
        for (int seed = 0; seed < Cases; seed++)
        {
            List<Operation> operations = new RandomHistory(new Random(seed), AllShapes[shape]).Make();
            Problem problem = Problem.Build(operations);
            var search = new Search(problem, new SearchBudget(TimeSpan.FromMinutes(1), 1 << 28, long.MaxValue));
            bool found = search.Run() == Verdict.Yes;
            Assert.True(found == BruteForce.IsLinearizable(operations), $"seed {seed}: {Text(operations)}");
            if (found)
            {
                Operation[] order = [.. search.Order.Select(index => problem.Sources[index])];
                Assert.True(BruteForce.Explains(order), $"seed {seed}: {Text(order)}");
                Assert.True(RespectsTime(order), $"seed {seed}: {Text(order)}");
                Assert.Equal(problem.Sources.Count(static o => o.Ok == true), order.Count(static o => o.Ok == true));
            }
        }
    }

    private static bool RespectsTime(Operation[] order) =>
        !order.Where((later, index) => order[..index].Any(earlier => later.End < earlier.Start)).Any();

    private static void AssertGenuine(CheckReport report, int seed)
    {
        Assert.NotEmpty(report.Fragment);
        Operation[] seen = [.. report.Fragment.Select(static item =>
            item.IsOpen ? item.Operation with { Ok = null, End = null } : item.Operation)];
        Assert.False(BruteForce.IsLinearizable(seen), $"seed {seed}: the fragment is possible: {Text(seen)}");
        Assert.False(string.IsNullOrEmpty(report.Reason));
    }

    private static string Text(IEnumerable<Operation> operations) =>
        string.Join("\n", operations.Select(o => $"{o.Client} [{o.Start},{o.End}] {o.Describe()} ok={o.Ok}"));
}
