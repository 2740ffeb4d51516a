using Paxi.Actors;
using Paxi.Actors.Commands;

namespace Paxi.TestKit.Checks;

/// <summary>In one ballot, one command at most is voted for in a slot.</summary>
public sealed class OneValuePerBallotCheck : Check
{
    private readonly Dictionary<(string Log, long Slot, Ballot Ballot), (Batch Batch, ReplicaId By)> _voted = [];

    public override string Name => "one value per ballot";

    public override string Source => "Lamport, The Part-Time Parliament (1998), section 2.1, condition B1";

    public override void Accepted(ReplicaId replica, string log, long slot, Ballot ballot, Batch batch)
    {
        if (_voted.TryAdd((log, slot, ballot), (batch, replica)))
        {
            return;
        }

        var (first, by) = _voted[(log, slot, ballot)];
        if (!first.ContentEquals(batch))
        {
            Violate($"in ballot {ballot} slot {slot} is {Show(first)} for {by} and {Show(batch)} for {replica}");
        }
    }
}
