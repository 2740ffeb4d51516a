using Paxi.TestKit.Histories;

namespace Paxi.TestKit.Tests.Linearizability;

/// <summary>
/// The definition, tried out: every order of the operations that real time allows, on a real map, without any of the
/// checker's reductions. For histories of about ten operations.
/// </summary>
internal static class BruteForce
{
    public static bool IsLinearizable(IReadOnlyList<Operation> operations)
    {
        var effective = operations.Where(static operation => operation.Ok != false).ToList();
        return Extend(effective, 0, []);
    }

    /// <summary>Whether an order of all completed and some unknown operations starting with these explains all.</summary>
    private static bool Extend(List<Operation> operations, int done, Dictionary<string, string?> state)
    {
        bool complete = true;
        for (int next = 0; next < operations.Count; next++)
        {
            complete &= Has(done, next) || operations[next].Ok is null;
        }

        if (complete)
        {
            return true;
        }

        for (int next = 0; next < operations.Count; next++)
        {
            if (Has(done, next) || !MayComeNext(operations, done, next))
            {
                continue;
            }

            var after = new Dictionary<string, string?>(state);
            if (Apply(operations[next], operations[next].Ok == true, after)
                && Extend(operations, done | (1 << next), after))
            {
                return true;
            }
        }

        return false;
    }

    private static bool MayComeNext(List<Operation> operations, int done, int next)
    {
        for (int other = 0; other < operations.Count; other++)
        {
            bool isBefore = operations[other].End < operations[next].Start
                || (other != next && operations[other].Client == operations[next].Client
                    && operations[other].End == operations[next].Start);
            if (!Has(done, other) && isBefore)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Replays a given order; throws nothing, returns whether each answer is right.</summary>
    public static bool Explains(IEnumerable<Operation> order)
    {
        var state = new Dictionary<string, string?>();
        return order.All(operation => Apply(operation, operation.Ok == true, state));
    }

    private static bool Apply(Operation operation, bool isKnown, Dictionary<string, string?> state)
    {
        if (operation.Kind == OperationKind.Transaction)
        {
            return operation.Parts.All(part => Apply(part, isKnown, state));
        }

        string? found = state.GetValueOrDefault(operation.Key);
        bool saidFound = isKnown && operation.Kind != OperationKind.Get && operation.Result is not null;
        if (saidFound && operation.Result != found)
        {
            return false;
        }

        switch (operation.Kind)
        {
            case OperationKind.Get:
                return !isKnown || found == operation.Result;
            case OperationKind.Set:
                state[operation.Key] = operation.Value;
                return true;
            case OperationKind.Delete:
                state[operation.Key] = null;
                return true;
            default:
                bool swaps = found == operation.Expected;
                if (swaps)
                {
                    state[operation.Key] = operation.Value;
                }

                return !isKnown || swaps == operation.Swapped;
        }
    }

    private static bool Has(int done, int operation) => (done & (1 << operation)) != 0;
}
