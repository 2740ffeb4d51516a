using Paxi.Bench.Wan;
using Paxi.Protocols;
using static Paxi.Bench.Papers.PaperExperiments;

namespace Paxi.Bench.Papers;

/// <summary>
/// Averages over five regions with the matrix of the model of Paxi's paper, clients alike in all: D_L + D_Q for one leader, forwarding
/// alone for WPaxos.
/// </summary>
public static class WanAverages
{
    private const int KeysEach = 100;
    private const double Locality = 0.7;
    private const string Model = $"{PaxiPaper}, WAN model";

    private static readonly (string Region, double Average)[] s_leaders = [("VA", 158), ("OR", 166), ("CA", 134), ("IR", 255), ("JP", 255)];

    public static IReadOnlyList<PaperRow> Run(PaperScale scale, CancellationToken cancellation)
    {
        var matrix = RegionMatrix.Ppm;
        var regions = matrix.Regions.Count;
        var results = RunAll(
        [
            .. s_leaders.Select(leader => OneLeader(scale, leader.Region, "")),
            OneLeader(scale, "CA", "quorum.q1 = 4\nquorum.q2 = 2"),
            OfWPaxos(scale, WanWorkload.Local(regions, Locality, Keys(KeysEach)), 0, "", matrix) with { Preload = OwnKeys(regions, KeysEach) },
        ], cancellation);
        double[] averages = [.. results.Select(result => result.Samples.MeanOfRegions(regions))];
        var paxos = averages[2];
        var (flexible, wpaxos) = (averages[^2], averages[^1]);
        return
        [
            .. s_leaders.Select((leader, index) => new PaperRow(Model, $"paxos, leader in {leader.Region}, average", "ms", leader.Average, averages[index], Tolerance)),
            new(Model, "flexible paxos, |q2| = 2, leader in CA, average", "ms", 97, flexible, Tolerance),
            new(Model, "wpaxos, fz = 0, locality 0.7, average", "ms", 37, wpaxos, Tolerance),
            new($"{PaxiPaper}, abstract of the findings", "wpaxos is faster than paxos by nearly 100 ms", "ms", 97, paxos - wpaxos, 2 * Tolerance),
        ];
    }

    private static WanSettings OneLeader(PaperScale scale, string region, string more) => new()
    {
        Protocol = ProtocolList.Find("paxos"),
        Matrix = RegionMatrix.Ppm,
        Nodes = 1,
        Clients = scale.Choose(3, 10),
        WarmUp = TimeSpan.FromSeconds(3),
        Length = TimeSpan.FromSeconds(scale.Choose(10, 30)),
        Workload = WanWorkload.Same(RegionMatrix.Ppm.Regions.Count, Keys(1000)),
        LeaderRegion = RegionMatrix.Ppm.IndexOf(region),
        Configuration = more,
        Seed = scale.Seed,
    };
}
