using Paxi.Actors.Quorums;

namespace Paxi.Actors.Epochs;

/// <summary>One try of this replica to get an epoch decided: a ballot of the Synod protocol, both phases.</summary>
/// <param name="ballot">Above every one that was seen in this slot.</param>
/// <param name="wanted">What to propose when no vote binds.</param>
/// <param name="majority">Of the members of the epoch before. The proposer is one of them, and its own promise must be there: so a replica that restarts never uses a ballot twice.</param>
internal sealed class EpochProposal(Ballot ballot, Epoch wanted, QuorumSystem majority)
{
    private VoteSet _promises;
    private VoteSet _votes;
    private Ballot _highest;

    public Ballot Ballot => ballot;

    public long Number => Value.Number;

    /// <summary>What is proposed: the vote of the highest ballot that was reported, else what was wanted.</summary>
    public Epoch Value { get; private set; } = wanted;

    public bool IsAccepting { get; private set; }

    /// <returns>True when this promise completes phase 1: now the accept goes out.</returns>
    public bool Promise(EpochPromise promise)
    {
        var member = majority.IndexOf(promise.From);
        if (member < 0 || IsAccepting || promise.Number != Number || promise.Ballot != ballot)
        {
            return false;
        }

        if (promise.Vote is { } vote && vote.Number == Number && promise.Voted > _highest)
        {
            (_highest, Value) = (promise.Voted, vote);
        }

        _promises = _promises.With(member);
        return IsAccepting = _promises.Contains(majority.IndexOf(ballot.Owner)) && majority.IsPhase1Quorum(_promises);
    }

    /// <returns>True when this vote decides.</returns>
    public bool Accepted(EpochAccepted accepted)
    {
        var member = majority.IndexOf(accepted.From);
        if (member < 0 || !IsAccepting || accepted.Number != Number || accepted.Ballot != ballot || majority.IsPhase2Quorum(_votes))
        {
            return false;
        }

        _votes = _votes.With(member);
        return majority.IsPhase2Quorum(_votes);
    }
}
