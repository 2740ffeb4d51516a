using Paxi.Protocols.Paxos;
using Paxi.TestKit.Simulation;
using Xunit;
using Xunit.Abstractions;

namespace Paxi.Protocols.Tests.Paxos;

/// <summary>Random faults, settings and workloads. More seeds: set <c>PAXI_SEEDS=first..last</c>.</summary>
public sealed class PaxosSwarmTests(ITestOutputHelper output)
{
    [Fact]
    public void Survives_the_swarm()
    {
        var (first, last) = Seeds(Environment.GetEnvironmentVariable("PAXI_SEEDS") ?? "1..20");
        var failed = new List<string>();
        for (var seed = first; seed <= last; seed++)
        {
            var report = SimulationRun.Run(new PaxosProtocol(), new RunOptions { Seed = seed, Zones = 1, Nodes = 3 + (int)(seed % 3), Operations = 300, Clients = 8 });
            output.WriteLine($"seed {seed}: {report.Operations} operations, {report.Messages} messages, {report.Virtual.TotalSeconds:0.0} s of virtual time");
            if (report.Violation is not null)
            {
                failed.Add($"seed {seed}: {report.Violation}");
            }
        }

        Assert.Empty(failed);
    }

    /// <summary>By policy, while the other faults of the seed go on.</summary>
    [Theory]
    [InlineData("paxos", 9)]
    [InlineData("wpaxos", 9)]
    public void A_voter_that_nobody_hears_is_removed(string algorithm, ulong seed)
    {
        var report = SimulationRun.Run(ProtocolList.Find(algorithm), new RunOptions { Seed = seed });
        Assert.True(report.Violation is null, $"{algorithm}, seed {seed}: {report.Violation}");
        Assert.True(report.Coverage["unreachable voters removed"] > 0, $"{algorithm}, seed {seed}: nobody was removed");
        Assert.Contains(report.Plan.Used, static family => family != FaultPlan.Members);
    }

    private static (ulong First, ulong Last) Seeds(string text)
    {
        var parts = text.Split("..");
        return (ulong.Parse(parts[0]), ulong.Parse(parts[^1]));
    }
}
