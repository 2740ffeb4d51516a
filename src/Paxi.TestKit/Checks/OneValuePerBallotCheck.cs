using Paxi.Actors;

namespace Paxi.TestKit.Checks;

/// <summary>In one ballot, one command at most is voted for in a slot.</summary>
public sealed class OneValuePerBallotCheck : Check
{
    private readonly Dictionary<(string Log, long Slot, Ballot Ballot), (BatchView Batch, ReplicaId By)> _voted = [];

    public override string Name => "one value per ballot";

    public override string Source => "Lamport, The Part-Time Parliament (1998), section 2.1, condition B1";

    public override void Accepted(ReplicaId replica, string log, long slot, Ballot ballot, BatchView batch)
    {
        if (!_voted.TryGetValue((log, slot, ballot), out var first))
        {
            _voted.Add((log, slot, ballot), (batch, replica));
        }
        else if (first.Batch != batch)
        {
            Violate($"in ballot {ballot} slot {slot}{In(log)} is {first.Batch} for {first.By} and {batch} for {replica}");
        }
    }
}
