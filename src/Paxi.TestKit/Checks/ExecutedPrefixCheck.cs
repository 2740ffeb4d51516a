using Paxi.Actors;
using Paxi.Actors.Commands;

namespace Paxi.TestKit.Checks;

/// <summary>
/// A replica executes the slots in order, without a gap and none twice, from the start of the log or from the snapshot that it was restored from; so at any time
/// each replica has executed a prefix of the same sequence.
/// </summary>
public sealed class ExecutedPrefixCheck : Check
{
    private readonly Dictionary<(ReplicaId Replica, string Log), long> _executed = [];
    private readonly Dictionary<string, long> _first = [];

    public override string Name => "executed prefix";

    public override string Source => "Schneider, Implementing Fault-Tolerant Services (1990), section 2: Order";

    public override void Executed(ReplicaId replica, string log, long slot, Batch batch)
    {
        var first = _first.TryAdd(log, slot) ? slot : _first[log];
        var expected = _executed.TryGetValue((replica, log), out var last) ? last + 1 : first;
        if (slot != expected)
        {
            Violate($"{replica} executes slot {slot} where slot {expected} is next");
        }

        _executed[(replica, log)] = slot;
    }

    public override void Restored(ReplicaId replica, string log, long slot) => _executed[(replica, log)] = slot;

    public override void Restarted(ReplicaId replica)
    {
        foreach (var key in _executed.Keys.Where(key => key.Replica == replica).ToArray())
        {
            _executed.Remove(key);
        }
    }
}
