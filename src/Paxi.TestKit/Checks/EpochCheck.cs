using Paxi.Actors;
using Paxi.Actors.Epochs;
using Paxi.Actors.Quorums;

namespace Paxi.TestKit.Checks;

/// <summary>All replicas agree on who votes in an epoch, and where logs have quorums of their own on those; no replica goes back to an earlier epoch.</summary>
public sealed class EpochCheck(EpochBook book) : Check
{
    public override string Name => "epochs agree";

    public override string Source => "Lamport, Paxos Made Simple (2001), section 2.1; Lamport et al., Vertical Paxos (2009), section 2";

    public override void Began(ReplicaId replica, Epoch epoch, QuorumSystem quorums)
    {
        if (book.Begin(replica, epoch, quorums) is { } wrong)
        {
            Violate(wrong);
        }
    }

    public override void Placed(ReplicaId replica, string log, QuorumSystem quorums)
    {
        if (book.Place(replica, log, quorums) is { } wrong)
        {
            Violate(wrong);
        }
    }
}
