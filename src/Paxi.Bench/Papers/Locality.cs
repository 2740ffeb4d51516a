using Paxi.Bench.Wan;
using Paxi.Bench.Workloads;
using Paxi.Protocols;
using static Paxi.Bench.Papers.PaperExperiments;

namespace Paxi.Bench.Papers;

/// <summary>
/// Keys near a mean of each region: how much locality gives, what it gives when objects are stolen at once, and when the means move.
/// </summary>
public static class Locality
{
    /// <summary>Operations as fast as this did not leave their region.</summary>
    private const double LocalMilliseconds = 3;

    /// <summary>
    /// What the owners between two means cost that change by chance, as a part of a mean. The policy counts the requests of three seconds, which are three for a key; with a window of 15 s the
    /// mean at 70 % is 5 % above the ideal instead of 14 to 17 %.
    /// </summary>
    private const double Swing = 0.2;

    private const int AllKeys = 1000;
    private const double At70 = 100;
    private const double At95 = 50;

    public static PaperFindings Static(PaperScale scale, CancellationToken cancellation)
    {
        var matrix = RegionMatrix.Composite;
        var results = RunAll(
        [
            Settings(scale, At70, 0, ""), Settings(scale, At95, 0, ""), Settings(scale, At70, 0, "steal.adaptive = off"), Settings(scale, At70, 1, ""), Settings(scale, At70, 1, "steal.adaptive = off"),
        ], cancellation);
        var (at70, at95, immediate, one, oneImmediate) = (results[0].Samples, results[1].Samples, results[2].Samples, results[3].Samples, results[4].Samples);
        var regions = matrix.Regions.Count;
        return new PaperFindings(
        [
            .. matrix.Regions.Select((name, region) => new PaperRow($"{WPaxos}, fig. 11b", $"{name}: median at 70 % locality, fz = 0, is local", "ms", LocalMilliseconds,
                at70.Percentile(50, region), 0, PaperRelation.AtMost)
            {
                Place = new PaperPlace(new PaperChart("Median latency at fz = 0 (ms) over the region, 70 % locality"), "", region) { Name = name },
            }),
            new($"{WPaxos}, fig. 11b", "mean at 70 % locality, every object at the nearest mean", "ms", Ideal(At70), at70.MeanOfRegions(regions), Swing * Ideal(At70)),
            new($"{WPaxos}, fig. 11c", "mean at 95 % locality, every object at the nearest mean", "ms", Ideal(At95), at95.MeanOfRegions(regions), (Swing * Ideal(At95)) + 1),
            new($"{WPaxos}, fig. 12", "part of the operations that are local at 70 %, adaptive", "part", 0.5, Within(LocalMilliseconds, at70), 0, PaperRelation.AtLeast),
            new($"{WPaxos}, fig. 11c", "part of the operations that are local at 95 %, adaptive", "part", 0.9, Within(LocalMilliseconds, at95), 0, PaperRelation.AtLeast),
            new($"{WPaxos}, fig. 12", "mean of adaptive over immediate at 70 %, fz = 0", "ratio", 1, at70.MeanOfRegions(regions) / immediate.MeanOfRegions(regions), 0, PaperRelation.AtMost),
            new($"{WPaxos}, fig. 12", "mean of adaptive over immediate at 70 %, fz = 1", "ratio", 1, one.MeanOfRegions(regions) / oneImmediate.MeanOfRegions(regions), 0, PaperRelation.AtMost),
            new($"{WPaxos}, fig. 11b", "mean of fz = 0 over fz = 1 at 70 %", "ratio", 1, at70.MeanOfRegions(regions) / one.MeanOfRegions(regions), 0, PaperRelation.AtMost),
        ],
        [
            Distribution("fz = 0", at70), Distribution("fz = 0, immediate", immediate), Distribution("fz = 1", one), Distribution("fz = 1, immediate", oneImmediate),
            Distribution("fz = 0 at 95 %", at95),
        ]);
    }

    /// <summary>The means move; a fixed partition is left behind.</summary>
    public static PaperFindings Shifting(PaperScale scale, CancellationToken cancellation)
    {
        var length = TimeSpan.FromSeconds(scale.Choose(50, 100));
        var keys = Keys(AllKeys, AllKeys) with { Sigma = At95, Move = true, Speed = scale.Choose(250, 500) };
        var workload = WanWorkload.Normal(RegionMatrix.Composite.Regions.Count, keys);
        var wpaxos = OfWPaxos(scale, workload, 0) with { Preload = Homes(), Length = length, WarmUp = TimeSpan.Zero, Clients = 60, Rate = scale.Choose(100, 200) };
        var results = RunAll(
        [
            wpaxos,
            wpaxos with { Protocol = ProtocolList.Find("kpaxos"), Configuration = "partition = \"1:,2:1200,3:1400,4:1600,5:1800\"" },
        ], cancellation);
        return new PaperFindings(
        [
            new($"{WPaxos}, fig. 14", "wpaxos is stable: mean of the last fifth over that of the second", "ratio", 1, Growth(results[0], length), 0.25),
            new($"{WPaxos}, fig. 14", "kpaxos is left behind: mean of the last fifth over that of the second", "ratio", 1.4, Growth(results[1], length), 0, PaperRelation.AtLeast),
        ],
        [Course("wpaxos", results[0], length), Course("kpaxos", results[1], length)]);
    }

    /// <summary>
    /// The regions ask equally often, whatever they wait. In closed loops a region that is served locally asks a hundred times as often as one that is not; then the owners of the keys between
    /// two means are in the faster region, by right, and it becomes faster still: a nearest mean is no measure of that.
    /// </summary>
    private static WanSettings Settings(PaperScale scale, double sigma, int fz, string more) =>
        OfWPaxos(scale, WanWorkload.Normal(RegionMatrix.Composite.Regions.Count, Keys(AllKeys, AllKeys) with { Sigma = sigma }), fz, more) with
        {
            Preload = Homes(),
            Rate = 200,
            Clients = 60,
            WarmUp = TimeSpan.FromSeconds(scale.Choose(2, 20)),
            Length = TimeSpan.FromSeconds(scale.Choose(4, 40)),
        };

    private static IReadOnlyList<WanPreload> Homes()
    {
        var each = AllKeys / RegionMatrix.Composite.Regions.Count;
        return [.. Enumerable.Range(0, RegionMatrix.Composite.Regions.Count).Select(region => new WanPreload(region, AllKeys + (region * each), each))];
    }

    /// <summary>Not from the first fifth: then every object still is where its means were, which no policy keeps up once they move.</summary>
    private static double Growth(WanResult result, TimeSpan length) => Mean(result, length * 0.8, length) / Mean(result, length * 0.2, length * 0.4);

    /// <summary>Of the regions' means; ms.</summary>
    private static double Mean(WanResult result, TimeSpan from, TimeSpan to) =>
        Enumerable.Range(0, result.Settings.Matrix.Regions.Count).Average(region => result.Samples.Mean(region, from, to));

    private static PaperCurve Course(string name, WanResult result, TimeSpan length)
    {
        const int Stretches = 25;
        var each = length / Stretches;
        return new PaperCurve(new PaperChart("Mean latency while the means move (ms) over time (s)"), name,
            [.. Enumerable.Range(0, Stretches).Select(index => ((index + 0.5) * each.TotalSeconds, Mean(result, index * each, (index + 1) * each)))]);
    }

    /// <summary>Each region counts alike.</summary>
    private static double Within(double milliseconds, WanSamples samples) =>
        samples.Done().GroupBy(static sample => sample.Region).Average(region => region.Average(sample => sample.Milliseconds < milliseconds ? 1.0 : 0.0));

    /// <summary>In per cent, at levels that are a constant factor apart.</summary>
    private static PaperCurve Distribution(string name, WanSamples samples)
    {
        const int Levels = 120;
        const double Lowest = 0.5;
        const double Highest = 500;
        double[] levels = [.. Enumerable.Range(0, Levels + 1).Select(index => Lowest * Math.Pow(Highest / Lowest, (double)index / Levels))];
        return new PaperCurve(new PaperChart("Operations done at 70 % locality (%) over their latency (ms)") { IsLogarithmicOver = true }, name,
            [.. levels.Select(level => (level, 100 * Within(level, samples)))]);
    }

    /// <summary>Forwarding from each region to that of the nearest mean, and what a local operation takes.</summary>
    private static double Ideal(double sigma)
    {
        var matrix = RegionMatrix.Composite;
        var regions = matrix.Regions.Count;
        var sum = 0.0;
        for (var from = 0; from < regions; from++)
        {
            var mean = WanWorkload.MeanOf(from, regions, AllKeys);
            for (var key = 0; key < AllKeys; key++)
            {
                sum += Probability(key, mean, sigma) * matrix[from, key * regions / AllKeys];
            }
        }

        return (sum / regions) + (2 * Local);
    }

    /// <summary>Of a key, what falls outside wrapped around.</summary>
    private static double Probability(int key, double mean, double sigma)
    {
        var sum = 0.0;
        for (var turn = -2; turn <= 2; turn++)
        {
            var low = (key + (turn * AllKeys) - mean) / sigma;
            sum += NormalLaw.Phi(low + (1 / sigma)) - NormalLaw.Phi(low);
        }

        return sum;
    }
}
