namespace Paxi.Bench.Model;

/// <summary>
/// Load, capacity and latency of a protocol as the paper's closing formulas have them: no machine, only how many lead, how large the quorums are, how often
/// commands conflict, and how many are local.
/// </summary>
/// <remarks>Source: SIGMOD 2019, the section on load, capacity and latency.</remarks>
/// <param name="Leaders">L.</param>
/// <param name="Quorum">Q, in nodes, the leader included.</param>
/// <param name="Conflict">c: part of the commands that need a second round, 0 to 1.</param>
public sealed record ProtocolLoad(int Leaders, int Quorum, double Conflict = 0)
{
    /// <summary>L(S): operations that the busiest node does for each command: (1 + c) (Q + L − 2) / L.</summary>
    public double Load => (1 + Conflict) * (Quorum + Leaders - 2) / Leaders;

    /// <summary>Cap(S) = 1 / L(S), in commands for each operation that a node can do.</summary>
    public double Capacity => 1 / Load;

    /// <summary>Latency(S) = (1 + c) ((1 − l) (D_L + D_Q) + l D_Q), in the units of the delays.</summary>
    /// <param name="locality">l: part of the commands whose leader is near, 0 to 1; 0 for a single far leader, 1 where every replica leads.</param>
    /// <param name="toLeader">D_L: round trip to a far leader.</param>
    /// <param name="quorumDelay">D_Q.</param>
    public double Latency(double locality, double toLeader, double quorumDelay)
    {
        ModelArguments.Part(locality);
        return (1 + Conflict) * (((1 - locality) * (toLeader + quorumDelay)) + (locality * quorumDelay));
    }

    /// <summary>One leader and a majority.</summary>
    public static ProtocolLoad Paxos(int replicas) => new(1, (replicas / 2) + 1);

    /// <summary>Every replica leads; the majority that the paper counts with.</summary>
    public static ProtocolLoad EPaxos(int replicas, double conflict) => new(replicas, (replicas / 2) + 1, conflict);

    /// <summary>A leader for each zone; with fz = 0 its quorum is its zone.</summary>
    public static ProtocolLoad WPaxos(int zones, int nodesPerZone) => new(zones, nodesPerZone);
}
