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
