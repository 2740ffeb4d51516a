using Paxi.Actors;

namespace Paxi.TestKit.Checks;

/// <summary>What an acceptor has promised never shrinks, not even across a restart, and it never votes below its promise.</summary>
public sealed class PromiseCheck : Check
{
    private readonly Dictionary<(ReplicaId Replica, string Log), Ballot> _promised = [];

    public override string Name => "promises";

    public override string Source => "Lamport, Paxos Made Simple (2001), section 2.2, P1a; section 2.3: an acceptor remembers across failures";

    public override void Promised(ReplicaId replica, string log, Ballot ballot)
    {
        if (!Raise(replica, log, ballot, out var promised))
        {
            Violate($"{replica} promises ballot {ballot}{In(log)} after it had promised {promised}");
        }
    }

    public override void Accepted(ReplicaId replica, string log, long slot, Ballot ballot, BatchView batch)
    {
        if (!Raise(replica, log, ballot, out var promised))
        {
            Violate($"{replica} votes in slot {slot}{In(log)} for ballot {ballot} after it had promised {promised}");
        }
    }

    private bool Raise(ReplicaId replica, string log, Ballot ballot, out Ballot promised)
    {
        promised = _promised.GetValueOrDefault((replica, log));
        if (ballot > promised)
        {
            _promised[(replica, log)] = ballot;
        }

        return ballot >= promised;
    }
}
