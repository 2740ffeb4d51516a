using Paxi.Actors;

namespace Paxi.TestKit.Checks;

/// <summary>
/// A replica executes the slots in order, without a gap and none twice, from the start of the log or from the snapshot that it was restored from; so at any time
/// each replica has executed a prefix of the same sequence.
/// </summary>
public sealed class ExecutedPrefixCheck : Check
{
    private readonly SortedDictionary<ReplicaId, Dictionary<string, long>> _executed = [];
    private readonly Dictionary<string, long> _first = [];

    public override string Name => "executed prefix";

    public override string Source => "Schneider, Implementing Fault-Tolerant Services (1990), section 2: Order";

    public override void Executed(ReplicaId replica, string log, long slot, BatchView batch)
    {
        var first = _first.TryAdd(log, slot) ? slot : _first[log];
        var executed = Of(replica);
        var expected = executed.TryGetValue(log, out var last) ? last + 1 : first;
        if (slot != expected)
        {
            Violate($"{replica} executes slot {slot}{In(log)} where slot {expected} is next");
        }

        executed[log] = slot;
    }

    public override void Restored(ReplicaId replica, string log, long slot, RestoredState state) => Of(replica)[log] = slot;

    public override void Restarted(ReplicaId replica) => Of(replica).Clear();

    private Dictionary<string, long> Of(ReplicaId replica)
    {
        if (!_executed.TryGetValue(replica, out var executed))
        {
            _executed.Add(replica, executed = []);
        }

        return executed;
    }
}
