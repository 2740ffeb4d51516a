using Paxi.Actors;
using Paxi.Actors.Commands;

namespace Paxi.TestKit.Checks;

/// <summary>
/// No two replicas decide different commands for a slot, and no replica changes its mind, not even across a restart: what is decided once stays.
/// Executing counts as deciding.
/// </summary>
public sealed class AgreementCheck : Check
{
    private readonly Dictionary<(string Log, long Slot), (Batch Batch, ReplicaId By)> _decided = [];

    public override string Name => "agreement";

    public override string Source => "Lamport, Paxos Made Simple (2001), section 2.1: only a single value is chosen";

    public override void Decided(ReplicaId replica, string log, long slot, Batch batch) => Compare(replica, log, slot, batch);

    public override void Executed(ReplicaId replica, string log, long slot, Batch batch) => Compare(replica, log, slot, batch);

    private void Compare(ReplicaId replica, string log, long slot, Batch batch)
    {
        if (_decided.TryAdd((log, slot), (batch, replica)))
        {
            return;
        }

        var (first, by) = _decided[(log, slot)];
        if (!ReferenceEquals(first, batch) && !first.ContentEquals(batch))
        {
            Violate($"slot {slot}{In(log)} is {Show(first)} for {by} and {Show(batch)} for {replica}");
        }
    }

    private static string In(string log) => log.Length == 0 ? "" : $" of {log}";
}
