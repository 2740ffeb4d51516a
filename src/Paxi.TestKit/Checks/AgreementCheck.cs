using Paxi.Actors;

namespace Paxi.TestKit.Checks;

/// <summary>
/// No two replicas decide different commands for a slot, and no replica changes its mind, not even across a restart: what is decided once stays.
/// Executing counts as deciding.
/// </summary>
public sealed class AgreementCheck : Check
{
    private readonly Dictionary<(string Log, long Slot), (BatchView Batch, ReplicaId By)> _decided = [];

    public override string Name => "agreement";

    public override string Source => "Lamport, Paxos Made Simple (2001), section 2.1: only a single value is chosen";

    public override void Decided(ReplicaId replica, string log, long slot, BatchView batch) => Compare(replica, log, slot, batch);

    public override void Executed(ReplicaId replica, string log, long slot, BatchView batch) => Compare(replica, log, slot, batch);

    private void Compare(ReplicaId replica, string log, long slot, BatchView batch)
    {
        if (_decided.TryGetValue((log, slot), out var first))
        {
            if (first.Batch != batch)
            {
                Violate($"slot {slot}{In(log)} is {first.Batch} for {first.By} and {batch} for {replica}");
            }
        }
        else
        {
            _decided.Add((log, slot), (batch, replica));
        }
    }
}
