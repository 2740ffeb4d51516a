using Paxi.Bench.Wan;
using Paxi.Bench.Workloads;
using Paxi.Protocols;

namespace Paxi.Bench.Papers;

/// <summary>What the sections share.</summary>
internal static class PaperExperiments
{
    public const string WPaxos = "WPaxos, TPDS 2020";
    public const string PaxiPaper = "Paxi, SIGMOD 2019";

    /// <summary>
    /// What a region's own network may add to a figure that is of the wide area only: the client's round trip, one to the replica that owns
    /// the object, and that of its votes.
    /// </summary>
    public const double Local = 0.427;

    /// <summary>In ms; on top of the network's figures.</summary>
    public const double Tolerance = 3;

    /// <summary>
    /// How many standard errors chance may move a figure that is a mean of samples: by more once in 370 figures. Tolerances hold so many, computed from the number of samples, so that a short
    /// run has wider ones than a long one.
    /// </summary>
    public const double Chance = 3;

    /// <summary>Runs them on all cores; each is a world of its own.</summary>
    public static IReadOnlyList<WanResult> RunAll(IReadOnlyList<WanSettings> settings, CancellationToken cancellation)
    {
        var results = new WanResult[settings.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellation };
        try
        {
            Parallel.For(0, settings.Count, options, index => results[index] = WanExperiment.Run(settings[index], cancellation: cancellation));
        }
        catch (AggregateException faults) when (faults.InnerExceptions.Count > 0)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(faults.InnerExceptions[0]);
        }

        return results;
    }

    /// <summary>WPaxos over five regions, three replicas each.</summary>
    /// <param name="zoneFaults">fz.</param>
    /// <param name="more">Settings of the section <c>paxi</c>.</param>
    public static WanSettings OfWPaxos(PaperScale scale, WanWorkload workload, int zoneFaults, string more = "", RegionMatrix? matrix = null) => new()
    {
        Protocol = ProtocolList.Find("wpaxos"),
        Matrix = matrix ?? RegionMatrix.Composite,
        Workload = workload,
        Clients = scale.Choose(4, 10),
        WarmUp = TimeSpan.FromSeconds(scale.Choose(3, 10)),
        Length = TimeSpan.FromSeconds(scale.Choose(5, 20)),
        Configuration = $"grid.fz = {zoneFaults}\n{more}",
        Seed = scale.Seed,
    };

    /// <summary>Every region writes its own keys first.</summary>
    /// <param name="keys">Of each region.</param>
    public static IReadOnlyList<WanPreload> OwnKeys(int regions, int keys) => [.. Enumerable.Range(0, regions).Select(region => new WanPreload(region, region * keys, keys))];

    public static WorkloadSettings Keys(int count, int first = 0) => new() { K = count, Min = first };
}
