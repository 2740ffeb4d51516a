using Paxi.Actors;
using Paxi.Actors.Commands;

namespace Paxi.TestKit.Checks;

/// <summary>What an acceptor has promised never shrinks, not even across a restart, and it never votes below its promise.</summary>
public sealed class PromiseCheck : Check
{
    private readonly Dictionary<(ReplicaId Replica, string Log), Ballot> _promised = [];

    public override string Name => "promises";

    public override string Source => "Lamport, Paxos Made Simple (2001), section 2.2, P1a; section 2.3: an acceptor remembers across failures";

    public override void Promised(ReplicaId replica, string log, Ballot ballot) => Raise(replica, log, ballot, "promises");

    public override void Accepted(ReplicaId replica, string log, long slot, Ballot ballot, Batch batch) =>
        Raise(replica, log, ballot, $"votes in slot {slot} for");

    private void Raise(ReplicaId replica, string log, Ballot ballot, string what)
    {
        var promised = _promised.GetValueOrDefault((replica, log));
        if (ballot < promised)
        {
            Violate($"{replica} {what} ballot {ballot} after it had promised {promised}");
        }
        else
        {
            _promised[(replica, log)] = ballot;
        }
    }
}
