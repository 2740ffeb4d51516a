namespace Paxi.Bench.Model;

/// <summary>The cost of a round of each protocol.</summary>
/// <remarks>Source: SIGMOD 2019, the analytic model: t_s = 2 t_o + N t_i + 2 N s_m / b for Multi-Paxos; the others count their messages in the same way.</remarks>
public static class RoundCosts
{
    /// <summary>The leader takes in the request and N − 1 votes, and serializes the proposal and the reply.</summary>
    /// <param name="replicas">N.</param>
    public static RoundCost MultiPaxos(int replicas, Machine machine, LinkCharge charge = LinkCharge.AsScripts)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(replicas, 1);
        return new RoundCost(machine, Leaders: 1, Incoming: replicas, Outgoing: 2, OnLink: charge == LinkCharge.EveryMessage ? 2 * replicas : replicas + 2);
    }

    /// <summary>Smaller quorums alone save waiting, not work, for all replicas still vote; thrifty, only q − 1 of them are asked.</summary>
    /// <param name="replicas">N.</param>
    /// <param name="quorum">|q2|, the leader included.</param>
    /// <param name="thrifty">The proposal goes to the quorum only.</param>
    public static RoundCost FPaxos(int replicas, int quorum, Machine machine, bool thrifty = false, LinkCharge charge = LinkCharge.AsScripts)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(quorum, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quorum, replicas);
        return MultiPaxos(thrifty ? quorum : replicas, machine, charge);
    }

    /// <summary>
    /// Every replica leads. For each round of its own it takes in a request, the N − 1 votes on it, and a proposal of each other replica; a conflict repeats
    /// all but the request. Messages cost twice as much, for the dependencies.
    /// </summary>
    /// <param name="replicas">N.</param>
    /// <param name="conflict">c: the part of the rounds that needs a second phase, 0 to 1.</param>
    public static RoundCost EPaxos(int replicas, double conflict, Machine machine)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(replicas, 1);
        ModelArguments.Part(conflict);
        var others = replicas - 1;
        var incoming = (2 * others * (1 + conflict)) + 1;
        var outgoing = ((1 + others) * (1 + conflict)) + 1;
        return new RoundCost(machine.WithDependencies(), replicas, incoming, outgoing, incoming + outgoing);
    }

    /// <summary>
    /// The leader of each zone commits with the nodes that it asks. The paper gives no service time for WPaxos, and its scripts multiply theirs by a factor
    /// that they do not explain; this is the count of messages of Multi-Paxos for a leader with fewer acceptors, some messages for what the other zones do, and
    /// a phase 1 for each steal.
    /// </summary>
    /// <param name="zones">Z, a leader each.</param>
    /// <param name="nodesPerZone">l.</param>
    /// <param name="zoneFaults">fz: phase 2 goes to fz + 1 zones.</param>
    /// <param name="foreign">Messages that a leader takes in for a round of another zone: 1 when the commit goes everywhere, 0 when it stays in its zones.</param>
    /// <param name="steals">Steals for each round, 0 to 1.</param>
    public static RoundCost WPaxos(int zones, int nodesPerZone, int zoneFaults, Machine machine, double foreign = 1, double steals = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(zones, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(nodesPerZone, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(zoneFaults);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(zoneFaults, zones);
        ModelArguments.Part(foreign);
        ModelArguments.Part(steals);
        var acceptors = (zoneFaults + 1) * nodesPerZone;
        var others = zones - 1;
        // A vote for each foreign round that reaches this leader as an acceptor: it lies in fz of the other leaders' quorums.
        var votes = (double)zoneFaults;
        var incoming = acceptors + Math.Max(votes, foreign * others) + (steals * ((zones * nodesPerZone) - 1 + others));
        var outgoing = 2 + votes + (steals * (1 + others));
        return new RoundCost(machine, zones, incoming, outgoing, incoming + outgoing);
    }
}

internal static class ModelArguments
{
    /// <exception cref="ArgumentOutOfRangeException">It is not a part of a whole.</exception>
    public static void Part(double value, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (value is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(name, value, "must be between 0 and 1");
        }
    }
}
