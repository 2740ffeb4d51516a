using Paxi.TestKit.Simulation;
using Xunit;

namespace Paxi.TestKit.Tests.Simulation;

/// <summary>A correct protocol passes; the simulator finds what is wrong with a broken one.</summary>
public sealed class PrimaryCopyTests
{
    [Theory]
    [InlineData("none", 3)]
    [InlineData("swarm", 40)]
    [InlineData("crash,diskfail,slowdisk", 10)]
    public void The_correct_one_passes(string faults, ulong seeds)
    {
        for (var seed = 1UL; seed <= seeds; seed++)
        {
            var report = SimulationRun.Run(new PrimaryCopy(), Options(seed, faults));
            Assert.True(report.Passed, $"seed {seed}: {report.Violation} {report.Undecided}");
            Assert.Equal(300, report.Operations);
            Assert.True(report.Observations > 500);
        }
    }

    [Theory]
    [InlineData(Bug.VotesBeforeSync, "decided by a quorum", 5)]
    [InlineData(Bug.SendsBeforeSync, "agreement", 60)]
    [InlineData(Bug.DecidesAlone, "decided by a quorum", 1)]
    [InlineData(Bug.RepeatsCommands, "exactly once", 3)]
    [InlineData(Bug.SkipsSlots, "executed prefix", 5)]
    [InlineData(Bug.SnapshotsTooFar, "snapshots", 10)]
    [InlineData(Bug.NeverCatchesUp, "liveness", 10)]
    [InlineData(Bug.Throws, "roles do not fail", 5)]
    public void A_broken_one_is_found(Bug bug, string check, ulong within)
    {
        var found = new List<string>();
        for (var seed = 1UL; seed <= within; seed++)
        {
            if (SimulationRun.Run(new PrimaryCopy(bug), Options(seed, "swarm")).Violation is { } violation)
            {
                found.Add(violation.Check);
            }
        }

        Assert.Contains(check, found);
    }

    internal static RunOptions Options(ulong seed, string faults) =>
        new() { Seed = seed, Zones = 1, Nodes = 3, Operations = 300, Clients = 8, Faults = FaultChoice.Parse(faults) };
}
