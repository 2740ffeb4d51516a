using Paxi.Bench.Wan;
using static Paxi.Bench.Papers.PaperExperiments;

namespace Paxi.Bench.Papers;

/// <summary>
/// Nine replicas in California, Ohio and Virginia; what Virginia's commits take while replicas are down. Nothing stops but for the time in
/// which a dead replica is not yet suspected.
/// </summary>
public static class FaultSteps
{
    private const string Source = $"{WPaxos}, fig. 15";
    private const int KeysEach = 20;

    /// <summary>In it a fault's first moments are left out: silence until a replica is suspected, and requests sent again.</summary>
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(4);

    public static IReadOnlyList<PaperRow> Run(PaperScale scale, CancellationToken cancellation)
    {
        var step = TimeSpan.FromSeconds(scale.Choose(8, 10));
        var results = RunAll(
        [
            Settings(scale, 0, step, WanFault.Crash(step, null, "3.2"), WanFault.Crash(2 * step, null, "3.3")),
            Settings(scale, 1, step, WanFault.Crash(step, null, "2.1", "2.2", "2.3")),
            Settings(scale, 1, step, WanFault.Partition(step, 2 * step, "1.1", "1.2", "1.3", "2.3")),
        ], cancellation);
        var (nodes, zone, partition) = (results[0], results[1], results[2]);
        return
        [
            Row("fz = 0, all up", 0, nodes, step, 0),
            Row("fz = 0, one replica of Virginia dies: no effect", 0, nodes, step, 1),
            Row("fz = 0, two replicas of Virginia are dead: Ohio's votes, + 11 ms", 11, nodes, step, 2),
            Row("fz = 1, all up", 11, zone, step, 0),
            Row("fz = 1, Ohio dies: California's votes", 60, zone, step, 1),
            Row("fz = 1, all of California and one of Ohio cut off: no effect", 11, partition, step, 1),
            new(Source, "operations lost or refused in all three", "", 0, results.Sum(static result => result.Samples.Count(WanOutcome.Failed) + result.Samples.Count(WanOutcome.Unknown)), 0),
        ];
    }

    private static PaperRow Row(string what, double expected, WanResult result, TimeSpan step, int index) => new(
        Source, $"V: median, {what}", "ms", expected + Local, result.Samples.Percentile(50, 2, (index * step) + s_settle, (index + 1) * step), Tolerance + Local);

    /// <summary>Virginia's keys belong to the one of its replicas that does not die.</summary>
    private static WanSettings Settings(PaperScale scale, int fz, TimeSpan step, params WanFault[] faults)
    {
        var matrix = RegionMatrix.Composite.Take("C", "O", "V");
        return OfWPaxos(scale, WanWorkload.Local(matrix.Regions.Count, 1, Keys(KeysEach)), fz, "grid.fn = 1", matrix) with
        {
            Preload = [.. Enumerable.Range(0, matrix.Regions.Count).Select(region => new WanPreload(region, region * KeysEach, KeysEach, Node: 1))],
            Clients = scale.Choose(1, 3),
            Length = 3 * step,
            Faults = faults,
        };
    }
}
