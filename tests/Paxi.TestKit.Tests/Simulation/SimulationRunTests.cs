using Paxi.TestKit.Linearizability;
using Paxi.TestKit.Simulation;
using Xunit;

namespace Paxi.TestKit.Tests.Simulation;

public sealed class SimulationRunTests
{
    [Fact]
    public void The_same_seed_gives_the_same_trace_and_another_seed_another()
    {
        for (var seed = 1UL; seed <= 12; seed++)
        {
            var (first, second) = (Traced(seed), Traced(seed));
            Assert.Equal(first.Report.TraceHash, second.Report.TraceHash);
            Assert.Equal(first.Lines, second.Lines);
            Assert.NotEqual(first.Report.TraceHash, Traced(seed + 1).Report.TraceHash);
        }
    }

    [Fact]
    public void Chance_from_outside_is_noticed()
    {
        var hashes = Enumerable.Range(0, 4).Select(_ =>
            SimulationRun.Run(new PrimaryCopy(Bug.IsNotRepeatable), PrimaryCopyTests.Options(1, "loss")).TraceHash);
        Assert.True(hashes.Distinct().Count() > 1);
    }

    [Fact]
    public void What_is_not_decided_is_not_passed()
    {
        // Transactions on few keys need a search, which this limit ends at once.
        var options = PrimaryCopyTests.Options(1, "none") with
        {
            Limits = new CheckLimits { Configurations = 1, Parallelism = 1 },
            UsesDecidedOrder = false,
        };
        var reports = Enumerable.Range(1, 20).Select(seed => SimulationRun.Run(new PrimaryCopy(), options with { Seed = (ulong)seed })).ToArray();
        var undecided = reports.Where(report => report.Undecided is not null).ToArray();
        Assert.NotEmpty(undecided);
        Assert.All(undecided, report => Assert.False(report.Passed));
        Assert.All(undecided, report => Assert.Null(report.Violation));
    }

    /// <summary>What stands behind a gap cannot be executed before it is filled, and to fill it wrongly is easy: so the swarm must do it often.</summary>
    [Fact]
    public void Filled_gaps_are_common()
    {
        var coverage = new Coverage();
        for (var seed = 1UL; seed <= 40; seed++)
        {
            var report = SimulationRun.Run(TestProtocols.Find("paxos"), new RunOptions { Seed = seed });
            Assert.True(report.Passed, $"seed {seed}: {report.Violation?.ToString() ?? report.Undecided}");
            coverage.Add(report.Coverage);
        }

        Assert.True(coverage.NoOps > 0.0065 * coverage.Slots, $"{coverage.NoOps} no-ops in {coverage.Slots} slots");
    }

    /// <summary>More clients than sessions: many are forgotten, and what was under way in them is of unknown outcome; nothing is left out.</summary>
    [Fact]
    public void Runs_with_few_sessions_account_for_every_operation()
    {
        var (done, unknown) = (0L, 0L);
        for (var seed = 1UL; seed <= 6; seed++)
        {
            var options = new RunOptions { Seed = seed, Zones = 1, Operations = 300 };
            var plan = SimulationRun.DrawPlan(TestProtocols.Find("paxos"), options);
            var report = SimulationRun.Run(
                TestProtocols.Find("paxos"), options with { Plan = plan with { Settings = $"{plan.Settings}sessions.max = 3\n" } });
            Assert.True(report.Passed, $"seed {seed}: {report.Violation?.ToString() ?? report.Undecided}");
            var ends = new[] { report.Coverage["operations done"], report.Coverage["operations failed"], report.Coverage["operations unknown"] };
            Assert.Equal(300, report.Operations);
            Assert.Equal(300, ends.Sum());
            done += ends[0];
            unknown += ends[2];
        }

        Assert.True(done > 900 && unknown > 90, $"{done} done, {unknown} unknown");
    }

    [Fact]
    public void Fewer_operations_are_a_beginning_of_the_same_run()
    {
        var options = PrimaryCopyTests.Options(5, "swarm");
        var whole = SimulationRun.Run(new PrimaryCopy(), options);
        var part = SimulationRun.Run(new PrimaryCopy(), options with { StopAfter = 100 });
        Assert.Equal(100, part.Operations);
        Assert.Equal(
            whole.History.Operations.Take(60).Select(operation => (operation.Client, operation.Start, operation.Describe())),
            part.History.Operations.Take(60).Select(operation => (operation.Client, operation.Start, operation.Describe())));
    }

    [Fact]
    public void A_failure_is_shortened_to_one_of_the_same_kind()
    {
        var failed = SimulationRun.Run(new PrimaryCopy(Bug.SkipsSlots), PrimaryCopyTests.Options(2, "swarm"));
        var shortest = RunShrinker.Shrink(new PrimaryCopy(Bug.SkipsSlots), failed, TimeSpan.FromSeconds(30));
        Assert.Equal(failed.Violation!.Check, shortest.Violation!.Check);
        Assert.Empty(shortest.Plan.Events);
        Assert.True(shortest.Operations <= failed.Operations);
    }

    [Fact]
    public void Only_a_failure_can_be_shortened()
    {
        var passed = SimulationRun.Run(new PrimaryCopy(), PrimaryCopyTests.Options(1, "none"));
        Assert.Throws<ArgumentException>(() => RunShrinker.Shrink(new PrimaryCopy(), passed, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void A_run_ends_when_its_roles_keep_each_other_busy_for_ever()
    {
        var report = SimulationRun.Run(new PrimaryCopy(Bug.NeverRests), PrimaryCopyTests.Options(1, "none"));
        Assert.Equal("liveness", report.Violation?.Check);
        Assert.Contains("time stands still", report.Violation!.Message, StringComparison.Ordinal);
        Assert.Contains("/user/replica/copy", report.Violation.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Work_on_another_thread_fails_the_run()
    {
        var report = SimulationRun.Run(new PrimaryCopy(Bug.Escapes), PrimaryCopyTests.Options(1, "none"));
        Assert.Equal(SimulationRun.RolesFail, report.Violation?.Check);
        Assert.Contains("EscapedWorkException", report.Violation!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 3, 10, 1, "--zones")]
    [InlineData(9, 9, 10, 1, "--zones times --nodes")]
    [InlineData(1, 3, 0, 1, "--ops")]
    [InlineData(1, 3, 10, 1000, "--clients")]
    public void Sizes_have_bounds(int zones, int nodes, int operations, int clients, string name)
    {
        var options = new RunOptions { Zones = zones, Nodes = nodes, Operations = operations, Clients = clients };
        var fault = Assert.Throws<ArgumentException>(() => SimulationRun.Run(new PrimaryCopy(), options));
        Assert.StartsWith(name, fault.Message, StringComparison.Ordinal);
    }

    private static (RunReport Report, string Lines) Traced(ulong seed)
    {
        using var trace = new StringWriter();
        var report = SimulationRun.Run(new PrimaryCopy(), PrimaryCopyTests.Options(seed, "swarm") with { Trace = trace, Operations = 60 });
        return (report, trace.ToString());
    }
}
