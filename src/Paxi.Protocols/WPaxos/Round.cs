using Akka.Actor;
using Paxi.Actors.Quorums;

namespace Paxi.Protocols.WPaxos;

/// <summary>Proposals that are voted for together: one message to each acceptor, one answer.</summary>
internal sealed class Round(Accepts accepts, IActorRef[] owners, VoteSet targets, TimeSpan sentAt)
{
    private readonly bool[] _isDecided = new bool[owners.Length];
    private Dictionary<int, VoteSet>? _refused;

    public Accepts Accepts { get; } = accepts;

    /// <summary>Whose proposals they are.</summary>
    public IReadOnlyList<IActorRef> Owners => owners;

    /// <summary>Whom it was sent to.</summary>
    public VoteSet Targets { get; set; } = targets;

    public VoteSet Votes { get; private set; }

    public TimeSpan SentAt { get; set; } = sentAt;

    public bool IsResent { get; set; }

    /// <summary>Proposals that are not decided.</summary>
    public int Left { get; private set; } = owners.Length;

    public bool IsDecided(int index) => _isDecided[index];

    /// <summary>A member has voted for all proposals but those refused.</summary>
    public void Vote(int member, IReadOnlyList<Refused> refused)
    {
        if (Votes.Contains(member))
        {
            return;
        }

        Votes = Votes.With(member);
        foreach (var refusal in refused)
        {
            if (refusal.Index >= 0 && refusal.Index < owners.Length)
            {
                _refused ??= [];
                _refused[refusal.Index] = _refused.GetValueOrDefault(refusal.Index).With(member);
            }
        }
    }

    /// <summary>Calls <paramref name="decide"/> with the index of each proposal that a quorum has voted for now.</summary>
    public void Decide(QuorumSystem quorums, Action<Round, int> decide)
    {
        if (!quorums.IsPhase2Quorum(Votes))
        {
            return;
        }

        for (var index = 0; index < owners.Length; index++)
        {
            if (!_isDecided[index] && (_refused is null || quorums.IsPhase2Quorum(Votes.Except(_refused.GetValueOrDefault(index)))))
            {
                _isDecided[index] = true;
                Left--;
                decide(this, index);
            }
        }
    }
}
