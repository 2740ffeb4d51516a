using Paxi.Bench.Measurement;
using Xunit;

namespace Paxi.Bench.Tests.Measurement;

public sealed class BottleneckTests
{
    private static readonly LoadReport Report = new()
    {
        Algorithm = "paxos",
        Replicas = 3,
        Clients = 2,
        Seconds = 10,
        Operations = 100,
        Errors = 0,
        Unknown = 0,
        Latency = new LatencySummary(1, 1, 2, 3, 4, 5),
        Rate = 10,
    };

    [Fact]
    public void A_generator_that_starts_late_is_told()
    {
        Assert.Null(Bottleneck.Find(Report with { Lateness = new LatencySummary(0, 0, 0, 0.2, 1, 1) }));
        Assert.Contains("started 0.60 ms late", Bottleneck.Find(Report with { Lateness = new LatencySummary(0, 0, 0, 0.6, 1, 1) }), StringComparison.Ordinal);
    }

    [Fact]
    public void Arrivals_that_were_missed_are_told()
    {
        Assert.Null(Bottleneck.FindMissed(Report));
        Assert.Contains("7 arrivals were missed", ReportWriter.Text(Report with { Missed = 7 }, "title"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.3, false)]
    [InlineData(0.7, true)]
    public void A_generator_that_takes_most_of_a_busy_machine_is_told_also_when_it_is_the_only_process_that_is_known(double share, bool isTold)
    {
        var used = TimeSpan.FromSeconds(share * Report.Seconds * Environment.ProcessorCount);
        var report = Report with { MachineBusy = 1, Processes = [new ProcessUse("load", used, TimeSpan.Zero, 0)] };
        Assert.Equal(isTold, Bottleneck.Find(report) is not null);
    }

    [Fact]
    public void Candidates_are_told_by_their_middle()
    {
        Assert.Equal(new Spread(2, 1, 9), Spread.Of([9, 1, 2]));
        Assert.Equal(new Spread(2.5, 1, 9), Spread.Of([9, 1, 2, 3]));
    }
}
