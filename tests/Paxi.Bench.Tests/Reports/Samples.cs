using HdrHistogram;
using Paxi.Bench.Measurement;
using Paxi.Bench.Runs;

namespace Paxi.Bench.Tests.Reports;

/// <summary>Runs as they might have been, made from a seed, for pages to be drawn of.</summary>
internal static class Samples
{
    public const string Hostile = "<script>alert(\"x\")</script> & 'quoted' \u0007\u202e";

    /// <param name="seconds">Of the window; a part of a second may be left over.</param>
    /// <param name="rate">Operations a second, about.</param>
    public static RunResult Run(double seconds, double rate, double medianMs = 2, params string[] zones)
    {
        var random = new Random(5);
        var all = Histogram();
        var samples = new List<SecondSample>();
        var total = 0L;
        for (var second = 0; second < seconds; second++)
        {
            var part = Math.Min(1, seconds - second);
            var done = (long)(rate * part * (0.9 + (0.2 * random.NextDouble())));
            total += done;
            var p50 = medianMs * (0.9 + (0.2 * random.NextDouble()));
            samples.Add(new SecondSample(second, done, 0, 0, p50, p50 * (3 + (4 * random.NextDouble()))));
        }

        for (var index = 0; index < 50_000; index++)
        {
            all.RecordValue(Latency(random, medianMs));
        }

        return new RunResult
        {
            Title = "paxos, 3 replicas as processes, 64 clients",
            Report = Report(seconds, total, all) with { PerSecond = [.. samples.Select(static sample => sample.Operations)] },
            Arguments = ["local", "--algorithm", "paxos", "--clients", "64"],
            Configuration = "paxi {\n  algorithm = paxos\n  zones = 1\n  nodes = 3\n}\n",
            Host = [new("date", "2026-11-26 03:00:00Z"), new("system", "Linux 6.1, x64"), new("processor", "2 cores"), new("runtime", ".NET 10.0.1")],
            Latencies = all,
            Seconds = samples,
            Zones = [.. zones.Select((name, index) => new ZoneLatency(index + 1, name, Zone(random, medianMs * (1 + (index * 12)))))],
        };
    }

    public static RunResult WithFaults(this RunResult run, params FaultMark[] faults)
    {
        SecondSample[] seconds = [.. run.Seconds.Select(sample =>
        {
            var hit = faults.Any(fault => sample.Second >= fault.From && sample.Second < fault.From + (fault.Recovery ?? 3));
            var first = faults.Any(fault => (int)fault.From == sample.Second);
            return first ? sample with { Operations = 0, Errors = 900, Unknown = 64, P50 = 0, P99 = 0 }
                : hit ? sample with { Operations = sample.Operations / 3, Errors = 300, P50 = sample.P50 * 8, P99 = 900 } : sample;
        })];
        return run with
        {
            Faults = faults,
            Seconds = seconds,
            Report = run.Report with { Errors = seconds.Sum(static sample => sample.Errors), Unknown = seconds.Sum(static sample => sample.Unknown), FirstError = "overloaded, retry" },
        };
    }

    public static RunResult WithOwners(this RunResult run, int zones, long objects)
    {
        var samples = new List<OwnershipSample>();
        for (var at = 0; at <= run.Report.Seconds; at++)
        {
            var moved = 1 - Math.Exp(-at / (run.Report.Seconds / 4));
            for (var zone = 1; zone <= zones; zone++)
            {
                var even = (double)objects / zones;
                samples.Add(new OwnershipSample(at, zone, (long)(zone == 1 ? objects - (moved * even * (zones - 1)) : moved * even)));
            }
        }

        return run with { Ownership = samples };
    }

    public static LongHistogram Histogram() => new(100, 3_600_000_000_000, 3);

    private static LongHistogram Zone(Random random, double median)
    {
        var histogram = Histogram();
        for (var index = 0; index < 5_000; index++)
        {
            histogram.RecordValue(Latency(random, median));
        }

        return histogram;
    }

    private static LoadReport Report(double seconds, long operations, LongHistogram latencies) => new()
    {
        Algorithm = "paxos",
        Replicas = 3,
        Clients = 64,
        Seconds = seconds,
        Operations = operations,
        Errors = 0,
        Unknown = 0,
        Latency = LatencySummary.Of(latencies),
        Linearizable = true,
        Check = $"linearizable ({operations} operations, warm-up included, judged in 1.2 s)",
        Processes =
        [
            new ProcessUse("load", TimeSpan.FromSeconds(seconds * 0.6), TimeSpan.FromSeconds(seconds * 0.3), 120_000_000),
            new ProcessUse("1.1", TimeSpan.FromSeconds(seconds * 0.9), TimeSpan.FromSeconds(seconds * 0.4), 180_000_000),
        ],
        Counters = new SortedDictionary<string, long>(StringComparer.Ordinal) { ["leader.commands"] = operations, ["leader.proposed"] = operations / 9 },
    };

    /// <summary>Log-normal, with a few that are very slow.</summary>
    private static long Latency(Random random, double medianMs)
    {
        var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var slow = random.NextDouble() < 0.002 ? 40 : 1;
        return Math.Max(100, (long)(medianMs * 1e6 * Math.Exp(0.35 * normal) * slow));
    }
}
