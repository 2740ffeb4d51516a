using Paxi.Actors;

namespace Paxi.TestKit.Checks;

/// <summary>A snapshot restores exactly what it claims to cover: every command up to its slot has taken effect, none after it, and nothing else.</summary>
public sealed class SnapshotCheck : Check
{
    public override string Name => "snapshots";

    public override string Source => "Ongaro and Ousterhout, In Search of an Understandable Consensus Algorithm (2014), section 7: log compaction";

    public override void Restored(ReplicaId replica, string log, long slot, RestoredState state)
    {
        if (!state.IsFaithful)
        {
            Violate($"{replica} was restored to slot {slot}{In(log)}, and its state machine does not write the snapshot that it has read");
        }
        else if (state.Expected is null && state.Effects != 0)
        {
            Violate($"{replica} was restored to slot {slot}{In(log)}, which no replica has executed");
        }
        else if (state.Expected is { } expected && expected != state.Effects)
        {
            Violate($"{replica} was restored to slot {slot}{In(log)}, but its state is not the one after that slot");
        }
    }
}
