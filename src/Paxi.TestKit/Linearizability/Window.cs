using Paxi.TestKit.Histories;

namespace Paxi.TestKit.Linearizability;

/// <summary>
/// A stretch of a partition of one key, judged without what came before: impossible from whatever value the key may have held is impossible in the whole history.
/// Take a linearization of the whole. What ended before the stretch stands in it before all that starts inside. So between the first of those and the end there stand only
/// operations that start inside, and operations that were in progress when the stretch begins; the latter may equally have come before, so here they are of unknown outcome.
/// What is left is a linearization of the stretch from the value that the key held before its first operation.
/// </summary>
internal static class Window
{
    /// <summary>Values to begin with are tried one by one; with more of them a stretch is left alone.</summary>
    private const int MostValues = 64;

    private const string Absent = "";

    /// <summary>Whether the operations are on one key.</summary>
    public static bool Applies(IEnumerable<Operation> operations) => Partition.Keys(operations).Take(2).Count() == 1;

    /// <summary>The operation as it stands in a stretch that begins at a moment; null when it says nothing there.</summary>
    public static Operation? Seen(Operation operation, long from)
    {
        if (operation.Start >= from)
        {
            return operation;
        }

        bool isOver = operation.Ok == false || operation.End < from;
        bool writes = operation.Kind != OperationKind.Get && !(operation.Ok == true && operation.Swapped == false);
        return isOver || !writes ? null : operation with { Ok = null, End = null };
    }

    /// <summary>Whether the operations contradict each other whatever the key held before all of them. False may also mean that it was not decided.</summary>
    /// <param name="seen">Operations on one key, at least one.</param>
    /// <param name="decide">Whether operations are impossible on a key that begins absent.</param>
    public static bool IsImpossible(IReadOnlyList<Operation> seen, Func<IReadOnlyList<Operation>, bool> decide)
    {
        long first = seen.Min(static operation => operation.Start);
        if (first < long.MinValue + 2 || Beginnings(seen) is not { } values)
        {
            return false;
        }

        string key = Partition.Keys(seen).First();
        return values.All(value => decide(value is null ? seen : [Before(key, value, first), .. seen]));
    }

    /// <summary>
    /// The values that the key may have had: all that somebody observes, and one that nobody does; null when they are too many. Only one comes into question
    /// when some answer needs a value that nobody here writes, and none when there are two such.
    /// </summary>
    private static List<string?>? Beginnings(IReadOnlyList<Operation> seen)
    {
        var observed = new HashSet<string>(StringComparer.Ordinal);
        var needed = new HashSet<string>(StringComparer.Ordinal);
        var written = new HashSet<string>(StringComparer.Ordinal);
        bool plain = true;
        foreach (Operation operation in seen)
        {
            plain &= operation.Kind != OperationKind.Transaction;
            AddObserved(operation, observed);
            AddNeeded(operation, needed, written);
        }

        needed.ExceptWith(written);
        if (plain && needed.Count > 0)
        {
            return needed.Count > 1 ? [] : [needed.First() is var only && only == Absent ? null : only[1..]];
        }

        if (observed.Count > MostValues)
        {
            return null;
        }

        string other = "other";
        while (observed.Contains(other))
        {
            other += "'";
        }

        return [null, other, .. observed];
    }

    private static void AddObserved(Operation operation, HashSet<string> values)
    {
        foreach (Operation part in operation.Parts)
        {
            AddObserved(part, values);
        }

        if (operation.Result is { } result)
        {
            values.Add(result);
        }

        if (operation.Expected is { } expected)
        {
            values.Add(expected);
        }
    }

    /// <summary>Values with a mark before them, so that absence has a place among them.</summary>
    private static void AddNeeded(Operation operation, HashSet<string> needed, HashSet<string> written)
    {
        bool completed = operation.Ok == true;
        switch (operation.Kind)
        {
            case OperationKind.Get when completed:
                needed.Add(Marked(operation.Result));
                return;
            case OperationKind.Set:
                written.Add(Marked(operation.Value));
                break;
            case OperationKind.Delete:
                written.Add(Absent);
                break;
            case OperationKind.CompareAndSet when !completed || operation.Swapped == true:
                written.Add(Marked(operation.Value));
                if (completed)
                {
                    needed.Add(Marked(operation.Expected));
                }

                break;
        }

        if (completed && operation.Result is not null)
        {
            needed.Add(Marked(operation.Result));
        }
    }

    private static string Marked(string? value) => value is null ? Absent : $"={value}";

    private static Operation Before(string key, string value, long first) => new()
    {
        Client = long.MinValue,
        Kind = OperationKind.Set,
        Key = key,
        Value = value,
        Ok = true,
        Start = first - 2,
        End = first - 1,
    };
}
