using Paxi.TestKit.Histories;

namespace Paxi.TestKit.Tests.Linearizability;

/// <summary>What a random history is made of.</summary>
internal sealed record RandomShape
{
    public int Operations { get; init; } = 8;
    public int Clients { get; init; } = 3;
    public int Keys { get; init; } = 1;

    /// <summary>How many values there are; 0 makes every written value unique.</summary>
    public int Values { get; init; } = 3;
    public double Unknown { get; init; }
    public double Failed { get; init; }
    public double Cas { get; init; }
    public double Delete { get; init; }
    public double Transactions { get; init; }
    public double Writes { get; init; } = 0.5;

    /// <summary>The chance that a set, delete or cas tells what it found.</summary>
    public double Found { get; init; }

    /// <summary>The chance that an answer is replaced by a random one.</summary>
    public double Corrupt { get; init; }

    /// <summary>How long an operation lasts at most, and how long a client rests at most.</summary>
    public int Length { get; init; } = 10;
}

/// <summary>
/// Histories of clients that work on a map which applies each operation at a random instant between its start and its
/// end, so they are linearizable until an answer is corrupted.
/// </summary>
internal sealed class RandomHistory(Random random, RandomShape shape)
{
    private readonly Dictionary<string, string?> _state = [];
    private int _unique;

    private sealed record Pending(Operation Operation, long Instant);

    public List<Operation> Make()
    {
        long[] free = new long[shape.Clients];
        var pending = new List<Pending>();
        for (int index = 0; index < shape.Operations; index++)
        {
            int client = random.Next(shape.Clients);
            long start = free[client] + random.Next(shape.Length);
            long end = start + random.Next(shape.Length);
            long instant = start + random.NextInt64(end - start + 1);
            bool? ok = random.NextDouble() < shape.Unknown ? null : random.NextDouble() >= shape.Failed;
            Operation operation = Chosen() with { Client = client, Start = start, End = end, Ok = ok };
            if (ok is null)
            {
                operation = operation with { End = null };
                instant = random.Next(2) == 0 ? long.MaxValue : instant + random.Next(4 * shape.Length);
            }

            // Starts of one client differ, so that no two of its operations can be taken for a duplicate.
            free[client] = Math.Max(end, start + 1);
            pending.Add(new Pending(operation, instant));
        }

        return
        [
            .. pending
                .OrderBy(static item => item.Instant)
                .ThenBy(static item => item.Operation.Start)
                .Select(item => Answered(item.Operation, item.Instant == long.MaxValue))
                .OrderBy(static operation => operation.Start),
        ];
    }

    private Operation Chosen()
    {
        if (random.NextDouble() < shape.Transactions)
        {
            var parts = Enumerable.Range(0, 1 + random.Next(3)).Select(_ => Single()).ToList();
            return new Operation { Kind = OperationKind.Transaction, Parts = parts };
        }

        return Single();
    }

    private Operation Single()
    {
        string key = "k" + random.Next(shape.Keys);
        double kind = random.NextDouble();
        if (kind < shape.Cas)
        {
            string? expected = random.Next(4) == 0 ? null : AnyValue();
            return new Operation { Kind = OperationKind.CompareAndSet, Key = key, Expected = expected, Value = Fresh() };
        }

        if (kind < shape.Cas + shape.Delete)
        {
            return new Operation { Kind = OperationKind.Delete, Key = key };
        }

        return random.NextDouble() < shape.Writes
            ? new Operation { Kind = OperationKind.Set, Key = key, Value = Fresh() }
            : new Operation { Kind = OperationKind.Get, Key = key };
    }

    private string Fresh() => shape.Values == 0 ? "u" + ++_unique : AnyValue();

    private string AnyValue() => shape.Values == 0
        ? "u" + (1 + random.Next(_unique + 1))
        : "v" + random.Next(shape.Values);

    private Operation Answered(Operation operation, bool never)
    {
        if (operation.Ok == false || never)
        {
            return operation;
        }

        if (operation.Kind == OperationKind.Transaction)
        {
            var parts = operation.Parts.Select(part => Answered(part with { Ok = operation.Ok }, false)).ToList();
            return operation with { Parts = [.. parts.Select(static part => part with { Ok = null })] };
        }

        string? found = _state.GetValueOrDefault(operation.Key);
        bool known = operation.Ok == true;
        bool corrupt = random.NextDouble() < shape.Corrupt;
        bool tells = known && random.NextDouble() < shape.Found;
        switch (operation.Kind)
        {
            case OperationKind.Get:
                return known ? operation with { Result = corrupt ? AnyValue() : found } : operation;
            case OperationKind.CompareAndSet:
                bool swaps = found == operation.Expected;
                _state[operation.Key] = swaps ? operation.Value : found;
                operation = known ? operation with { Swapped = swaps != corrupt } : operation;
                break;
            default:
                _state[operation.Key] = operation.Kind == OperationKind.Set ? operation.Value : null;
                break;
        }

        return tells ? operation with { Result = found } : operation;
    }
}
