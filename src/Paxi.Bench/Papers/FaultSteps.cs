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
    private const int Virginia = 2;
    private static readonly PaperChart s_chart = new("Median latency in Virginia (ms) over the time when operations begin (s)")
    {
        IsLogarithmic = true,
        Note = "After the first third a replica of Virginia dies, or all of Ohio, or the partition comes; after the second the next replica of Virginia dies, and the partition heals. Then operations " +
            "wait until the dead are suspected: the peaks.",
    };


    /// <summary>In it a fault's first moments are left out: silence until a replica is suspected, and requests sent again.</summary>
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(4);

    public static PaperFindings Run(PaperScale scale, CancellationToken cancellation)
    {
        var step = TimeSpan.FromSeconds(scale.Choose(8, 10));
        var results = RunAll(
        [
            Settings(scale, 0, step, WanFault.Crash(step, null, "3.2"), WanFault.Crash(2 * step, null, "3.3")),
            Settings(scale, 1, step, WanFault.Crash(step, null, "2.1", "2.2", "2.3")),
            Settings(scale, 1, step, WanFault.Partition(step, 2 * step, "1.1", "1.2", "1.3", "2.3")),
        ], cancellation);
        var nodes = new Course("fz = 0, replicas", results[0], step);
        var zone = new Course("fz = 1, Ohio", results[1], step);
        var partition = new Course("fz = 1, cut off", results[2], step);
        Step[] steps =
        [
            new(nodes, 0, "fz = 0, all up", 0),
            new(nodes, 1, "fz = 0, one replica of Virginia dies: no effect", 0),
            new(nodes, 2, "fz = 0, two replicas of Virginia are dead: Ohio's votes, + 11 ms", 11),
            new(zone, 0, "fz = 1, all up", 11),
            new(zone, 1, "fz = 1, Ohio dies: California's votes", 60),
            new(partition, 1, "fz = 1, all of California and one of Ohio cut off: no effect", 11),
        ];
        return new PaperFindings(
        [
            .. steps.Select(static item => item.Row),
            new(Source, "operations lost or refused in all three", "", 0, results.Sum(static result => result.Samples.Count(WanOutcome.Failed) + result.Samples.Count(WanOutcome.Unknown)), 0),
        ],
        [
            .. new[] { nodes, zone, partition }.Select(static course => course.Measured),
            .. steps.Select(static item => item.Expected),
        ]);
    }

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

    /// <summary>One of the three experiments.</summary>
    private sealed record Course(string Name, WanResult Result, TimeSpan Step)
    {
        public PaperCurve Measured
        {
            get
            {
                var seconds = Enumerable.Range(0, (int)Result.Settings.Length.TotalSeconds);
                return new PaperCurve(s_chart, Name, [.. seconds.Select(second => (second + 0.5, Result.Samples.Percentile(50, Virginia, TimeSpan.FromSeconds(second), TimeSpan.FromSeconds(second + 1))))]);
            }
        }
    }

    /// <param name="Commit">What a commit takes beyond the local network, in ms.</param>
    private sealed record Step(Course Course, int Index, string What, double Commit)
    {
        private TimeSpan Begin => (Index * Course.Step) + s_settle;

        private TimeSpan End => (Index + 1) * Course.Step;

        public PaperRow Row => new(Source, $"V: median, {What}", "ms", Commit + Local, Course.Result.Samples.Percentile(50, Virginia, Begin, End), Tolerance + Local);

        public PaperCurve Expected => new(s_chart, Course.Name, [(Begin.TotalSeconds, Commit + Local), (End.TotalSeconds, Commit + Local)], IsExpected: true);
    }
}
