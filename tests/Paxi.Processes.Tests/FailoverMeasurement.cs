using System.Diagnostics;
using Xunit;
using Xunit.Abstractions;

namespace Paxi.Processes.Tests;

/// <summary>
/// How long writes pause when the leader's process is killed, again and again, under load. It prints; what is asserted is that writes go on, that the killed replica
/// catches up, and that what the clients saw is linearizable.
/// </summary>
public sealed class FailoverMeasurement(ITestOutputHelper output)
{
    /// <summary>Ten are for figures, with PAXI_MEASURE set; three show that it works.</summary>
    private static readonly int Kills = RecordedClients.IsMeasuring ? 10 : 3;

    [Theory]
    [InlineData(3)]
    [InlineData(9)]
    public async Task Leaders_are_killed_one_after_another(int replicas)
    {
        await using var cluster = new ProcessCluster(replicas);
        await cluster.StartAllAsync();
        await using var clients = RecordedClients.Start(cluster);
        var pauses = new List<double>();
        var slowest = new List<double>();
        for (var kill = 0; kill < Kills; kill++)
        {
            await clients.UntilAcknowledgedAsync(100);
            var leader = await cluster.UntilLeaderAsync();
            var killed = Stopwatch.GetTimestamp();
            await cluster.KillAsync(leader);
            await clients.UntilAcknowledgedAsync(200);
            pauses.Add(clients.LongestPauseSince(killed).TotalMilliseconds);
            slowest.Add(clients.NextWritesSince(killed).Max().TotalMilliseconds);

            cluster.Start(leader);
            await cluster.UntilCaughtUpAsync(leader, (leader + 1) % replicas);
        }

        output.WriteLine($"{replicas} replicas, without any acknowledged write: {Show(pauses)}");
        output.WriteLine($"{replicas} replicas, the client that waited longest: {Show(slowest)}");
        await clients.FinishAsync([.. Enumerable.Range(0, replicas)]);
    }

    private static string Show(List<double> milliseconds)
    {
        milliseconds.Sort();
        return $"median {milliseconds[milliseconds.Count / 2]:0} ms, maximum {milliseconds[^1]:0} ms ({string.Join(' ', milliseconds.Select(static pause => $"{pause:0}"))})";
    }
}
