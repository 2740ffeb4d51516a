namespace Paxi.Bench.Model;

/// <summary>
/// What a round (one command, without batching) costs its busiest node: messages taken in, messages serialized, messages that go over its link; and how many such
/// nodes share the rounds.
/// </summary>
/// <remarks>Source: "Dissecting the Performance of Strongly-Consistent Replication Protocols" (SIGMOD 2019), the analytic model; counts as in its scripts.</remarks>
/// <param name="Leaders">L: nodes that lead rounds, each an equal share.</param>
/// <param name="Incoming">Messages that such a node takes in for each round that it leads, those of the others' rounds included.</param>
/// <param name="Outgoing">Messages that it serializes for each round that it leads.</param>
/// <param name="OnLink">Messages that pass its link for each round that it leads.</param>
public sealed record RoundCost(Machine Machine, int Leaders, double Incoming, double Outgoing, double OnLink)
{
    /// <summary>t_s: milliseconds for which the node is busy with a round of its own.</summary>
    public double ServiceTime => (Outgoing * Machine.Outgoing) + (Incoming * Machine.Incoming) + (OnLink * Machine.Transmission);

    /// <summary>Rounds a second of all leaders together, at which the busiest node has no time left: L / t_s.</summary>
    public double Capacity => Leaders * 1000 / ServiceTime;

    /// <summary>ρ: the part of its time for which a leader is busy; 1 and more cannot be kept up.</summary>
    /// <param name="roundsPerSecond">Of all leaders together.</param>
    public double Utilization(double roundsPerSecond) => roundsPerSecond / Capacity;
}

/// <summary>How the use of the leader's link is counted.</summary>
public enum LinkCharge
{
    /// <summary>2N messages a round: each of N requests or proposals, each of N answers.</summary>
    EveryMessage,

    /// <summary>As the authors' scripts do, from which their figures are: what is taken in, and each serialization once (N + 2).</summary>
    AsScripts,
}
