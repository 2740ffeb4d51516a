using BenchmarkDotNet.Attributes;
using Paxi.Actors;
using Paxi.Actors.Quorums;

namespace Paxi.Bench.Micro;

/// <summary>The check that a leader makes for each vote. Every set of votes of nine replicas is asked about, and a time is that of one check, their mean.</summary>
[MemoryDiagnoser]
public class QuorumBenchmark
{
    private const int Zones = 3;
    private const int Nodes = 3;
    private const ulong Sets = 1UL << (Zones * Nodes);

    private readonly QuorumSystem _majority = QuorumSystem.Majority(Members(1));
    private readonly QuorumSystem _grid = QuorumSystem.FlexibleGrid(Members(1), fz: 1);
    private readonly QuorumSystem _joint = QuorumSystem.Joint(QuorumSystem.Majority(Members(1)), QuorumSystem.Majority(Members(2)));

    [Benchmark(Baseline = true, OperationsPerInvoke = (int)Sets)]
    public int Majority() => Count(_majority);

    [Benchmark(OperationsPerInvoke = (int)Sets)]
    public int FlexibleGrid() => Count(_grid);

    [Benchmark(OperationsPerInvoke = (int)Sets)]
    public int Joint() => Count(_joint);

    private static int Count(QuorumSystem system)
    {
        var quorums = 0;
        for (ulong bits = 0; bits < Sets; bits++)
        {
            quorums += system.IsPhase2Quorum(new VoteSet(bits)) ? 1 : 0;
        }

        return quorums;
    }

    /// <summary>Three nodes of each of three zones, the first of which is given.</summary>
    private static IEnumerable<ReplicaId> Members(int first) =>
        from zone in Enumerable.Range(first, Zones) from node in Enumerable.Range(1, Nodes) select new ReplicaId((ushort)zone, (ushort)node);
}
