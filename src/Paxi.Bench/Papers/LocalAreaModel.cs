using Paxi.Bench.Model;
using Paxi.Bench.Wan;
using Paxi.Protocols;
using Paxi.TestKit.World;
using static Paxi.Bench.Papers.PaperExperiments;

namespace Paxi.Bench.Papers;

/// <summary>
/// One region, and a time for each message at each replica: the capacity of one leader falls as 1/N, and latency rises with load as in an
/// M/D/1 queue. The published figures count the network card
/// once for a message to several peers, so its time is a part of t_i and t_o here.
/// </summary>
public static class LocalAreaModel
{
    private const string Source = $"{PaxiPaper}, model with m5.large";
    private const int Nodes = 9;

    /// <summary>A replica by itself is an M/D/1 queue to the letter: one message in, one out.</summary>
    private const double AloneReadMicroseconds = 240;

    private const double AloneWriteMicroseconds = 10;

    /// <summary>In ms: what the round trips of the local network, which are drawn, and their order statistic in the model may be off by.</summary>
    private const double NetworkError = 0.02;

    /// <summary>A batch is a command, as in the model, and as many are under way as come.</summary>
    private const string Unbatched = "batch.max-commands = 1\nbatch.pipeline = 1024";

    private static readonly RegionMatrix s_local = new("lan", ["LAN"], new double[1, 1]);

    private static readonly MessageCosts s_costs = new(
        TimeSpan.FromMilliseconds(Machine.M5Large.Incoming + Machine.M5Large.Transmission), TimeSpan.FromMilliseconds(Machine.M5Large.Outgoing + Machine.M5Large.Transmission), TimeSpan.Zero);

    private static readonly int[] s_sizes = [3, 5, 7, 9, 15, 25];

    private static readonly int[] s_rates = [500, 2_000, 4_000, 6_000, 7_000, 7_500];

    private const int Saturating = 8_100;
    private const int TooMuch = 9_500;
    private static readonly double[] s_loads = [0.3, 0.6, 0.8, 0.9];

    public static PaperFindings Capacity(PaperScale scale, CancellationToken cancellation)
    {
        var results = RunAll([.. s_sizes.Select(nodes => Local(scale, nodes) with
        {
            Clients = 96,
            WarmUp = TimeSpan.FromSeconds(1),
            Length = TimeSpan.FromSeconds(scale.Choose(0.5, 2)),
        })], cancellation);
        double[] rates = [.. results.Select(static result => result.Run.Report.OperationsPerSecond)];
        const double Relative = 0.05;
        return new PaperFindings(
        [
            .. s_sizes.Select((nodes, index) => new PaperRow(Source, $"paxos, {nodes} replicas: the most operations", "/s", Rounds(nodes), rates[index], Relative * Rounds(nodes))
            {
                Place = new PaperPlace(new PaperChart("The most operations/s over the number of replicas"), "paxos", nodes),
            }),
            new($"{PaxiPaper}, finding", "paxos, 25 and 3 replicas: the capacity falls as 1/N", "ratio", 25 / 3.0, rates[0] / rates[^1], 0.1 * 25 / 3),
        ]);
    }

    /// <summary>
    /// The published curve takes a round's whole work as one service, which a request waits for behind the rounds of all requests before
    /// it. Here each message is served by itself: a request is not
    /// behind the votes of those before it while these are still under way, so the curve is lower, and bends later, towards the same
    /// ceiling. A replica by itself is an M/D/1 queue.
    /// </summary>
    public static PaperFindings HockeyStick(PaperScale scale, CancellationToken cancellation)
    {
        var curve = LatencyCurve.Of("paxos", RoundCosts.MultiPaxos(Nodes, Machine.M5Large), QuorumDelay.LanMean, QuorumDelay.Lan(Nodes, (Nodes / 2) + 1));
        const double Alone = (AloneReadMicroseconds + AloneWriteMicroseconds) / 1000;

        // Every client opens a session first, which costs a round: few clients are done with it soon, so that a short run is not measured while that backlog drains.
        var (warmUp, length) = (TimeSpan.FromSeconds(scale.Choose(0.4, 1)), TimeSpan.FromSeconds(scale.Choose(0.6, 5)));
        var results = RunAll(
        [
            .. s_rates.Append(Saturating).Append(TooMuch).Select(rate => Local(scale, Nodes) with { Rate = rate, Length = length, Clients = rate < Saturating ? scale.Choose(100, 400) : 400, WarmUp = warmUp }),
            .. s_loads.Select(load => Local(scale, 1) with
            {
                Rate = load / Alone * 1000,
                Length = TimeSpan.FromSeconds(scale.Choose(8, 120)),
                Clients = 400,
                Costs = new MessageCosts(TimeSpan.FromMicroseconds(AloneReadMicroseconds), TimeSpan.FromMicroseconds(AloneWriteMicroseconds), TimeSpan.Zero),
            }),
        ], cancellation);
        var rows = new List<PaperRow>();
        for (var index = 0; index < s_rates.Length; index++)
        {
            var (rate, samples) = (s_rates[index], results[index].Samples);
            rows.Add(new PaperRow(Source, FormattableString.Invariant($"paxos, {Nodes} replicas, {rate:N0} operations/s: mean latency, the M/D/1 model from above"), "ms", curve.At(rate),
                samples.Mean(), NetworkError + (Chance * Queueing.MD1Error(rate, curve.ServiceTime, samples.Done().Count())), PaperRelation.AtMost)
            {
                Place = new PaperPlace(new PaperChart("Mean latency of nine replicas (ms) over operations/s"), "paxos", rate),
            });
        }

        var (least, most, over) = (results[0], results[s_rates.Length], results[s_rates.Length + 1]);
        rows.Add(new PaperRow(Source, "paxos, 9 replicas, 500 operations/s: mean latency", "ms", curve.At(s_rates[0]), least.Samples.Mean(), 0.1));
        rows.Add(new PaperRow(Source, $"paxos, 9 replicas: mean latency at {Saturating:N0} over that at 500 operations/s", "ratio", 2, most.Samples.Mean() / least.Samples.Mean(), 0, PaperRelation.AtLeast));

        // Clients with more than one operation under way put several into a message, so that overload may even be carried a little above the model's ceiling.
        rows.Add(new PaperRow(Source, $"paxos, 9 replicas, {TooMuch:N0} operations/s offered: the ceiling holds", "/s", curve.Capacity, over.Run.Report.OperationsPerSecond, 0.05 * curve.Capacity,
            PaperRelation.AtLeast));
        for (var index = 0; index < s_loads.Length; index++)
        {
            var (load, samples) = (s_loads[index], results[s_rates.Length + 2 + index].Samples);
            var rate = load / Alone * 1000;
            rows.Add(new PaperRow("M/D/1 (Pollaczek, Khinchine)", FormattableString.Invariant($"one replica at {load:0%} of its capacity: mean latency"), "ms",
                Alone + PaperExperiments.Local + Queueing.MD1(rate, Alone), samples.Mean(), NetworkError + (Chance * Queueing.MD1Error(rate, Alone, samples.Done().Count())))
            {
                Place = new PaperPlace(new PaperChart("Mean latency of one replica (ms) over the part of its capacity"), "paxos", load),
            });
        }

        return new PaperFindings(rows);
    }

    private static double Rounds(int nodes) => RoundCosts.MultiPaxos(nodes, Machine.M5Large).Capacity;

    private static WanSettings Local(PaperScale scale, int nodes) => new()
    {
        Protocol = ProtocolList.Find("paxos"),
        Matrix = s_local,
        Nodes = nodes,
        Workload = WanWorkload.Same(1, Keys(1000)),
        WarmUp = TimeSpan.FromSeconds(2),
        Costs = s_costs,
        Configuration = Unbatched,
        Seed = scale.Seed,
    };
}
