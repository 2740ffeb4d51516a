using Akka.Event;
using Paxi.Actors;
using Paxi.Actors.Journal;
using Paxi.Actors.Replicas;

namespace Paxi.Protocols.Paxos;

/// <summary>Phase 2: votes, and what a leader says is decided.</summary>
internal sealed partial class AcceptorActor
{
    private void OnAccept(Accept accept)
    {
        if (!IsSane(accept.From, accept.Ballot) || accept.Slot < 1)
        {
            _refused.Add();
            return;
        }

        if (accept.Ballot < _promised)
        {
            Reject(accept.From, accept.Ballot);
            return;
        }

        Advance(accept.Ballot, accept.Commit, accept.From);
        if (accept.Slot <= _votes.Truncated || IsOverruled(accept))
        {
            // Decided, and the leader does not know; it must catch up.
            TellDecided(accept.From);
        }
        else if (!_votes.CanHold(accept.Slot))
        {
            _refused.Add();
            _context.Role(PaxosRoles.Learner).Tell(new CommitSeen(accept.Commit, accept.From), Self);
        }
        else
        {
            Vote(accept);
        }
    }

    /// <summary>
    /// What stands there was learned in a higher ballot than any promised here. It is decided, and the accept may be for a command that lost: it must not replace what others are told and a restart executes.
    /// </summary>
    private bool IsOverruled(Accept accept) => _votes.TryGet(accept.Slot, out var learned) && learned.Ballot > accept.Ballot;

    private void Vote(Accept accept)
    {
        var raises = accept.Ballot > _promised;
        if (_votes.TryGet(accept.Slot, out var vote) && vote.Ballot == accept.Ballot && !(raises && vote.Batch.ContentEquals(accept.Batch)))
        {
            VoteAgain(accept, vote);
            return;
        }

        // In a ballot that raises, the slot may have been learned before; the vote for it is a promise all the same, and written as one.
        _votes.Put(accept.Slot, accept.Ballot, accept.Batch);
        var write = PaxosJournal.Vote(accept.Slot, accept.Ballot, _votes.Decided, accept.Batch);
        Persist(raises ? [PaxosJournal.Promised(accept.Ballot), write] : [write], accept);
        if (raises)
        {
            Raise(accept.Ballot);
        }

        // The watermark may have waited for this vote.
        Advance(accept.Ballot, accept.Commit, accept.From);
    }

    /// <summary>A copy: its vote is answered again when it is durable, and else will be. A slow disk gets no second write.</summary>
    private void VoteAgain(Accept accept, LogEntry vote)
    {
        if (!vote.Batch.ContentEquals(accept.Batch))
        {
            _refused.Add();
            _log.Error("refused: {0} sent two different batches for slot {1} in ballot {2}", accept.From, accept.Slot, accept.Ballot);
        }
        else if (_votes.IsDurable(accept.Slot))
        {
            Answer(accept);
        }
    }

    private void Answer(Accept accept)
    {
        _context.Observer.Accepted(_self, "", accept.Slot, accept.Ballot, accept.Batch);
        _context.Links.Send(accept.From, new Accepted(_self, accept.Ballot, accept.Slot));
    }

    private void OnCommit(Commit commit)
    {
        if (!IsSane(commit.From, commit.Ballot) || commit.Slot < 0)
        {
            _refused.Add();
            return;
        }

        if (commit.Ballot >= _freshBallot)
        {
            (_freshBallot, _fresh) = (commit.Ballot, commit.Fresh);
        }

        Advance(commit.Ballot, commit.Slot, commit.From);
    }

    /// <summary>
    /// Every slot up to <paramref name="commit"/> is decided, says the leader of the ballot. It has one batch for a slot, so a vote in this very ballot is for the decided
    /// command; a vote of another ballot may be for one that lost.
    /// </summary>
    private void Advance(Ballot ballot, long commit, ReplicaId from)
    {
        while (_votes.Decided < commit && _votes.TryGet(_votes.Decided + 1, out var entry) && entry.Ballot == ballot)
        {
            _votes.AdvanceDecided();
            if (ballot.Owner != _self)
            {
                Hand(entry);
            }
        }

        if (_votes.Decided < commit && from != _self)
        {
            _context.Role(PaxosRoles.Learner).Tell(new CommitSeen(commit, from), Self);
        }
    }

    private void Hand(LogEntry entry) =>
        _context.Role(PaxosRoles.Learner).Tell(new Learn(entry.Slot, entry.Ballot, entry.Batch, IsOwn: false), Self);
}
