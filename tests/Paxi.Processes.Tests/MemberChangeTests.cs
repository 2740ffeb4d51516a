using System.Diagnostics;
using Xunit;
using Xunit.Abstractions;

namespace Paxi.Processes.Tests;

/// <summary>Real processes that join a deployment at work, and leave it.</summary>
public sealed class MemberChangeTests(ITestOutputHelper output)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Replicas_join_and_others_leave_while_clients_work()
    {
        await using var cluster = new ProcessCluster(5, joining: 2);
        await cluster.StartAllAsync();
        await using var clients = RecordedClients.Start(cluster, 6, 2, 1, 2);
        await clients.UntilAcknowledgedAsync(100);

        var begun = Stopwatch.GetTimestamp();
        cluster.Start(3);
        cluster.Start(4);
        await UntilVotersAsync(cluster, 2, "1.1, 1.2, 1.3, 1.4, 1.5");
        output.WriteLine($"joined after {Stopwatch.GetElapsedTime(begun).TotalMilliseconds:0} ms, paused for {clients.LongestPauseSince(begun).TotalMilliseconds:0} ms");
        await clients.UntilAcknowledgedAsync(100);

        begun = Stopwatch.GetTimestamp();
        await using (var leave = PaxiProcess.Start("remove", "1.1", "--config", cluster.WholeConfigurationFile))
        {
            Assert.Equal(0, await leave.ExitStatusAsync(TimeSpan.FromSeconds(60)));
            Assert.Equal("epoch 5: 1.2, 1.3, 1.4, 1.5", leave.Output.Single());
        }

        // It has nothing to do here any more, and goes by itself.
        Assert.Equal(0, await cluster[0].ExitStatusAsync(TimeSpan.FromSeconds(30)));
        output.WriteLine($"left after {Stopwatch.GetElapsedTime(begun).TotalMilliseconds:0} ms, paused for {clients.LongestPauseSince(begun).TotalMilliseconds:0} ms");
        Assert.True(clients.LongestPauseSince(begun) < LongestPause, cluster.ToString());
        await clients.UntilAcknowledgedAsync(100);

        // A majority of the four needs one of the two that joined.
        await cluster.KillAsync(2);
        await clients.UntilAcknowledgedAsync(50);
        await clients.FinishAsync(1, 3, 4);
    }

    /// <summary>Owners in every zone; clients with keys local to their zone. The fourth zone joins, gets objects of its own, and one zone leaves.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(1)]
    public async Task A_zone_of_owners_joins_and_one_leaves_while_clients_work(int leaving)
    {
        const int Pause = 20;
        await using var cluster = new ProcessCluster(12, joining: 3, algorithm: "wpaxos", nodes: 3);
        await cluster.StartAllAsync();
        await using var clients = RecordedClients.StartInZones(cluster, Pause, [0, 1], [2], [3]);
        await clients.UntilAcknowledgedAsync(20, 0, 1, 2, 3);

        var begun = Stopwatch.GetTimestamp();
        Array.ForEach(cluster.Zone(4), cluster.Start);
        await UntilVotersAsync(cluster, 3, "1.1, 1.2, 1.3, 2.1, 2.2, 2.3, 3.1, 3.2, 3.3, 4.1, 4.2, 4.3");
        var took = Stopwatch.GetElapsedTime(begun);
        await clients.UntilAcknowledgedAsync(20, 0, 1, 2, 3);
        output.WriteLine($"joined after {took.TotalMilliseconds:0} ms, the longest stall {clients.LongestStallSince(begun).TotalMilliseconds:0} ms");

        clients.AddZone(cluster.Zone(4), Pause, 4);
        await clients.UntilAcknowledgedAsync(20, 4);
        Assert.Contains(await cluster.OwnerAsync(9, "4"), cluster.Zone(4));

        begun = Stopwatch.GetTimestamp();
        await using (var leave = PaxiProcess.Start("leave", $"{leaving}", "--config", cluster.WholeConfigurationFile))
        {
            Assert.Equal(0, await leave.ExitStatusAsync(TimeSpan.FromSeconds(60)));
            Assert.DoesNotContain($" {leaving}.", leave.Output.Single(), StringComparison.Ordinal);
        }

        foreach (var index in cluster.Zone(leaving))
        {
            Assert.Equal(0, await cluster[index].ExitStatusAsync(TimeSpan.FromSeconds(30)));
        }

        took = Stopwatch.GetElapsedTime(begun);
        await clients.UntilAcknowledgedAsync(20, 0, 1, 2, 3, 4);
        output.WriteLine($"zone {leaving} left after {took.TotalMilliseconds:0} ms, the longest stall {clients.LongestStallSince(begun).TotalMilliseconds:0} ms");
        Assert.True(clients.LongestStallSince(begun) < 2 * LongestPause, cluster.ToString());
        await clients.FinishAsync([.. Enumerable.Range(0, cluster.Count).Except(cluster.Zone(leaving))]);
    }

    [Fact]
    public async Task A_node_cannot_join_where_nobody_answers()
    {
        await using var cluster = new ProcessCluster(2, joining: 1);
        cluster.Start(1);
        Assert.Equal(2, await cluster[1].ExitStatusAsync(TimeSpan.FromSeconds(40)));
        Assert.Contains("no replica answers there within 10 s", cluster[1].Errors.Single(), StringComparison.Ordinal);
    }

    private static Task UntilVotersAsync(ProcessCluster cluster, int index, string voters) => cluster.UntilAsync(voters, async () =>
    {
        try
        {
            return (await cluster.GetAsync(index, "/members")).Trim().EndsWith($": {voters}", StringComparison.Ordinal);
        }
        catch (HttpRequestException)
        {
            return false;
        }
    });
}
