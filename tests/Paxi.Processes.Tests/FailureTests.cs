using System.Diagnostics;
using Xunit;
using Xunit.Abstractions;

namespace Paxi.Processes.Tests;

/// <summary>Real processes that are killed, paused and cut off while clients read and write; what the clients saw must be linearizable.</summary>
public sealed class FailureTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Writes_go_on_when_the_leader_is_killed_and_it_catches_up_when_it_is_started_again()
    {
        await using var cluster = new ProcessCluster(3);
        await cluster.StartAllAsync();
        await using var clients = RecordedClients.Start(cluster);
        await clients.UntilAcknowledgedAsync(200);

        var leader = await cluster.UntilLeaderAsync();
        var killed = Stopwatch.GetTimestamp();
        await cluster.KillAsync(leader);
        await clients.UntilAcknowledgedAsync(200);
        output.WriteLine($"paused for {clients.LongestPauseSince(killed).TotalMilliseconds:0} ms");

        cluster.Start(leader);
        await clients.UntilAcknowledgedAsync(200);
        await cluster.UntilCaughtUpAsync(leader, (leader + 1) % 3);
        await clients.FinishAsync(0, 1, 2);
    }

    [Fact]
    public async Task Everything_acknowledged_is_there_when_all_are_killed_and_started()
    {
        await using var cluster = new ProcessCluster(3);
        await cluster.StartAllAsync();
        await using var clients = RecordedClients.Start(cluster);
        for (var round = 0; round < 2; round++)
        {
            await clients.UntilAcknowledgedAsync(200);
            await cluster.KillAllAsync();
            await cluster.StartAllAsync();
        }

        await clients.UntilAcknowledgedAsync(50);
        await clients.FinishAsync(0, 1, 2);
    }

    [Fact]
    public async Task A_leader_that_is_cut_off_is_replaced_and_comes_back()
    {
        await using var cluster = new ProcessCluster(3);
        await cluster.StartAllAsync();
        await using var clients = RecordedClients.Start(cluster);
        await clients.UntilAcknowledgedAsync(100);

        var leader = await cluster.UntilLeaderAsync();
        var cut = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, 3).Select(index => cluster.GetAsync(index, $"/partition?ids={cluster.Id(leader)}&t=4")));
        await cluster.UntilAsync("another leads", async () =>
            await cluster.StatusAsync((leader + 1) % 3, static status => status.GetProperty("leader").GetString()) is { } seen && seen != cluster.Id(leader));
        await clients.UntilAcknowledgedAsync(100);
        Assert.True(Stopwatch.GetElapsedTime(cut) < TimeSpan.FromSeconds(60));

        await cluster.UntilLeaderAsync();
        await cluster.UntilCaughtUpAsync(leader, (leader + 1) % 3);
        await clients.FinishAsync(0, 1, 2);
    }

    [Fact]
    public async Task A_leader_that_stood_still_neither_answers_from_the_past_nor_ends()
    {
        await using var cluster = new ProcessCluster(3, "read = leader");
        await cluster.StartAllAsync();
        await using var clients = RecordedClients.Start(cluster);
        await clients.UntilAcknowledgedAsync(100);

        var leader = await cluster.UntilLeaderAsync();
        cluster[leader].Pause();
        await clients.UntilAcknowledgedAsync(100);
        await Task.Delay(TimeSpan.FromSeconds(6));
        cluster[leader].Resume();
        await clients.UntilAcknowledgedAsync(100);

        await cluster.UntilCaughtUpAsync(leader, (leader + 1) % 3);
        await cluster.UntilAsync("the cluster sees all three again", async () =>
            await cluster.StatusAsync((leader + 1) % 3, static status => string.Join(' ', status.GetProperty("members").EnumerateArray()
                .Select(static member => $"{member.GetProperty("cluster")} {member.GetProperty("reachable")}"))) == "up True up True up True");
        Assert.False(cluster[leader].HasExited);
        await clients.FinishAsync(0, 1, 2);
    }

    [Fact]
    public async Task A_replica_that_missed_what_was_truncated_catches_up_by_snapshot()
    {
        await using var cluster = new ProcessCluster(3, "snapshot { every-slots = 50, retain-slots = 10, chunk-bytes = 4k }");
        await cluster.StartAllAsync();
        await using var clients = RecordedClients.Start(cluster);
        await clients.UntilAcknowledgedAsync(50);

        var late = (await cluster.UntilLeaderAsync() + 1) % 3;
        await cluster.KillAsync(late);
        var before = await cluster.ExecutedAsync((late + 1) % 3);
        // A large state takes several chunks.
        foreach (var number in Enumerable.Range(0, 64))
        {
            await cluster.PutAsync((late + 1) % 3, $"large-{number}", new string((char)('a' + (number % 26)), 4000));
        }

        await cluster.UntilAsync("the log was cut", async () => await cluster.ExecutedAsync((late + 1) % 3) > before + 300);
        cluster.Start(late);
        await cluster.UntilCaughtUpAsync(late, (late + 1) % 3);

        Assert.True(await cluster.MetricAsync(late, "paxi_snapshots_restored_total") >= 1, cluster.ToString());
        Assert.Equal(new string('l', 4000), await cluster.GetAsync(late, "/large-63?read=any"));
        await clients.FinishAsync(0, 1, 2);
    }

    [Fact]
    public async Task Two_of_five_killed_again_and_again_lose_nothing()
    {
        await using var cluster = new ProcessCluster(5);
        await cluster.StartAllAsync();
        await using var clients = RecordedClients.Start(cluster);
        for (var round = 0; round < 3; round++)
        {
            await clients.UntilAcknowledgedAsync(60);
            var first = await cluster.UntilLeaderAsync();
            var second = (first + 1 + round) % 5;
            await Task.WhenAll(cluster.KillAsync(first), cluster.KillAsync(second));
            await clients.UntilAcknowledgedAsync(60);
            cluster.Start(first);
            cluster.Start(second);
        }

        await cluster.UntilLeaderAsync();
        await clients.FinishAsync(0, 1, 2, 3, 4);
    }
}
