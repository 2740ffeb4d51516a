using Paxi.Bench.Model;
using Paxi.Bench.Wan;
using static Paxi.Bench.Papers.PaperExperiments;

namespace Paxi.Bench.Papers;

/// <summary>
/// One round trip each, region by region: what an owner needs for phase 2, and what a thief needs for phase 1. The expected figures follow
/// from the composite matrix and the quorums of the
/// flexible grid: phase 2 goes to the fz-th nearest region, phase 1 to the nearest all but fz.
/// </summary>
public static class QuorumLatencies
{
    /// <summary>By fz, then by region as in <see cref="RegionMatrix.Composite"/>.</summary>
    public static readonly IReadOnlyList<IReadOnlyList<double>> Phase2 = Of(3, static (trips, region, fz) => QuorumDelay.WPaxosPhase2(trips, region, fz, lan: 0));

    /// <inheritdoc cref="Phase2"/>
    public static readonly IReadOnlyList<IReadOnlyList<double>> Phase1 = Of(2, static (trips, region, fz) => QuorumDelay.WPaxosPhase1(trips, region, fz, lan: 0));

    private const int OwnKeysEach = 60;
    private const int StolenEach = 12;

    public static PaperFindings Run(PaperScale scale, CancellationToken cancellation)
    {
        var regions = RegionMatrix.Composite.Regions;
        var results = RunAll([.. Enumerable.Range(0, Phase2.Count).Select(fz => Owning(scale, fz)), .. Enumerable.Range(0, Phase1.Count).Select(fz => Stealing(scale, fz))], cancellation);
        var rows = new List<PaperRow>();
        for (var fz = 0; fz < Phase2.Count; fz++)
        {
            for (var region = 0; region < regions.Count; region++)
            {
                rows.Add(new PaperRow($"{WPaxos}, fig. 10", $"{regions[region]}: owner-local commit, Q2 with fz = {fz}", "ms",
                    Phase2[fz][region] + Local, results[fz].Samples.Percentile(50, region), Tolerance + Local)
                {
                    Place = new PaperPlace(new PaperChart("An owner's commit (median, ms) over fz"), regions[region], fz),
                });
            }
        }

        for (var fz = 0; fz < Phase1.Count; fz++)
        {
            for (var region = 0; region < regions.Count; region++)
            {
                rows.Add(new PaperRow($"{WPaxos}, fig. 10", $"{regions[region]}: what a steal costs, Q1 with fz = {fz}", "ms",
                    Phase1[fz][region], CostOfSteal(results[Phase2.Count + fz], region), Tolerance + Local)
                {
                    Place = new PaperPlace(new PaperChart("What a steal costs (ms) over fz"), regions[region], fz),
                });
            }
        }

        return new PaperFindings(rows);
    }

    /// <summary>By fz, then by region.</summary>
    private static IReadOnlyList<IReadOnlyList<double>> Of(int zoneFaults, Func<IReadOnlyList<double>, int, int, double> delay)
    {
        var regions = Enumerable.Range(0, RegionMatrix.Composite.Regions.Count).ToArray();
        return [.. Enumerable.Range(0, zoneFaults).Select(fz => (IReadOnlyList<double>)[.. regions.Select(from => delay([.. regions.Select(to => RegionMatrix.Composite[from, to])], from, fz))])];
    }

    /// <summary>Each region uses its own keys alone.</summary>
    private static WanSettings Owning(PaperScale scale, int fz) => OfWPaxos(scale, WanWorkload.Local(Phase2[fz].Count, 1, Keys(OwnKeysEach)), fz) with
    {
        Preload = OwnKeys(Phase2[fz].Count, OwnKeysEach),
        Clients = fz == 0 ? 1 : scale.Choose(2, 10),
    };

    /// <summary>
    /// Every region's keys belong to the next one at first; one client a region goes through them, again and again, and steals each the
    /// first time.
    /// </summary>
    private static WanSettings Stealing(PaperScale scale, int fz)
    {
        var regions = Phase1[fz].Count;
        var own = Enumerable.Range(0, regions).Select(region => Keys(StolenEach, region * StolenEach) with { Distribution = "order" });
        return OfWPaxos(scale, new WanWorkload(own.Select(static keys => (IEnumerable<WanPart>)[new WanPart(1, keys)]), "others' keys"), fz, "steal.adaptive = off") with
        {
            Preload = [.. Enumerable.Range(0, regions).Select(region => new WanPreload((region + 1) % regions, region * StolenEach, StolenEach))],
            Clients = 1,
            WarmUp = TimeSpan.Zero,
            Length = TimeSpan.FromSeconds(20),
        };
    }

    /// <summary>The first operation for each key, less those that follow.</summary>
    private static double CostOfSteal(WanResult result, int region)
    {
        var seen = new HashSet<string>();
        var stolen = new List<double>();
        var owned = new List<double>();
        foreach (var sample in result.Samples.Done(region).OrderBy(static sample => sample.Start))
        {
            (seen.Add(sample.Key) ? stolen : owned).Add(sample.Milliseconds);
        }

        return stolen.Count == StolenEach && owned.Count > 0 ? stolen.Average() - owned.Average() : double.NaN;
    }
}
