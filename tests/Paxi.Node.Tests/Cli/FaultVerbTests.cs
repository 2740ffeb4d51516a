using System.Net;
using Xunit;

namespace Paxi.Node.Tests.Cli;

/// <summary>Which replica each fault verb asks for what.</summary>
public sealed class FaultVerbTests : CommandLineSpec
{
    public FaultVerbTests() => Cluster.Replica = (_, _) => (HttpStatusCode.OK, "ok\n");

    [Theory]
    [InlineData("crash 1.2 5", "8182/crash?t=5", "1.2 is down, for 5 s\n")]
    [InlineData("crash 1.2 -1", "8182/crash?t=-1", "1.2 is down, until replaced\n")]
    [InlineData("drop 1.1 1.3 0.5", "8181/drop?t=0.5&id=1.3", "1.1 -> 1.3: nothing passes, for 0.5 s\n")]
    [InlineData("slow 1.1 1.3 50 5", "8181/slow?t=5&id=1.3&ms=50", "1.1 -> 1.3: later by 50 ms, for 5 s\n")]
    [InlineData("flaky 1.3 1.1 0.25 5", "8183/flaky?t=5&id=1.1&p=0.25", "1.3 -> 1.1: loses 0.25, for 5 s\n")]
    public async Task AsksTheReplicaThatSends(string line, string request, string printed)
    {
        var ran = await RunAsync(line);
        Assert.Equal((0, printed, ""), (ran.Status, ran.Out, ran.Error));
        Assert.Equal([request], Cluster.Requests);
    }

    [Fact]
    public async Task PartitionAsksThemAll()
    {
        var ran = await RunAsync("partition 5 1.1 1.2");
        Assert.Equal((0, "1.1 1.2 | all others, for 5 s\n", ""), (ran.Status, ran.Out, ran.Error));
        Assert.Equal(
            ["8181/partition?t=5&ids=1.1,1.2", "8182/partition?t=5&ids=1.1,1.2", "8183/partition?t=5&ids=1.1,1.2"], Cluster.Requests.Order());
    }

    [Fact]
    public async Task ARefusalIsPassedOn()
    {
        Cluster.Replica = (_, _) => (HttpStatusCode.Forbidden, "faults are switched off here; set paxi.admin = on to allow them\n");
        var ran = await RunAsync("crash 1.1 5 --json");
        Assert.Equal((1, "paxi crash: 1.1: faults are switched off here; set paxi.admin = on to allow them\n"), (ran.Status, ran.Error));
        Assert.Equal(
            """{"fault":"crash","seconds":5,"replicas":[{"id":"1.1","ok":false,"error":"faults are switched off here; set paxi.admin = on to allow them"}]}""" + "\n",
            ran.Out);
    }

    [Fact]
    public async Task APartOfAPartitionIsOneAndSaysWho()
    {
        Cluster.Replica = (port, _) => port == 8183 ? null : (HttpStatusCode.OK, "ok\n");
        var ran = await RunAsync("partition 5 1.1");
        Assert.Equal((1, "1.1 | all others, for 5 s\n", "paxi partition: 1.3: connection refused\n"), (ran.Status, ran.Out, ran.Error));
    }
}
