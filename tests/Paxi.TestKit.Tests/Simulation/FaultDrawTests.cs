using System.Collections.Immutable;
using Akka.Configuration;
using Paxi.Actors;
using Paxi.Actors.Configuration;
using Paxi.Actors.Epochs;
using Paxi.Actors.Replicas;
using Paxi.TestKit.Simulation;
using Xunit;

namespace Paxi.TestKit.Tests.Simulation;

public sealed class FaultDrawTests
{
    private const long MaxDrift = 1_000;

    private static readonly ImmutableArray<ReplicaId> Replicas = [.. SimulatedCluster.Ids(3, 3)];

    [Fact]
    public void Every_family_and_every_kind_of_fault_is_drawn()
    {
        var plans = Enumerable.Range(1, 400).Select(seed => Draw((ulong)seed, FaultPlan.Families, swarm: true)).ToArray();
        foreach (var family in FaultPlan.Families)
        {
            var uses = plans.Count(plan => plan.Used.Contains(family));
            Assert.InRange(uses, 100, 300);
        }

        var events = plans.SelectMany(plan => plan.Events).ToArray();
        Assert.Equal(13, events.Select(fault => fault.GetType()).Distinct().Count());
        var moments = events.OfType<CrashEvent>().Select(crash => crash.After).Distinct();
        Assert.Equal(Enum.GetValues<Moment>().Length, moments.Count());
        Assert.Contains(events, fault => fault is CrashEvent { Target.Replica: null });
        Assert.Contains(events, fault => fault is PartitionEvent { Direction: CutDirection.In });
        Assert.Contains(events, fault => fault is LeaderPartitionEvent { Direction: CutDirection.Out });
        Assert.Contains(events, fault => fault is PowerCutEvent { Replicas.Length: 9 });
        Assert.Contains(plans, plan => plan.Conditions.ShufflesReadyWork);
        Assert.Equal(Enum.GetValues<MembersChange>().Length, events.OfType<MembersEvent>().Select(change => change.Change).Distinct().Count());
    }

    /// <summary>A seed's other faults stay what they are without changes of the members.</summary>
    [Fact]
    public void Changes_of_the_members_leave_the_other_draws_as_they_were()
    {
        string[] others = [.. FaultPlan.Families.Where(family => family != FaultPlan.Members)];
        for (var seed = 1UL; seed <= 100; seed++)
        {
            var (with, without) = (Draw(seed, FaultPlan.Families, swarm: true), Draw(seed, others, swarm: true));
            Assert.Equal(without.Conditions, with.Conditions);
            Assert.Equal(without.Events.Select(fault => fault.ToString()), with.Events.Where(fault => fault is not MembersEvent).Select(fault => fault.ToString()));
            Assert.Equal(with.Events.Any(fault => fault is MembersEvent), with.Settings.Contains("change-timeout", StringComparison.Ordinal));
        }
    }

    /// <summary>In about half of the runs in which the members change: some are out of reach for longer than the voters' patience.</summary>
    [Fact]
    public void Some_runs_remove_whom_the_voters_do_not_hear()
    {
        var plans = Enumerable.Range(1, 400).Select(seed => Draw((ulong)seed, FaultPlan.Families, swarm: true)).ToArray();
        var removals = plans.Where(static plan => plan.Settings.Contains("remove-unreachable = on", StringComparison.Ordinal)).ToArray();
        Assert.InRange(removals.Length, 45, 90);
        Assert.Equal(removals, plans.Where(static plan => plan.Events.Any(IsOutOfReach)));
        foreach (var plan in removals)
        {
            var options = EpochOptions.Create(Reference.Section(ConfigurationFactory.ParseString(plan.Settings)));
            Assert.InRange(options.UnreachableAfter, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(3));
            Assert.All(plan.Events.Where(IsOutOfReach), fault => Assert.True(fault.For > options.UnreachableAfter));
        }

        static bool IsOutOfReach(FaultEvent fault) => fault is MembersEvent { Change: MembersChange.Dies or MembersChange.IsCutOff };
    }

    [Fact]
    public void Clocks_stay_within_the_bound_that_correct_code_may_rely_on()
    {
        var drifts = Enumerable.Range(1, 400).SelectMany(seed => Draw((ulong)seed, ["clock"], swarm: false).Events).Cast<ClockEvent>()
            .Select(clock => clock.DriftPartsPerMillion).ToArray();
        Assert.All(drifts, drift => Assert.InRange(drift, -MaxDrift, MaxDrift));
        Assert.True(drifts.Max() > MaxDrift * 0.9 && drifts.Min() < -MaxDrift * 0.9);
    }

    [Fact]
    public void Families_that_are_not_named_are_not_drawn()
    {
        for (var seed = 1UL; seed <= 50; seed++)
        {
            var plan = Draw(seed, ["crash", "loss"], swarm: false);
            Assert.All(plan.Events, fault => Assert.True(fault.Kind is "crash" or "loss"));
            Assert.True(plan.Conditions.Loss > 0);
            Assert.Equal(0, plan.Conditions.Duplication);
            Assert.NotEmpty(plan.Events);
            Assert.All(plan.Events, fault => Assert.InRange(fault.At, TimeSpan.Zero, FaultPlan.Horizon));
        }
    }

    [Fact]
    public void Runs_with_gaps_have_a_deep_pipeline_and_the_other_draws_are_what_they_were()
    {
        var plans = Enumerable.Range(1, 100).Select(seed => new FaultDraw(new SeededRandom((ulong)seed), Replicas, MaxDrift, TimeSpan.FromMilliseconds(500))
            .Draw([.. FaultPlan.Families.Where(family => family != FaultPlan.Members)], swarm: true, "batch.pipeline = 1\nthrifty = on\n")).ToArray();
        var gaps = plans.Where(plan => plan.Events.Any(fault => fault is GapsEvent)).ToArray();
        Assert.InRange(gaps.Length, 15, 45);
        Assert.All(gaps, plan => Assert.Equal("thrifty = on\nbatch.pipeline = 32\nretransmit-interval = 250ms\n", plan.Settings));
        Assert.All(plans.Except(gaps), plan => Assert.Equal("batch.pipeline = 1\nthrifty = on\n", plan.Settings));
        Assert.Contains(gaps, plan => plan.Events.Any(fault => fault is GapsEvent { Crashes: true, Spared.Length: > 0 }));
        Assert.Contains(gaps, plan => plan.Events.Any(fault => fault is GapsEvent { Kind: "partition" }));
    }

    [Fact]
    public void The_banner_names_everything_that_was_drawn()
    {
        var plan = Draw(3, FaultPlan.Families, swarm: true) with { Settings = "a = 1\nb = 2\n" };
        var lines = plan.Banner().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2 + plan.Events.Length, lines.Length);
        Assert.StartsWith("links: delay ", lines[0], StringComparison.Ordinal);
        Assert.Equal("settings: a = 1; b = 2", lines[1]);
        Assert.Equal($"fault 0: {plan.Events[0]}", lines[2]);
    }

    [Fact]
    public void Choices_are_parsed_and_shown()
    {
        Assert.Equal("swarm", FaultChoice.Parse("swarm").ToString());
        Assert.Equal("none", FaultChoice.Parse("none").ToString());
        Assert.Equal("crash,clock", FaultChoice.Parse("clock, crash").ToString());
        Assert.Throws<ArgumentException>(() => FaultChoice.Parse(""));
        Assert.Throws<ArgumentException>(() => FaultChoice.Parse("crash,rain"));
    }

    private static FaultPlan Draw(ulong seed, IReadOnlyCollection<string> families, bool swarm) =>
        new FaultDraw(new SeededRandom(seed), Replicas, MaxDrift, TimeSpan.FromMilliseconds(500)).Draw(families, swarm, "");
}
