using Paxi.Bench.Measurement;
using Paxi.Bench.Model;
using Paxi.Bench.Reports;
using Xunit;

namespace Paxi.Bench.Tests.Reports;

public sealed class SweepPageTests
{
    private static readonly KeyValuePair<string, string>[] Host = [new("processor", "2 cores")];

    /// <summary>A closed loop on a queue: the rate rises with the clients until the server is full, then the latency does.</summary>
    private static LoadReport Report(int clients, double capacity, double network)
    {
        var latency = Math.Max(network + (1000 / capacity), clients * 1000 / capacity) * (1 + (0.2 * clients / (clients + (capacity * network / 1000))));
        var rate = clients * 1000 / latency;
        return new LoadReport
        {
            Algorithm = "paxos",
            Replicas = 3,
            Clients = clients,
            Seconds = 10,
            Operations = (long)(rate * 10),
            Errors = 0,
            Unknown = 0,
            Latency = new LatencySummary(latency, latency * 0.9, latency * 2, latency * 3, latency * 5, latency * 9),
        };
    }

    private static SweepSeries Series(string name, double capacity, params int[] clients) =>
        new(name, [.. clients.Select(count => new SweepPoint($"{count}", Report(count, capacity, 1.2), Folder: $"{name} {count}"))]);

    private static SweepResult Sweep(params SweepSeries[] series) => new()
    {
        Title = "sweep over clients: paxos, wpaxos, epaxos",
        Variable = "clients",
        Series = series,
        Arguments = ["sweep", "--clients", "1,4,16"],
        Host = Host,
    };

    [Fact]
    public void A_sweep_with_the_model_beside_it()
    {
        int[] clients = [1, 2, 4, 8, 16, 32, 64, 128, 256];
        var wpaxos = Series("wpaxos 3 × 3", 60_000, clients);
        var sweep = Sweep(Series("paxos", 40_000, clients), wpaxos with { Points = [.. wpaxos.Points.Select((point, index) => index == 6 ? point with { Invalid = "replica 2.1 ended" } : point)] },
            Series("a protocol with a name that is far too long for the margin", 22_000, clients)) with
        {
            Models = [LatencyCurve.Of("Multi-Paxos, m5.large", RoundCosts.MultiPaxos(3, Machine.M5Large), QuorumDelay.LanMean, QuorumDelay.Lan(3, 2))],
        };
        using var folder = new PageFolder("sweep");
        var text = File.ReadAllText(SweepPage.Write(folder.Path, sweep));
        Assert.Equal(4, text.Split("<svg ").Length - 1);
        Assert.Equal(4, Directory.GetFiles(Path.Combine(folder.Path, "charts"), "*.png").Length);
        Assert.Contains("model: Multi-Paxos, m5.large", text, StringComparison.Ordinal);
        Assert.Contains("M/D/1, paxos", text, StringComparison.Ordinal);
        Assert.Contains("1 of 27 runs do not count:", text, StringComparison.Ordinal);
        Assert.Contains("does not count: replica 2.1 ended", text, StringComparison.Ordinal);
        Assert.Contains("href=\"wpaxos%203%20%C3%97%203%2064/report.html\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_that_are_no_numbers_have_a_place_each()
    {
        var points = new[] { "uniform", "zipfian", "normal", Samples.Hostile }.Select(static (name, index) => new SweepPoint(name, Report(16, 30_000 + (index * 3_000), 1))).ToArray();
        using var folder = new PageFolder("sweep-names");
        var text = File.ReadAllText(SweepPage.Write(folder.Path, Sweep(new SweepSeries("paxos", points)) with { Variable = "distribution" }));
        Assert.Contains(">zipfian<", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_comparison_gives_the_ratio_of_each_pair_and_their_median()
    {
        static SweepSeries Rounds(string name, params double[] capacities) =>
            new(name, [.. capacities.Select((capacity, index) => new SweepPoint($"{index + 1}", Report(256, capacity, 1) with { Operations = (long)capacity * 10 }))]);
        var (a, b) = (Rounds("paxos, memory", 40_000, 44_000, 42_000, 10_000), Rounds("paxos, disk", 20_000, 33_000, 25_200, 90_000));
        b = b with { Points = [.. b.Points.Take(3), b.Points[3] with { Invalid = "interrupted" }] };
        var ratios = SweepPage.PairedRatios(a, b, static report => report.OperationsPerSecond);
        Assert.Equal(3, ratios.Count);
        Assert.Equal(0.6, ratios.Order().ElementAt(1), 9);
        using var folder = new PageFolder("compare");
        var text = File.ReadAllText(SweepPage.Write(folder.Path, Sweep(a, b) with { IsPaired = true, Variable = "round", Title = "paxos in memory against paxos on disk" }));
        Assert.Equal(2, text.Split("<svg ").Length - 1);
        Assert.Contains("<td class=\"number\">0.500 to 0.750</td>", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sweep_in_which_nothing_was_done_has_a_page_all_the_same()
    {
        var report = Report(1, 100, 1) with { Operations = 0 };
        using var folder = new PageFolder("sweep-nothing");
        var text = File.ReadAllText(SweepPage.Write(folder.Path, Sweep(new SweepSeries("paxos", [new SweepPoint("1", report, "nothing was done")]))));
        Assert.DoesNotContain("<svg ", text, StringComparison.Ordinal);
        Assert.Contains("nothing was done", text, StringComparison.Ordinal);
    }
}
