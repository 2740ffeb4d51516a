using Paxi.Bench.Micro;
using Paxi.TestKit.Linearizability;
using Xunit;

namespace Paxi.Bench.Tests.Micro;

/// <summary>Each benchmark does what it says, once; how fast is not a test's business.</summary>
public sealed class MicroTests
{
    [Fact]
    public void Names_are_found_and_unknown_ones_told_in_a_line()
    {
        Assert.Equal(MicroCatalog.All.Count, MicroCatalog.Find([]).Length);
        Assert.Equal([typeof(QuorumBenchmark), typeof(CheckerBenchmark)], MicroCatalog.Find(["checker", "quorum", "checker"]));
        var fault = Assert.Throws<ArgumentException>(static () => MicroCatalog.Find(["quorum", "quorums"]));
        Assert.Equal("there is no benchmark 'quorums'; it may be serializer, quorum, journal, checker, simulator", fault.Message);
    }

    /// <summary>Of 9 votes, 256 of 512 sets are a majority; the grid with fz = 1 takes a majority in each of two zones: 3·(1/2)²·(1/2)+(1/2)³ = 1/2.</summary>
    [Fact]
    public void Quorums_are_counted()
    {
        var benchmark = new QuorumBenchmark();
        Assert.Equal(256, benchmark.Majority());
        Assert.Equal(256, benchmark.FlexibleGrid());
        Assert.InRange(benchmark.Joint(), 0, 255);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public void Commits_end(int records)
    {
        using var benchmark = new JournalBenchmark { Records = records };
        benchmark.Open();
        benchmark.Memory();
        benchmark.Disk();
    }

    [Fact]
    public void The_history_is_linearizable_and_its_clients_overlap()
    {
        var history = CheckerBenchmark.MakeHistory(clients: 8, operations: 2_000, keys: 5, seed: 3);
        Assert.Equal(Verdict.Yes, LinearizabilityChecker.Check(history).Verdict);
        var ordered = history.Operations.OrderBy(static operation => operation.Start).ToArray();
        Assert.Contains(ordered.Zip(ordered.Skip(1)), static pair => pair.Second.Start < pair.First.End);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("swarm")]
    public void Simulated_runs_pass_and_repeat(string faults)
    {
        var benchmark = new SimulatorBenchmark { Faults = faults };
        Assert.Equal(benchmark.Paxos(), benchmark.Paxos());
        Assert.True(benchmark.WPaxos() > 0);
    }

    [Fact]
    public void Both_forms_of_an_envelope_are_read_back()
    {
        using var benchmark = new SerializerBenchmark();
        benchmark.Start();
        Assert.True(benchmark.WriteBinary().Length < benchmark.WriteHyperion().Length);
        Assert.NotNull(benchmark.ReadBinary());
        Assert.NotNull(benchmark.ReadHyperion());
    }
}
