using BenchmarkDotNet.Attributes;
using Paxi.Protocols;
using Paxi.TestKit.Simulation;

namespace Paxi.Bench.Micro;

/// <summary>A whole run of the simulated world, its check included: three replicas, a hundred operations; calm, or with the faults that a seed draws.</summary>
[MemoryDiagnoser]
public class SimulatorBenchmark
{
    /// <summary>Of <c>paxi simulate --faults</c>.</summary>
    [Params("none", "swarm")]
    public string Faults { get; set; } = "none";

    [Benchmark]
    public long Paxos() => Run("paxos", zones: 1);

    [Benchmark]
    public long WPaxos() => Run("wpaxos", zones: 3);

    /// <returns>The messages of the run, so that it is not left out.</returns>
    private long Run(string algorithm, int zones)
    {
        var report = SimulationRun.Run(ProtocolList.Find(algorithm), new RunOptions
        {
            Seed = 7,
            Zones = zones,
            Nodes = 3 / zones,
            Operations = 100,
            Clients = 8,
            Faults = FaultChoice.Parse(Faults),
        });
        return report.Passed ? report.Messages : throw new InvalidOperationException($"seed 7 of {algorithm} failed: {report.Violation}{report.Undecided}");
    }
}
