using System.Diagnostics;
using Xunit;
using Xunit.Abstractions;

namespace Paxi.Processes.Tests;

/// <summary>WPaxos in nine processes, three zones of three: owners and whole zones are killed while clients read and write; what the clients saw must be linearizable.</summary>
public sealed class OwnerFailureTests(ITestOutputHelper output)
{
    private const int Replicas = 9;
    private const int Nodes = 3;

    /// <summary>The keys that the clients of each zone use.</summary>
    private static readonly int[][] KeysOfZones = [[0, 1], [2], [3, 4]];

    [Fact]
    public async Task Another_takes_the_objects_of_an_owner_that_is_killed()
    {
        await using var cluster = Start("grid.fz = 0");
        await cluster.StartAllAsync();
        await using var clients = RecordedClients.StartInZones(cluster, KeysOfZones);
        await clients.UntilAcknowledgedAsync(20, 0, 1, 2, 3, 4);

        var owner = await cluster.OwnerAsync(0, "0");
        var killed = Stopwatch.GetTimestamp();
        await cluster.KillAsync(owner);
        await clients.UntilAcknowledgedAsync(20, 0, 1, 2, 3, 4);
        PrintPauses(clients, killed, 0, 1, 2, 3, 4);
        Assert.NotEqual(owner, await cluster.OwnerAsync(owner == 0 ? 1 : 0, "0"));

        cluster.Start(owner);
        await cluster.UntilReadyAsync();
        await clients.UntilAcknowledgedAsync(20, 0, 1, 2, 3, 4);
        await FinishAsync(cluster, clients);
    }

    [Fact]
    public async Task Nothing_stops_when_a_whole_zone_is_killed_and_one_may_fail()
    {
        await using var cluster = Start("grid.fz = 1");
        await cluster.StartAllAsync();
        await using var clients = RecordedClients.StartInZones(cluster, KeysOfZones);
        await clients.UntilAcknowledgedAsync(20, 0, 1, 2, 3, 4);

        var killed = Stopwatch.GetTimestamp();
        await Task.WhenAll(cluster.Zone(3).Select(cluster.KillAsync));
        await clients.UntilAcknowledgedAsync(20, 0, 1, 2, 3, 4);
        PrintPauses(clients, killed, 0, 1, 2, 3, 4);

        // What nobody has asked for yet can be had too.
        await cluster.PutAsync(0, "new", "value");

        await StartAsync(cluster, 3);
        await clients.UntilAcknowledgedAsync(20, 0, 1, 2, 3, 4);
        await FinishAsync(cluster, clients);
    }

    [Fact]
    public async Task The_objects_of_a_zone_that_is_killed_wait_for_it_when_none_may_fail_and_all_others_go_on()
    {
        await using var cluster = Start("grid.fz = 0");
        await cluster.StartAllAsync();
        await using var clients = RecordedClients.StartInZones(cluster, KeysOfZones);
        await clients.UntilAcknowledgedAsync(20, 0, 1, 2, 3, 4);
        foreach (var key in KeysOfZones[2])
        {
            await cluster.UntilAsync($"key {key} lives in zone 3", async () => Array.IndexOf(cluster.Zone(3), await cluster.OwnerAsync(0, $"{key}")) >= 0);
        }

        var killed = Stopwatch.GetTimestamp();
        await Task.WhenAll(cluster.Zone(3).Select(cluster.KillAsync));
        // Answers to what was decided before may still be under way.
        await clients.UntilAcknowledgedAsync(20, 0, 1, 2);
        var before = (clients.AcknowledgedOf(3), clients.AcknowledgedOf(4));
        await clients.UntilAcknowledgedAsync(60, 0, 1, 2);
        Assert.Equal(before, (clients.AcknowledgedOf(3), clients.AcknowledgedOf(4)));
        PrintPauses(clients, killed, 0, 1, 2);

        await StartAsync(cluster, 3);
        await clients.UntilAcknowledgedAsync(20, 0, 1, 2, 3, 4);
        await FinishAsync(cluster, clients);
    }

    private static ProcessCluster Start(string settings) => new(Replicas, settings, algorithm: "wpaxos", nodes: Nodes);

    private static async Task StartAsync(ProcessCluster cluster, int zone)
    {
        foreach (var index in cluster.Zone(zone))
        {
            cluster.Start(index);
        }

        await cluster.UntilReadyAsync();
    }

    private void PrintPauses(RecordedClients clients, long since, params int[] keys)
    {
        foreach (var key in keys)
        {
            output.WriteLine($"key {key} paused for {clients.LongestPauseSince(since, key).TotalMilliseconds:0} ms");
        }
    }

    private static async Task FinishAsync(ProcessCluster cluster, RecordedClients clients)
    {
        await clients.FinishAsync([.. Enumerable.Range(0, Replicas)]);
        await cluster.UntilEqualAsync();
    }
}
