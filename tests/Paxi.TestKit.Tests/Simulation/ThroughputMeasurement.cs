using System.Diagnostics;
using System.Globalization;
using Paxi.Actors.Commands;
using Paxi.Actors.Replicas;
using Paxi.TestKit.Simulation;
using Xunit;
using Xunit.Abstractions;

namespace Paxi.TestKit.Tests.Simulation;

/// <summary>Prints figures; asserts on no clock, only that the work was done.</summary>
public sealed class ThroughputMeasurement(ITestOutputHelper output)
{
    private const int Operations = 20_000;
    private const int Clients = 64;
    private const int Rounds = 6;

    /// <summary>Multi-Paxos on 3 x 3 replicas, a command a slot and a deep pipeline, so that the protocol's own messages dominate; every check is on.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Protocol_messages_per_second(bool serializes)
    {
        var best = (Messages: 0.0, Turns: 0.0);
        for (var round = 0; round < Rounds; round++)
        {
            using var cluster = new SimulatedCluster(TestProtocols.Find("paxos"), new ClusterOptions
            {
                Zones = 3,
                Nodes = 3,
                Network = Conditions.Calm.Network(serializes),
                Settings = "batch.max-commands = 1\nbatch.pipeline = 1000\n",
            });
            cluster.Start();
            cluster.World.Run(() => cluster.Leader is not null, TimeSpan.FromSeconds(5));
            var clients = Load(cluster);
            var (messages, steps) = (cluster.Network.Counters.Messages, cluster.World.Steps);
            var clock = Stopwatch.StartNew();
            cluster.World.Run(() => clients.TrueForAll(client => client.IsDone), TimeSpan.FromMinutes(2));
            var seconds = clock.Elapsed.TotalSeconds;
            best = (Math.Max(best.Messages, (cluster.Network.Counters.Messages - messages) / seconds), Math.Max(best.Turns, (cluster.World.Steps - steps) / seconds));
            cluster.ThrowIfFailed();
            Assert.Equal(Operations, clients.Sum(client => client.Ends[0]));
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"serialization {(serializes ? "on" : "off")}: {best.Messages:N0} protocol messages/s, {best.Turns:N0} turns/s, the best of {Rounds} rounds"));
    }

    private static List<WorkloadClient> Load(SimulatedCluster cluster)
    {
        var random = new SeededRandom(3);
        var workload = Workload.Draw(random, Operations, Clients, cluster.Protocol.Promises) with
        {
            Think = TimeSpan.Zero,
            ReadModes = [ReadMode.Log],
            Transactions = 0,
            Keys = 8,
            LargeValue = 0,
            Bursts = 100,
            Reads = 50,
        };
        var left = Operations;
        return
        [
            .. Enumerable.Range(1, Clients).Select(number => new WorkloadClient(
                workload, cluster, cluster.AddClient(), random.Fork($"{number}"), number, () => left-- > 0)),
        ];
    }
}
