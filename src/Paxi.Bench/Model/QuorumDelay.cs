namespace Paxi.Bench.Model;

/// <summary>D_Q: how long a leader waits for its quorum, in milliseconds, the network alone.</summary>
/// <remarks>Source: SIGMOD 2019, the analytic model.</remarks>
public static class QuorumDelay
{
    /// <summary>Mean round trip within a data centre, measured by the authors (1,975 pings).</summary>
    public const double LanMean = 0.427;

    /// <summary>Its standard deviation.</summary>
    public const double LanDeviation = 0.0476;

    /// <summary>
    /// In one data centre: the mean of the (q − 1)-th smallest of N − 1 round trips, which vary by chance. By sampling, seeded, so the same arguments give the
    /// same number; the error is below <c>deviation / √samples</c>.
    /// </summary>
    /// <param name="replicas">N.</param>
    /// <param name="quorum">q, the leader included.</param>
    /// <param name="mean">Of a round trip.</param>
    /// <param name="deviation">Standard deviation of a round trip (a normal distribution, cut at 0).</param>
    public static double Lan(int replicas, int quorum, double mean = LanMean, double deviation = LanDeviation, int samples = 20_000, int seed = 1)
    {
        CheckQuorum(replicas, quorum);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(samples);
        if (quorum == 1)
        {
            return 0;
        }

        var random = new Random(seed);
        var trips = new double[replicas - 1];
        var sum = 0.0;
        for (var sample = 0; sample < samples; sample++)
        {
            for (var peer = 0; peer < trips.Length; peer++)
            {
                trips[peer] = Math.Max(0, mean + (deviation * Normal(random)));
            }

            Array.Sort(trips);
            sum += trips[quorum - 2];
        }

        return sum / samples;
    }

    /// <summary>Over regions, where distance outweighs chance: the round trip to the (q − 1)-th closest of the others.</summary>
    /// <param name="trips">Round trips from the leader's region to every region; its own entry is left out.</param>
    /// <param name="leader">The leader's region, from 0.</param>
    /// <param name="quorum">q, the leader included.</param>
    public static double Wan(IReadOnlyList<double> trips, int leader, int quorum)
    {
        CheckQuorum(trips.Count, quorum);
        ArgumentOutOfRangeException.ThrowIfNegative(leader);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(leader, trips.Count);
        return quorum == 1 ? 0 : trips.Where((_, region) => region != leader).Order().ElementAt(quorum - 2);
    }

    /// <summary>
    /// Of a quorum of nodes when each region holds several: the round trip to the farthest region that is needed. The nodes of the leader's own region answer at
    /// once (<paramref name="lan"/>).
    /// </summary>
    /// <param name="nodesPerRegion">Nodes in each region; the leader is one of its own.</param>
    /// <param name="quorum">Nodes in the quorum, the leader included.</param>
    /// <param name="lan">Round trip within a region.</param>
    public static double WanOfNodes(IReadOnlyList<double> trips, int leader, int nodesPerRegion, int quorum, double lan = LanMean)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(nodesPerRegion);
        CheckQuorum(trips.Count * nodesPerRegion, quorum);
        var regions = (quorum + nodesPerRegion - 1) / nodesPerRegion;
        return regions > 1 ? Wan(trips, leader, regions) : quorum > 1 ? lan : 0;
    }

    /// <summary>Phase 2 of WPaxos: fz + 1 zones, the owner's own among them.</summary>
    public static double WPaxosPhase2(IReadOnlyList<double> trips, int zone, int zoneFaults, double lan = LanMean) =>
        zoneFaults == 0 ? lan : Wan(trips, zone, zoneFaults + 1);

    /// <summary>Phase 1 of WPaxos, a steal: Z − fz zones.</summary>
    public static double WPaxosPhase1(IReadOnlyList<double> trips, int zone, int zoneFaults, double lan = LanMean) =>
        zoneFaults == trips.Count - 1 ? lan : Wan(trips, zone, trips.Count - zoneFaults);

    /// <summary>The fast quorum of EPaxos: F + ⌊(F + 1) / 2⌋ of N = 2F + 1, the leader included (SOSP 2013).</summary>
    public static int EPaxosFastQuorum(int replicas)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(replicas, 1);
        var faults = (replicas - 1) / 2;
        return Math.Max(1, faults + ((faults + 1) / 2));
    }

    private static void CheckQuorum(int replicas, int quorum)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(quorum, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quorum, replicas);
    }

    /// <summary>A standard normal number (Box and Muller).</summary>
    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
