namespace Paxi.TestKit.Histories;

/// <summary>The rules of a well-formed history, for single operations and for the sequence of each client.</summary>
internal static class HistoryValidation
{
    /// <summary>Times are within this of 0, so that differences of them are numbers too.</summary>
    public const long LastTime = (1L << 62) - 1;

    /// <summary>What is wrong with one operation, in one line; null when nothing is.</summary>
    public static string? Fault(Operation operation)
    {
        if (operation.Ok is null && operation.End is not null)
        {
            return "the outcome is unknown (ok is null) but the operation has an end; expected \"end\":null";
        }

        if (operation.Ok is not null && operation.End is null)
        {
            return $"missing end; expected a time in nanoseconds, because ok is {(operation.Ok.Value ? "true" : "false")}";
        }

        if (operation.End < operation.Start)
        {
            return $"the end {operation.End} is before the start {operation.Start}";
        }

        if (operation.Start < -LastTime || operation.Start > LastTime || operation.End > LastTime)
        {
            return $"a time beyond {LastTime} ns; expected nanoseconds of one clock, within 146 years of 0";
        }

        if (operation.Kind != OperationKind.Transaction)
        {
            return FieldFault(operation, operation.Ok == true);
        }

        if (operation.Parts.Count == 0)
        {
            return "a txn without operations; expected \"ops\":[…] with at least one";
        }

        for (int part = 0; part < operation.Parts.Count; part++)
        {
            if (operation.Parts[part].Kind == OperationKind.Transaction)
            {
                return $"ops[{part}]: a txn inside a txn; expected get, set, cas or delete";
            }

            if (FieldFault(operation.Parts[part], operation.Ok == true) is { } fault)
            {
                return $"ops[{part}]: {fault}";
            }
        }

        return null;
    }

    private static string? FieldFault(Operation operation, bool completed) => operation.Kind switch
    {
        OperationKind.Set when operation.Value is null => "missing value; a set writes a string",
        OperationKind.CompareAndSet when operation.Value is null => "missing value; a cas writes a string",
        OperationKind.CompareAndSet when completed && operation.Swapped is null =>
            "missing swapped; a completed cas has true or false",
        _ => null,
    };

    /// <summary>Finds a duplicated operation and two overlapping ones of a client.</summary>
    public static void CheckClients(IReadOnlyList<Operation> operations)
    {
        var order = new (long Client, long Start, long End, int Index)[operations.Count];
        bool sorted = true;
        for (int index = 0; index < order.Length; index++)
        {
            Operation operation = operations[index];
            order[index] = (operation.Client, operation.Start, operation.End ?? long.MaxValue, index);
            sorted &= index == 0 || order[index - 1].CompareTo(order[index]) <= 0;
        }

        if (!sorted)
        {
            Array.Sort(order, static (a, b) =>
                a.Client != b.Client ? a.Client.CompareTo(b.Client)
                : a.Start != b.Start ? a.Start.CompareTo(b.Start)
                : a.End != b.End ? a.End.CompareTo(b.End)
                : a.Index.CompareTo(b.Index));
        }

        int lastKnown = -1;
        for (int position = 0; position < order.Length; position++)
        {
            if (position > 0 && order[position - 1].Client != order[position].Client)
            {
                lastKnown = -1;
            }

            CheckDuplicates(operations, order, position);
            Operation operation = operations[order[position].Index];
            if (lastKnown >= 0 && order[lastKnown].End > operation.Start)
            {
                throw Overlap(operations[order[lastKnown].Index], operation);
            }

            lastKnown = operation.Ok is null ? lastKnown : position;
        }
    }

    private static void CheckDuplicates(
        IReadOnlyList<Operation> operations,
        (long Client, long Start, long End, int Index)[] order,
        int position)
    {
        for (int earlier = position - 1; earlier >= 0; earlier--)
        {
            if (order[earlier].Client != order[position].Client || order[earlier].Start != order[position].Start)
            {
                return;
            }

            Operation first = operations[order[earlier].Index];
            Operation second = operations[order[position].Index];
            if (Same(first, second))
            {
                throw At(first, second, "duplicates", "of the same client with the same start");
            }
        }
    }

    private static bool Same(Operation first, Operation second) =>
        first.Kind == second.Kind && first.Key == second.Key && first.Value == second.Value
        && first.Expected == second.Expected && first.Parts.Count == second.Parts.Count
        && first.Parts.Zip(second.Parts).All(pair => Same(pair.First, pair.Second));

    private static HistoryException Overlap(Operation first, Operation second) =>
        At(first, second, "overlaps", "of the same client; a client does one operation at a time");

    private static HistoryException At(Operation first, Operation second, string what, string why)
    {
        (Operation earlier, Operation later) = first.Line <= second.Line ? (first, second) : (second, first);
        string other = earlier.Line > 0 ? $"the operation of line {earlier.Line}" : $"'{earlier.Describe()}'";
        return new HistoryException(
            later.Line,
            $"client {later.Client}: '{later.Describe()}' starting at {later.Start} {what} {other}, {why}");
    }
}
