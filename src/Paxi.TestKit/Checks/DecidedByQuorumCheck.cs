using Paxi.Actors;
using Paxi.Actors.Quorums;

namespace Paxi.TestKit.Checks;

/// <summary>A slot is decided only when a phase-2 quorum has durable votes for that command in one ballot.</summary>
/// <param name="book">Votes count in the epoch in which the acceptor gave them.</param>
public sealed class DecidedByQuorumCheck(EpochBook book) : Check
{
    private readonly Dictionary<(string Log, long Slot), Slot> _slots = [];

    public override string Name => "decided by a quorum";

    public override string Source => "Lamport, Paxos Made Simple (2001), section 2.2; Howard et al., Flexible Paxos (2016), section 4";

    public override void Accepted(ReplicaId replica, string log, long slot, Ballot ballot, BatchView batch)
    {
        if (!_slots.TryGetValue((log, slot), out var votes))
        {
            _slots.Add((log, slot), votes = new Slot());
        }

        var epoch = book.EpochOf(replica);
        if (book.QuorumsOf(epoch, log).IndexOf(replica) is >= 0 and var member)
        {
            votes.Add(epoch, ballot, batch, member);
        }
    }

    public override void Decided(ReplicaId replica, string log, long slot, BatchView batch)
    {
        if (!_slots.TryGetValue((log, slot), out var votes) || !votes.IsChosen(batch, book, log))
        {
            Violate($"{replica} decides slot {slot}{In(log)} as {batch}, but no phase-2 quorum has voted for it in one ballot and epoch");
        }
    }

    private sealed class Slot
    {
        private readonly List<(long Epoch, Ballot Ballot, BatchView Batch, VoteSet Votes)> _ballots = [];
        private BatchView? _chosen;

        public void Add(long epoch, Ballot ballot, BatchView batch, int member)
        {
            // The latest ballot is the one that is voted for now, nearly always.
            for (var index = _ballots.Count - 1; index >= 0; index--)
            {
                var known = _ballots[index];
                if (known.Ballot == ballot && known.Epoch == epoch && known.Batch == batch)
                {
                    _ballots[index] = known with { Votes = known.Votes.With(member) };
                    return;
                }
            }

            _ballots.Add((epoch, ballot, batch, VoteSet.Empty.With(member)));
        }

        public bool IsChosen(BatchView batch, EpochBook book, string log)
        {
            if (_chosen is { } chosen)
            {
                return chosen == batch;
            }

            foreach (var known in _ballots)
            {
                if (known.Batch == batch && book.QuorumsOf(known.Epoch, log).IsPhase2Quorum(known.Votes))
                {
                    _chosen = batch;
                    return true;
                }
            }

            return false;
        }
    }
}
