using Paxi.Protocols.WPaxos;
using Paxi.TestKit.Simulation;
using Xunit;

namespace Paxi.Protocols.Tests.WPaxos;

/// <summary>Random faults, settings (with them fz, rows and the policies) and workloads in grids of zones. More seeds: <c>paxi simulate</c>.</summary>
public sealed class WPaxosSwarmTests
{
    [Theory]
    [InlineData("wpaxos", 1, 12)]
    [InlineData("m2paxos", 1, 6)]
    [InlineData("kpaxos", 1, 6)]
    public void Survives_the_swarm(string algorithm, ulong first, ulong last)
    {
        for (var seed = first; seed <= last; seed++)
        {
            Run(algorithm, new RunOptions { Seed = seed, Zones = 2 + (int)(seed % 2), Nodes = 3, Operations = 300, Clients = 8 });
        }
    }

    /// <summary>Nine replicas that all steal one key at once, one command a slot, and clients that ask again every 60 ms: they did phase 1 for ever.</summary>
    [Fact]
    public void Rivals_for_one_key_get_things_done() =>
        Run("wpaxos", new RunOptions { Seed = 151, Zones = 3, Nodes = 3, Operations = 1000, Clients = 16 });

    private static void Run(string algorithm, RunOptions options)
    {
        var report = SimulationRun.Run(ProtocolList.Find(algorithm), options);
        Assert.True(report.Violation is null, $"{algorithm}, seed {options.Seed}: {report.Violation}");
    }
}
