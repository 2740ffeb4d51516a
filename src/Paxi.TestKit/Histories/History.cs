namespace Paxi.TestKit.Histories;

/// <summary>
/// What a set of clients did and saw, in no particular order, and known to be well formed: every operation has the
/// fields its kind needs, ends no sooner than it starts, and no client has two operations in progress.
/// An operation of unknown outcome never ends, and its client may go on after it.
/// </summary>
public sealed class History
{
    /// <summary>Takes the operations over and validates them.</summary>
    /// <exception cref="HistoryException">An operation or a client's sequence of them is malformed.</exception>
    public History(IEnumerable<Operation> operations)
    {
        Operations = [.. operations];
        for (int index = 0; index < Operations.Count; index++)
        {
            if (HistoryValidation.Fault(Operations[index]) is { } fault)
            {
                throw new HistoryException(Operations[index].Line, $"{Place(index)}{fault}");
            }
        }

        HistoryValidation.CheckClients(Operations);
    }

    private History(IReadOnlyList<Operation> operations) => Operations = operations;

    /// <summary>All operations, in the order of the file or of the recording.</summary>
    public IReadOnlyList<Operation> Operations { get; }

    /// <summary>For readers that have already validated each operation with its line at hand.</summary>
    internal static History FromValidated(List<Operation> operations, bool checkClients)
    {
        if (checkClients)
        {
            HistoryValidation.CheckClients(operations);
        }

        return new History((IReadOnlyList<Operation>)operations);
    }

    private string Place(int index) => Operations[index].Line > 0 ? "" : $"operation {index + 1}: ";
}
