using Paxi.Bench.Wan;
using Paxi.Protocols;
using Paxi.TestKit.World;
using Xunit;

namespace Paxi.Bench.Tests.Wan;

public class WanExperimentTests
{
    [Fact]
    public void ASeedGivesTheSameRun()
    {
        var settings = Small("wpaxos") with { Distances = new WanDistances(RemoteSigma: 2) };
        var (first, second, other) = (WanExperiment.Run(settings), WanExperiment.Run(settings), WanExperiment.Run(settings with { Seed = 2 }));
        Assert.Equal(first.TraceHash, second.TraceHash);
        Assert.Equal(first.Samples.All, second.Samples.All);
        Assert.NotEqual(first.TraceHash, other.TraceHash);
    }

    [Fact]
    public void ARunIsCompleteAndLinearizable()
    {
        var result = WanExperiment.Run(Small("wpaxos") with { IsChecked = true, Workload = WanWorkload.Conflict(3, 40, new() { K = 10 }) });
        var run = result.Run;
        Assert.True(run.Report.Linearizable, run.Report.Check);
        Assert.Equal(9, run.Report.Replicas);
        Assert.Equal(0, run.Report.Errors + run.Report.Unknown);
        Assert.Equal(3, run.Zones.Count);
        Assert.Equal(run.Latencies.TotalCount, run.Zones.Sum(static zone => zone.Latencies.TotalCount));
        Assert.Equal(run.Report.Operations, run.Seconds.Sum(static second => second.Operations));
        Assert.Equal(3 * 5, run.Ownership.Count);
        Assert.True(result.Steals + result.Forwarded > 0);
    }

    [Theory]
    [InlineData("C")]
    [InlineData("V")]
    public void TheLeaderIsWhereItShouldBe(string region)
    {
        var matrix = RegionMatrix.Composite.Take("C", "O", "V");
        var home = matrix.IndexOf(region);
        var result = WanExperiment.Run(Small("paxos") with { LeaderRegion = home, Nodes = 1 });
        for (var from = 0; from < 3; from++)
        {
            var expected = matrix[from, home] + matrix.Nearest(home)[0];
            Assert.InRange(result.Samples.Percentile(50, from), expected, expected + 3);
        }
    }

    [Fact]
    public void ASaturatedReplicaDoesWhatItsMessagesCost()
    {
        var result = WanExperiment.Run(new WanSettings
        {
            Protocol = ProtocolList.Find("paxos"),
            Matrix = new RegionMatrix("one", ["A"], new double[1, 1]),
            Nodes = 1,
            Workload = WanWorkload.Same(1, new()),
            Clients = 16,
            WarmUp = TimeSpan.FromSeconds(1),
            Length = TimeSpan.FromSeconds(3),
            Costs = new MessageCosts(TimeSpan.FromMilliseconds(1.5), TimeSpan.FromMilliseconds(0.4), TimeSpan.FromMilliseconds(0.05)),
        });
        // A request is read, a reply written, each through the card: 2 ms an operation.
        Assert.InRange(result.Run.Report.OperationsPerSecond, 495, 500.5);
    }

    [Fact]
    public void WrongSettingsAreOneLine()
    {
        Assert.Contains("--nodes is 30", Assert.Throws<ArgumentException>(() => WanExperiment.Run(Small("paxos") with { Nodes = 30 })).Message, StringComparison.Ordinal);
        Assert.Contains("the workload is for 2 regions", Assert.Throws<ArgumentException>(() => WanExperiment.Run(Small("paxos") with { Workload = WanWorkload.Same(2, new()) })).Message,
            StringComparison.Ordinal);
        Assert.Contains("K is 0", Assert.Throws<ArgumentException>(() => WanWorkload.Same(3, new() { K = 0 })).Message, StringComparison.Ordinal);
    }

    private static WanSettings Small(string algorithm) => new()
    {
        Protocol = ProtocolList.Find(algorithm),
        Matrix = RegionMatrix.Composite.Take("C", "O", "V"),
        Workload = WanWorkload.Normal(3, new() { K = 60, Sigma = 10 }),
        Clients = 3,
        WarmUp = TimeSpan.FromSeconds(3),
        Length = TimeSpan.FromSeconds(4),
    };
}
