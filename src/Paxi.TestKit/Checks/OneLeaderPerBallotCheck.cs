using Paxi.Actors;

namespace Paxi.TestKit.Checks;

/// <summary>A ballot is led by its owner, and once: a replica that restarts does not lead again with a ballot that it has led before.</summary>
public sealed class OneLeaderPerBallotCheck : Check
{
    private readonly Dictionary<(string Log, Ballot Ballot), ReplicaId> _leaders = [];

    public override string Name => "one leader per ballot";

    public override string Source => "Lamport, Paxos Made Simple (2001), section 2.2: different proposals have different numbers";

    public override void Led(ReplicaId replica, string log, Ballot ballot)
    {
        if (ballot.Owner != replica)
        {
            Violate($"{replica} leads ballot {ballot}{In(log)}, which belongs to {ballot.Owner}");
        }
        else if (!_leaders.TryAdd((log, ballot), replica))
        {
            Violate($"{replica} leads ballot {ballot}{In(log)} a second time");
        }
    }
}
