using BenchmarkDotNet.Attributes;
using Paxi.TestKit.Histories;
using Paxi.TestKit.Linearizability;

namespace Paxi.Bench.Micro;

/// <summary>
/// The linearizability check of a history that is linearizable by its making: each operation takes effect at a moment inside it, drawn from a seed. Clients that overlap make
/// the search.
/// </summary>
[MemoryDiagnoser]
public class CheckerBenchmark
{
    private const int Operations = 20_000;
    private const int Keys = 50;
    private const int Seed = 11;

    private History _history = null!;

    /// <summary>So many operations are in progress at any time.</summary>
    [Params(4, 16)]
    public int Clients { get; set; }

    [GlobalSetup]
    public void Make() => _history = MakeHistory(Clients, Operations, Keys, Seed);

    [Benchmark]
    public Verdict Check()
    {
        var report = LinearizabilityChecker.Check(_history, new CheckLimits { Parallelism = 1 });
        return report.Verdict == Verdict.Yes ? report.Verdict : throw new InvalidOperationException($"the history is linearizable, the checker says {report.Verdict}: {report.Reason}");
    }

    /// <summary>Reads and writes by halves, on keys drawn at random.</summary>
    public static History MakeHistory(int clients, int operations, int keys, int seed)
    {
        const long Longest = 1_000;
        var random = new Random(seed);
        var free = new long[clients];
        var drawn = new List<(long Effect, Operation Operation)>(operations);
        for (var number = 0; number < operations; number++)
        {
            var client = number % clients;
            var start = free[client] + random.NextInt64(1, Longest / 10);
            var length = random.NextInt64(2, Longest);
            free[client] = start + length;
            var isRead = random.Next(2) == 0;
            drawn.Add((start + random.NextInt64(1, length), new Operation
            {
                Client = client + 1,
                Kind = isRead ? OperationKind.Get : OperationKind.Set,
                Key = $"k{random.Next(keys)}",
                Value = isRead ? null : $"v{number}",
                Ok = true,
                Start = start,
                End = start + length,
            }));
        }

        var state = new Dictionary<string, string?>(StringComparer.Ordinal);
        var history = new List<Operation>(operations);
        foreach (var (_, operation) in drawn.OrderBy(static item => item.Effect))
        {
            if (operation.Kind == OperationKind.Set)
            {
                state[operation.Key] = operation.Value;
                history.Add(operation);
            }
            else
            {
                history.Add(operation with { Result = state.GetValueOrDefault(operation.Key) });
            }
        }

        return new History(history);
    }
}
