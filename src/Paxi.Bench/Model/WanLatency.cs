namespace Paxi.Bench.Model;

/// <summary>
/// Mean latency over regions at low load, in milliseconds, with one client in each region: the network alone, without the client's own hop. Round trips are a
/// square matrix, region by region, 0 on the diagonal.
/// </summary>
/// <remarks>Source: SIGMOD 2019, the WAN part of the model.</remarks>
public sealed class WanLatency
{
    private readonly double[][] _trips;

    /// <exception cref="ArgumentException">It is not square, or a round trip is negative.</exception>
    public WanLatency(double[][] trips)
    {
        ArgumentNullException.ThrowIfNull(trips);
        if (trips.Length == 0 || trips.Any(row => row.Length != trips.Length || row.Any(static trip => !(trip >= 0))))
        {
            throw new ArgumentException("round trips must be a square matrix without negative numbers", nameof(trips));
        }

        _trips = trips;
    }

    /// <summary>The authors' measured matrix: Virginia, Oregon, California, Ireland, Japan (2018).</summary>
    public static WanLatency OfScripts { get; } = new(
    [
        [0, 86, 65, 80, 156],
        [86, 0, 28, 154, 131],
        [65, 28, 0, 137, 115],
        [80, 154, 137, 0, 218],
        [156, 131, 115, 218, 0],
    ]);

    public int Regions => _trips.Length;

    /// <summary>One leader, reached from everywhere: D_L + D_Q. Multi-Paxos with a majority, flexible Paxos with a smaller quorum.</summary>
    /// <param name="quorum">|q2|, the leader included.</param>
    public double SingleLeader(int leader, int quorum) => _trips[leader].Average() + QuorumDelay.Wan(_trips[leader], leader, quorum);

    /// <summary>Of the clients of one region, with a single leader.</summary>
    public double SingleLeader(int leader, int quorum, int client) => _trips[client][leader] + QuorumDelay.Wan(_trips[leader], leader, quorum);

    /// <summary>EPaxos from one region: its fast quorum, (1 + c) times.</summary>
    public double EPaxos(int region, double conflict)
    {
        ModelArguments.Part(conflict);
        return (1 + conflict) * QuorumDelay.Wan(_trips[region], region, QuorumDelay.EPaxosFastQuorum(Regions));
    }

    /// <summary>EPaxos, the mean of all regions.</summary>
    public double EPaxos(double conflict) => Enumerable.Range(0, Regions).Average(region => EPaxos(region, conflict));

    /// <summary>
    /// WPaxos from one region: local commands take phase 2 of the region; the others go to an owner elsewhere, each other region as likely as the next,
    /// and take phase 2 there.
    /// </summary>
    /// <param name="locality">l, 0 to 1.</param>
    /// <param name="zoneFaults">fz.</param>
    public double WPaxos(int region, double locality, int zoneFaults, double lan = QuorumDelay.LanMean)
    {
        ModelArguments.Part(locality);
        double Phase2(int zone) => QuorumDelay.WPaxosPhase2(_trips[zone], zone, zoneFaults, lan);
        var others = Enumerable.Range(0, Regions).Where(zone => zone != region).ToArray();
        var away = others.Length == 0 ? 0 : others.Average(owner => _trips[region][owner] + Phase2(owner));
        return (locality * Phase2(region)) + ((1 - locality) * away);
    }

    /// <summary>WPaxos, the mean of all regions.</summary>
    public double WPaxos(double locality, int zoneFaults, double lan = QuorumDelay.LanMean) =>
        Enumerable.Range(0, Regions).Average(region => WPaxos(region, locality, zoneFaults, lan));
}
