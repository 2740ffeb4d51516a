using Paxi.TestKit.Histories;

namespace Paxi.TestKit.Checks;

/// <summary>
/// A write that was acknowledged is among the decided commands for ever, and its answer (the value that it found, whether it swapped) is the one that their order
/// gives. With <see cref="ConvergenceCheck"/>: it is in the final state of every replica.
/// </summary>
/// <param name="model">Follows the decided commands.</param>
public sealed class AcknowledgedWriteCheck(StoreModel model) : Check
{
    private readonly Dictionary<UInt128, int> _acknowledged = [];

    public override string Name => "acknowledged writes survive";

    public override string Source => "Gray and Lamport, Consensus on Transaction Commit (2006), section 2: stability; Herlihy and Wing (1990), section 2";

    public override void Answered(ClientAnswer answer)
    {
        var operation = answer.Operation;
        var parts = operation.Kind == OperationKind.Transaction ? operation.Parts : [operation];
        if (operation.Ok != true || parts.All(part => part.Kind == OperationKind.Get))
        {
            return;
        }

        var count = _acknowledged[answer.Body] = _acknowledged.GetValueOrDefault(answer.Body) + 1;
        var results = model.ResultsOf(answer.Body);
        if (results.Count < count)
        {
            Violate($"{Describe(operation)} was acknowledged, but no replica has executed it");
        }
        else if (!results.Any(result => Agrees(parts, result)))
        {
            Violate($"{Describe(operation)} was answered with {Answer(parts)}; the decided order gives {Answer(results[^1])}");
        }
    }

    private static bool Agrees(IReadOnlyList<Operation> parts, IReadOnlyList<ModelResult> results)
    {
        for (var index = 0; index < parts.Count; index++)
        {
            if (parts[index].Result != results[index].Found
                || (parts[index].Kind == OperationKind.CompareAndSet && parts[index].Swapped != results[index].Swapped))
            {
                return false;
            }
        }

        return true;
    }

    private static string Describe(Operation operation) => $"client {operation.Client}'s {operation.Describe()}";

    private static string Answer(IReadOnlyList<Operation> parts) => string.Join(", ", parts.Select(part => Operation.Quote(part.Result)));

    private static string Answer(IReadOnlyList<ModelResult> results) => string.Join(", ", results.Select(result => Operation.Quote(result.Found)));
}
