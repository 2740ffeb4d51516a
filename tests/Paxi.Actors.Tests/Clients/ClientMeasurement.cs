using System.Diagnostics;
using Akka.Actor;
using Paxi.Actors.Clients;
using Paxi.Actors.Configuration;
using Xunit;
using Xunit.Abstractions;

namespace Paxi.Actors.Tests.Clients;

/// <summary>
/// What the client itself costs: a replica in the same process that answers each block at once. Runs when PAXI_MEASURE is set.
/// </summary>
public sealed class ClientMeasurement(ITestOutputHelper output)
{
    [SkippableByEnvironmentFact]
    public async Task Commands_a_second_through_one_client_actor()
    {
        using var system = ActorSystem.Create("measure", Reference.Whole);
        var transport = new InstantReplica();
        var settings = ClientSettings.Create(Reference.Section(), [new ReplicaId(1, 1)]);
        var client = PaxiClient.Start(system, settings, transport);
        foreach (var callers in new[] { 1, 64, 64, 1024, 1024, 8192 })
        {
            transport.Blocks = 0;
            var before = GC.GetTotalAllocatedBytes();
            var clock = Stopwatch.StartNew();
            var counts = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(() => LoopAsync(client, clock))));
            var count = counts.Sum();
            output.WriteLine($"{callers} callers: {count / clock.Elapsed.TotalSeconds:0} commands/s, {count / (double)transport.Blocks:0.0} a block, "
                + $"{(GC.GetTotalAllocatedBytes() - before) / count} bytes allocated a command (the replica's included)");
        }

        await system.Terminate();
    }

    private static async Task<long> LoopAsync(PaxiClient client, Stopwatch clock)
    {
        var value = new byte[10];
        var command = new Set("key", value);
        var count = 0L;
        while (clock.ElapsedMilliseconds < 2000)
        {
            var reply = await client.SendAsync(command);
            Assert.Equal(Outcome.Done, reply.Outcome);
            count++;
        }

        return count;
    }

    private sealed class SkippableByEnvironmentFactAttribute : FactAttribute
    {
        public SkippableByEnvironmentFactAttribute()
        {
            if (Environment.GetEnvironmentVariable("PAXI_MEASURE") is null)
            {
                Skip = "a measurement; set PAXI_MEASURE to run it";
            }
        }
    }
}
