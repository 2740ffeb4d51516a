using System.Diagnostics;
using Xunit;
using Xunit.Abstractions;

namespace Paxi.Processes.Tests;

/// <summary>Real processes that join a deployment at work, and leave it.</summary>
public sealed class MemberChangeTests(ITestOutputHelper output)
{
    /// <summary>Writes before the members change. For figures, with PAXI_MEASURE set, so many that the replicas have compiled what they run: a deployment that grows is older than a few seconds.</summary>
    private static readonly int WritesBefore = RecordedClients.IsMeasuring ? 6_000 : 100;

    [Fact]
    public async Task Replicas_join_and_others_leave_while_clients_work()
    {
        await using var cluster = new ProcessCluster(5, joining: 2);
        await cluster.StartAllAsync();
        await using var clients = RecordedClients.Start(cluster, 6, 1, 2);
        await clients.UntilAcknowledgedAsync(100);

        var begun = Stopwatch.GetTimestamp();
        cluster.Start(3);
        cluster.Start(4);
        await UntilVotersAsync(cluster, 2, "1.1, 1.2, 1.3, 1.4, 1.5", begun);
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
        await clients.UntilAcknowledgedAsync(100);

        // A majority of the four needs one of the two that joined.
        await cluster.KillAsync(2);
        await clients.UntilAcknowledgedAsync(50);
        await clients.FinishAsync(1, 3, 4);
    }

    /// <summary>Owners in every zone, clients with keys of their zone. A fourth zone joins, gets an object of its own, and leaves; then one leaves that was there from the start.</summary>
    [Fact]
    public async Task A_zone_of_owners_joins_and_others_leave_while_clients_work()
    {
        const string Three = "1.1, 1.2, 1.3, 2.1, 2.2, 2.3, 3.1, 3.2, 3.3";
        await using var cluster = new ProcessCluster(12, joining: 3, algorithm: "wpaxos", nodes: 3);
        await cluster.StartAllAsync();
        await using var clients = RecordedClients.StartInZones(cluster, [0, 1], [2], [3]);
        await clients.UntilAcknowledgedAsync(WritesBefore);
        await clients.UntilAcknowledgedAsync(20, 0, 1, 2, 3);

        var begun = Stopwatch.GetTimestamp();
        Array.ForEach(cluster.Zone(4), cluster.Start);
        await UntilVotersAsync(cluster, 3, $"{Three}, 4.1, 4.2, 4.3", begun);
        await clients.UntilAcknowledgedAsync(20, 0, 1, 2, 3);
        PrintStalls(clients, "zone 4 joined", begun, 0, 1, 2, 3);

        clients.AddZone(cluster.Zone(4), 4);
        await clients.UntilAcknowledgedAsync(20, 4);
        await cluster.UntilAsync("zone 4 owns key 4", async () => Array.IndexOf(cluster.Zone(4), await cluster.OwnerAsync(9, "4")) >= 0);

        await LeaveAsync(4, Three);
        await LeaveAsync(1, "2.1, 2.2, 2.3, 3.1, 3.2, 3.3");
        await clients.FinishAsync([.. cluster.Zone(2), .. cluster.Zone(3)]);

        async Task LeaveAsync(int zone, string voters)
        {
            begun = Stopwatch.GetTimestamp();
            await using (var leave = PaxiProcess.Start("leave", $"{zone}", "--config", cluster.WholeConfigurationFile))
            {
                await UntilVotersAsync(cluster, 3, voters, begun);
                Assert.Equal(0, await leave.ExitStatusAsync(TimeSpan.FromSeconds(60)));
                Assert.EndsWith($": {voters}", leave.Output.Single(), StringComparison.Ordinal);
            }

            // Its nodes go by themselves.
            foreach (var index in cluster.Zone(zone))
            {
                Assert.Equal(0, await cluster[index].ExitStatusAsync(TimeSpan.FromSeconds(60)));
            }

            await clients.UntilAcknowledgedAsync(20, 0, 1, 2, 3, 4);
            PrintStalls(clients, $"zone {zone} left", begun, 0, 1, 2, 3, 4);
        }
    }

    [Fact]
    public async Task A_node_cannot_join_where_nobody_answers()
    {
        await using var cluster = new ProcessCluster(2, joining: 1);
        cluster.Start(1);
        Assert.Equal(2, await cluster[1].ExitStatusAsync(TimeSpan.FromSeconds(40)));
        Assert.Contains("no replica answers there within 15 s", cluster[1].Errors.Single(), StringComparison.Ordinal);
    }

    /// <summary>
    /// Prints the longest time that any key waited for an acknowledged write and any client for an answer. How long that is depends on the machine, on which a dozen processes share its cores;
    /// what the protocol itself takes is asserted in virtual time.
    /// </summary>
    private void PrintStalls(RecordedClients clients, string what, long begun, params int[] keys)
    {
        var pauses = keys.Select(key => clients.LongestPauseSince(begun, key)).ToArray();
        var stall = clients.LongestStallSince(begun);
        output.WriteLine($"{what}: without an acknowledged write for {string.Join(", ", keys.Select((key, at) => $"{pauses[at].TotalMilliseconds:0} ms (key {key})"))}; "
            + $"the slowest answer took {stall.Took.TotalMilliseconds:0} ms, from {stall.Begun.TotalMilliseconds:0} ms on, at client {stall.Client}");
    }

    /// <summary>Prints each epoch that a replica goes through.</summary>
    private async Task UntilVotersAsync(ProcessCluster cluster, int index, string voters, long begun)
    {
        var last = "";
        await cluster.UntilAsync(voters, async () =>
        {
            var epoch = (await cluster.GetAsync(index, "/members")).Trim();
            if (epoch != last)
            {
                output.WriteLine($"after {Stopwatch.GetElapsedTime(begun).TotalMilliseconds:0} ms {cluster.Id(index)} is in {epoch}");
                last = epoch;
            }

            return epoch.EndsWith($": {voters}", StringComparison.Ordinal);
        });
    }
}
