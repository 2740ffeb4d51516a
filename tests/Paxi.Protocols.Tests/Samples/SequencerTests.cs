using Paxi.TestKit.Simulation;
using Xunit;

namespace Paxi.Protocols.Tests.Samples;

/// <summary>The sample is held to what every protocol is held to: worlds full of faults, every check, linearizability, liveness after the healing.</summary>
public sealed class SequencerTests
{
    [Theory]
    [InlineData("none", 1, 3)]
    [InlineData("swarm", 1, 3)]
    [InlineData("swarm", 3, 3)]
    public void PassesEverySeed(string faults, int zones, int nodes)
    {
        for (var seed = 1UL; seed <= 20; seed++)
        {
            var report = SimulationRun.Run(new SequencerProtocol(), new RunOptions
            {
                Seed = seed,
                Zones = zones,
                Nodes = nodes,
                Operations = 200,
                Clients = 8,
                Faults = FaultChoice.Parse(faults),
            });
            Assert.True(report.Passed, $"seed {seed}: {report.Violation} {report.Undecided}");
        }
    }
}
