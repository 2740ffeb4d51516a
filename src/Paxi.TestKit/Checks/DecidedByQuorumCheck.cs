using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Quorums;

namespace Paxi.TestKit.Checks;

/// <summary>A slot is decided only when a phase-2 quorum has durable votes for that command in one ballot.</summary>
public sealed class DecidedByQuorumCheck(QuorumSystem quorums) : Check
{
    private readonly Dictionary<(string Log, long Slot), List<Votes>> _votes = [];

    public override string Name => "decided by a quorum";

    public override string Source => "Lamport, Paxos Made Simple (2001), section 2.2; Howard et al., Flexible Paxos (2016), section 4";

    public override void Accepted(ReplicaId replica, string log, long slot, Ballot ballot, Batch batch)
    {
        if (!_votes.TryGetValue((log, slot), out var list))
        {
            _votes[(log, slot)] = list = [];
        }

        var votes = list.Find(candidate => candidate.Ballot == ballot);
        if (votes is null)
        {
            list.Add(votes = new Votes(ballot, batch));
        }

        var member = quorums.IndexOf(replica);
        if (member >= 0 && votes.Batch.ContentEquals(batch))
        {
            votes.Set = votes.Set.With(member);
        }
    }

    public override void Decided(ReplicaId replica, string log, long slot, Batch batch)
    {
        if (_votes.TryGetValue((log, slot), out var list))
        {
            foreach (var votes in list)
            {
                if (quorums.IsPhase2Quorum(votes.Set) && votes.Batch.ContentEquals(batch))
                {
                    return;
                }
            }
        }

        Violate($"{replica} decides slot {slot} as {Show(batch)}, but no phase-2 quorum has voted for it");
    }

    private sealed class Votes(Ballot ballot, Batch batch)
    {
        public Ballot Ballot { get; } = ballot;

        public Batch Batch { get; } = batch;

        public VoteSet Set { get; set; }
    }
}
