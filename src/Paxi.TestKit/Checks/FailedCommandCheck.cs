using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.TestKit.Histories;

namespace Paxi.TestKit.Checks;

/// <summary>A command that a client was told has failed takes no effect, neither before nor after. Only what is certain may be called a failure; the rest is unknown.</summary>
/// <param name="model">Follows the decided commands.</param>
public sealed class FailedCommandCheck(StoreModel model) : Check
{
    private readonly Dictionary<UInt128, Operation> _failed = [];

    public override string Name => "failed means without effect";

    public override string Source => "Herlihy and Wing (1990), section 2; Kingsbury and Alvaro, Elle (VLDB 2020), section 4.1: failed and indeterminate operations";

    public override void Answered(ClientAnswer answer)
    {
        if (answer.Operation.Ok == false && IsUnique(answer.Operation))
        {
            _failed[answer.Body] = answer.Operation;
            if (model.ResultsOf(answer.Body).Count > 0)
            {
                Violate($"client {answer.Operation.Client}'s {answer.Operation.Describe()} was answered as failed, and has taken effect");
            }
        }
    }

    public override void TookEffect(ReplicaId replica, string log, long slot, Batch batch, SlotEffects effects)
    {
        foreach (var body in effects.IsFirst && _failed.Count > 0 ? effects.Bodies : [])
        {
            if (_failed.TryGetValue(body, out var operation))
            {
                Violate($"client {operation.Client}'s {operation.Describe()} was answered as failed, and takes effect in slot {slot}{In(log)} on {replica}");
            }
        }
    }

    /// <summary>A delete looks like every other delete of its key.</summary>
    private static bool IsUnique(Operation operation) =>
        (operation.Kind == OperationKind.Transaction ? operation.Parts : [operation]).Any(part => part.Value is not null);
}
