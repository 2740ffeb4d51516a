using Paxi.Bench.Model;
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

    /// <summary>What the paper prints as "nearly 100 ms"; its model has 97.</summary>
    private const double NearlyHundred = 97;

    private const string Source = $"{PaxiPaper}, WAN model";
    private const string BestLeader = "CA";
    private const int Quorum2 = 2;

    private static readonly WanLatency s_model = WanLatency.OfScripts;

    public static PaperFindings Run(PaperScale scale, CancellationToken cancellation)
    {
        var matrix = RegionMatrix.Ppm;
        var regions = matrix.Regions.Count;
        var results = RunAll(
        [
            .. matrix.Regions.Select(leader => OneLeader(scale, leader, "")),
            OneLeader(scale, BestLeader, $"quorum.q1 = {regions - Quorum2 + 1}\nquorum.q2 = {Quorum2}"),
            OfWPaxos(scale, WanWorkload.Local(regions, Locality, Keys(KeysEach)), 0, "", matrix) with { Preload = OwnKeys(regions, KeysEach) },
        ], cancellation);
        double[] averages = [.. results.Select(result => result.Samples.MeanOfRegions(regions))];
        var best = matrix.IndexOf(BestLeader);
        var majority = (regions / 2) + 1;
        var (flexible, wpaxos) = (averages[^2], averages[^1]);
        return new PaperFindings(
        [
            .. matrix.Regions.Select((leader, index) => new PaperRow(Source, $"paxos, leader in {leader}, average", "ms", s_model.SingleLeader(index, majority), averages[index], Tolerance)
            {
                Place = At(index, leader),
            }),
            new(Source, $"flexible paxos, |q2| = {Quorum2}, leader in {BestLeader}, average", "ms", s_model.SingleLeader(best, Quorum2), flexible, Tolerance) { Place = At(regions, $"{BestLeader}, |q2| = {Quorum2}") },
            new(Source, "wpaxos, fz = 0, locality 0.7, average", "ms", s_model.WPaxos(Locality, 0) + Local, wpaxos, Tolerance) { Place = At(regions + 1, "none (wpaxos)") },
            new($"{PaxiPaper}, abstract of the findings", "wpaxos is faster than paxos by nearly 100 ms", "ms", NearlyHundred, averages[best] - wpaxos, 2 * Tolerance),
        ]);
    }

    private static PaperPlace At(int index, string name) => new(new PaperChart("Average latency (ms) over the leader's region"), "", index) { Name = name };

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
