using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.TestKit.Histories;

namespace Paxi.TestKit.Checks;

/// <summary>Nothing comes from nowhere: a value that is read was written by a client before, and a command that takes effect was issued by one.</summary>
/// <param name="model">Knows what the clients issued.</param>
public sealed class PhantomValueCheck(StoreModel model) : Check
{
    public override string Name => "no phantom values";

    public override string Source => "Lamport, Paxos Made Simple (2001), section 2.1: only a value that has been proposed may be chosen";

    public override void TookEffect(ReplicaId replica, string log, long slot, Batch batch, SlotEffects effects)
    {
        if (model.Strangers > 0)
        {
            Violate($"in slot {slot}{In(log)} on {replica} a command takes effect that no client has issued");
        }
    }

    public override void Answered(ClientAnswer answer)
    {
        var operation = answer.Operation;
        foreach (var part in operation.Kind == OperationKind.Transaction ? operation.Parts : [operation])
        {
            if (operation.Ok == true && part.Result is { } value && !model.WasIssued(part.Key, value))
            {
                Violate($"client {operation.Client}'s {operation.Describe()} found {Operation.Quote(value)} in {part.Key}, which no client has written");
            }
        }
    }
}
