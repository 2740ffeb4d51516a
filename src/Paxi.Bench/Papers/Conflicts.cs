using Paxi.Bench.Wan;
using static Paxi.Bench.Papers.PaperExperiments;

namespace Paxi.Bench.Papers;

/// <summary>
/// One hot key that belongs to Ohio: the more of the operations are for it, the more of them go there and commit there. Ohio itself hardly
/// notices.
/// </summary>
public static class Conflicts
{
    private const int KeysEach = 50;

    private static readonly int[] s_percents = [0, 20, 50, 80, 100];

    public static PaperFindings Run(PaperScale scale, CancellationToken cancellation)
    {
        var matrix = RegionMatrix.Composite;
        var (ohio, regions) = (matrix.IndexOf("O"), matrix.Regions.Count);
        var cases = s_percents.SelectMany(static percent => new[] { (percent, Fz: 0), (percent, Fz: 1) }).ToArray();
        var results = RunAll([.. cases.Select(item => Settings(scale, item.percent, item.Fz, ohio))], cancellation);
        var rows = new List<PaperRow>();
        for (var index = 0; index < cases.Length; index++)
        {
            var (percent, fz) = cases[index];
            for (var region = 0; region < regions; region++)
            {
                var hot = matrix[region, ohio] + QuorumLatencies.Phase2[fz][ohio];
                var own = QuorumLatencies.Phase2[fz][region];
                var expected = Local + (((percent * hot) + ((100 - percent) * own)) / 100);
                var (part, count) = (percent / 100.0, results[index].Samples.Done(region).Count());
                var drawn = Math.Abs(hot - own) * Math.Sqrt(part * (1 - part) / Math.Max(1, count));
                rows.Add(new PaperRow($"{WPaxos}, fig. 9", $"{matrix.Regions[region]}: mean at {percent} % conflict, fz = {fz}", "ms", expected,
                    results[index].Samples.Mean(region), Tolerance + Local + (Chance * drawn))
                {
                    Place = new PaperPlace(new PaperChart($"Mean latency at fz = {fz} (ms) over the conflict (%)"), matrix.Regions[region], percent),
                });
            }
        }

        return new PaperFindings(rows);
    }

    private static WanSettings Settings(PaperScale scale, int percent, int fz, int ohio)
    {
        var regions = RegionMatrix.Composite.Regions.Count;
        return OfWPaxos(scale, WanWorkload.Conflict(regions, percent, Keys(KeysEach)), fz) with
        {
            Preload = [new WanPreload(ohio, 0, 1), .. Enumerable.Range(0, regions).Select(region => new WanPreload(region, 1 + (region * KeysEach), KeysEach))],
            Rate = scale.Choose(60, 200),
            Clients = 60,
            Length = TimeSpan.FromSeconds(scale.Choose(15, 40)),
        };
    }
}
