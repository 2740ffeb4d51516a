using System.Globalization;
using Paxi.TestKit.Simulation;
using Xunit;
using Xunit.Abstractions;

namespace Paxi.TestKit.Tests.Simulation;

public sealed class PrimaryCopyTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("none")]
    [InlineData("swarm")]
    public void A_run_passes(string faults)
    {
        for (var seed = 1UL; seed <= 10; seed++)
        {
            var report = SimulationRun.Run(
                new PrimaryCopy(), new RunOptions { Seed = seed, Zones = 1, Nodes = 3, Operations = 300, Clients = 8, Faults = FaultChoice.Parse(faults) });
            output.WriteLine(report.Banner());
            foreach (var (name, value) in report.Coverage.Values)
            {
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {value}"));
            }

            output.WriteLine($"{report.Violation} {report.Undecided} {report.Virtual} {report.Steps}");
            Assert.True(report.Passed, $"seed {seed}: {report.Violation} {report.Undecided}");
        }
    }
}
