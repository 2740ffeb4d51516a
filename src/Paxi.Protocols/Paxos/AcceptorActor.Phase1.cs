using Paxi.Actors;
using Paxi.Actors.Journal;
using Paxi.Actors.Replicas;

namespace Paxi.Protocols.Paxos;

/// <summary>Phase 1: promises.</summary>
internal sealed partial class AcceptorActor
{
    private void OnPrepare(Prepare prepare)
    {
        if (!IsSane(prepare.From, prepare.Ballot) || prepare.FirstSlot < 1)
        {
            _refused.Add();
        }
        else if (prepare.Ballot < _promised || prepare.Ballot < _heard)
        {
            Reject(prepare.From, prepare.Ballot);
        }
        else if (prepare.Ballot == _promised)
        {
            // Asked again, or for the next chunk; the promise may be on its way to the disk, and the answer must not overtake it.
            Persist([], prepare);
        }
        else if (Now < _grantedUntil && prepare.From != _grantee)
        {
            Defer(prepare);
        }
        else
        {
            Persist([PaxosJournal.Promised(prepare.Ballot)], prepare);
            Raise(prepare.Ballot);
        }
    }

    private void Raise(Ballot ballot)
    {
        _promised = ballot;
        if (ballot.Owner != _self)
        {
            _context.Role(PaxosRoles.Leader).Tell(new BallotRaised(ballot), Self);
        }
    }

    private void Promise(Prepare prepare)
    {
        if (prepare.Ballot < _promised)
        {
            Reject(prepare.From, prepare.Ballot);
            return;
        }

        var entries = _votes.Read(prepare.FirstSlot, long.MaxValue, ChunkBytes);
        var isLast = entries.Count == 0 || entries[^1].Slot >= _votes.Last;
        _context.Links.Send(prepare.From, new Promise(
            _self, prepare.Ballot, prepare.FirstSlot, isLast, _votes.Truncated, _votes.Decided, entries));
    }

    private void Reject(ReplicaId to, Ballot ballot)
    {
        _rejected.Add();
        _context.Links.Send(to, new Reject(_self, ballot, Ballot.Max(_promised, _heard)));
    }
}
