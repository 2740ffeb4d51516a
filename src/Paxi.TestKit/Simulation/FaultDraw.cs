using System.Collections.Immutable;
using System.Globalization;
using Paxi.Actors;
using Paxi.Actors.Replicas;
using Paxi.TestKit.World;

namespace Paxi.TestKit.Simulation;

/// <summary>
/// Draws the plan of a run from its seed. Swarm testing (Groce et al., Swarm Testing, ISSTA 2012): each family of faults is left out of about half of the runs, because
/// a run with everything at once hides what needs a few things only. About half of the faults meet the leader, and many wait for the moment when it hurts.
/// </summary>
/// <param name="random">The run's generator for plans.</param>
/// <param name="replicas">All replicas.</param>
/// <param name="maxDrift">The bound of the clocks' drift that correct code may rely on, in parts per million; no plan goes beyond it.</param>
/// <param name="electionTimeout">How long a leader is silent before it is suspected: many faults last about as long, so that what was suspected comes back.</param>
internal sealed class FaultDraw(SeededRandom random, ImmutableArray<ReplicaId> replicas, long maxDrift, TimeSpan electionTimeout)
{
    private const int MaxEventsEach = 6;
    private const int MaxEvents = 40;
    private const int MaxChanges = 3;

    /// <param name="families">The families that may appear.</param>
    /// <param name="swarm">Whether to leave each out of about half of the runs, and to vary the links as well.</param>
    /// <param name="settings">Drawn before.</param>
    public FaultPlan Draw(IReadOnlyCollection<string> families, bool swarm, string settings)
    {
        var active = FaultPlan.Families.Where(family => family != FaultPlan.Members && families.Contains(family) && (!swarm || random.Next(2) == 0)).ToImmutableArray();
        var conditions = DrawConditions(active, swarm);
        var events = new List<FaultEvent>();
        foreach (var family in active)
        {
            var count = family is "loss" ? random.Next(3) : 1 + random.Next(MaxEventsEach);
            for (var index = 0; index < count; index++)
            {
                if (DrawEvent(family) is { } fault)
                {
                    events.Add(fault);
                }
            }
        }

        if (active.Contains("clock"))
        {
            events.AddRange(DrawSkew());
            events.AddRange(events.OfType<LeaderPartitionEvent>().Where(_ => random.Next(2) == 0).Select(DrawDeposedClock).ToArray());
        }

        if (DrawGaps(random.Fork("gaps"), active) is { } gaps)
        {
            events.Add(gaps);
            settings = swarm ? With(With(settings, "batch.pipeline", "32"), "retransmit-interval", "250ms") : settings;
        }

        // A stable sort, so that equal times keep the order of the draw.
        var plan = new FaultPlan(conditions, [.. events.OrderBy(fault => fault.At).Take(MaxEvents)], settings);
        return families.Contains(FaultPlan.Members) ? WithMembers(plan, swarm) : plan;
    }

    /// <summary>In a third of the runs that may have it the members change, up to three times. From a generator of its own, so that the other draws are what they were.</summary>
    private FaultPlan WithMembers(FaultPlan plan, bool swarm)
    {
        var members = random.Fork("members");
        if (swarm && members.Next(3) > 0)
        {
            return plan;
        }

        var changes = new List<FaultEvent>();
        for (var left = 1 + members.Next(MaxChanges); left > 0; left--)
        {
            changes.Add(new MembersEvent(
                Milliseconds(members.Next((int)FaultPlan.Horizon.TotalMilliseconds * 3 / 4)),
                Milliseconds(500 + members.Next(4_000)),
                (MembersChange)members.Next((int)MembersChange.RemoveCrashed + 1),
                replicas[members.Next(replicas.Length)],
                members.Next(3) == 0));
        }

        var timeout = members.Next(3) switch { 0 => "2s", 1 => "6s", _ => "60s" };
        plan = With(plan, changes);
        return swarm ? WithRemovals(plan with { Settings = With(plan.Settings, "epochs.change-timeout", timeout) }) : plan;
    }

    /// <summary>In half of them the voters remove those that they do not hear. Some are out of reach for long enough. From a generator of its own too.</summary>
    private FaultPlan WithRemovals(FaultPlan plan)
    {
        var removals = random.Fork("removals");
        if (removals.Next(2) > 0)
        {
            return plan;
        }

        // Ten beats at least are asked for.
        var beat = Milliseconds(removals.Next(2) == 0 ? 50 : 100);
        var patience = beat * (10 + removals.Next(21));
        var events = new List<FaultEvent>();
        for (var left = 1 + removals.Next(MaxChanges); left > 0; left--)
        {
            events.Add(new MembersEvent(
                Milliseconds(removals.Next((int)FaultPlan.Horizon.TotalMilliseconds / 2)),
                patience * (1.5 + (3 * removals.NextDouble())),
                removals.Next(2) == 0 ? MembersChange.Dies : MembersChange.IsCutOff,
                replicas[removals.Next(replicas.Length)],
                removals.Next(2) == 0));
        }

        var settings = With(plan.Settings, "epochs.beat-interval", Text(beat));
        return With(plan, events) with { Settings = With(With(settings, "epochs.remove-unreachable", "on"), "epochs.unreachable-after", Text(patience)) };

        static string Text(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds}ms");
    }

    private Conditions DrawConditions(ImmutableArray<string> active, bool swarm)
    {
        double Rate(string family, double usual, double harsh) =>
            active.Contains(family) ? 0.002 + (random.NextDouble() * (random.Next(4) == 0 ? harsh : usual)) : 0;
        DelayDistribution Late() =>
            DelayDistribution.Exponential(TimeSpan.Zero, TimeSpan.FromMilliseconds(random.Next(3) switch { 0 => 5, 1 => 60, _ => 1_500 }));
        return new Conditions
        {
            Delay = swarm ? DrawDelay() : Conditions.Calm.Delay,
            Loss = Rate("loss", 0.05, 0.25),
            Duplication = Rate("duplication", 0.05, 0.5),
            DuplicationDelay = Late(),
            Reordering = Rate("reordering", 0.1, 0.4),
            ReorderingDelay = Late(),
            DiskDelay = DelayDistribution.Exponential(TimeSpan.Zero, Milliseconds(0.05 + (random.NextDouble() * (random.Next(4) == 0 ? 20 : 2)))),
            ShufflesReadyWork = swarm && random.Next(2) == 0,
        };
    }

    private DelayDistribution DrawDelay()
    {
        var mean = Milliseconds(0.1 + (random.NextDouble() * random.NextDouble() * 30));
        return random.Next(4) switch
        {
            0 => DelayDistribution.Constant(mean),
            1 => DelayDistribution.Uniform(mean / 4, mean * 2),
            2 => DelayDistribution.Exponential(TimeSpan.Zero, mean),
            _ => DelayDistribution.Normal(mean, mean / 4),
        };
    }

    private FaultEvent? DrawEvent(string family)
    {
        var at = Milliseconds(random.Next((int)FaultPlan.Horizon.TotalMilliseconds));
        var span = DrawSpan();
        return family switch
        {
            "loss" => new FlakyEvent(at, span, DrawTarget(), 0.2 + (random.NextDouble() * 0.7)),
            "crash" => DrawCrash(at, span),
            "pause" => new PauseEvent(at, span, DrawTarget(), DrawMoment()),
            "partition" => DrawPartition(at, span, CutDirection.Both),
            "oneway" => DrawPartition(at, span, random.Next(2) == 0 ? CutDirection.In : CutDirection.Out),
            "clog" => DrawClog(at, span),
            "slowdisk" => new SlowDiskEvent(at, span, DrawTarget(), Milliseconds(1 + random.Next(random.Next(2) == 0 ? 20 : 300))),
            "diskfail" => new DiskFailureEvent(at, span, DrawTarget()),
            "clock" => DrawClock(at, span),
            _ => null,
        };
    }

    private TimeSpan DrawSpan() => random.Next(3) switch
    {
        0 => Milliseconds(20 + random.Next(400)),
        1 => Milliseconds(20 + random.Next(4000)),
        _ => electionTimeout * (0.5 + (random.NextDouble() * 4)),
    };

    /// <summary>Half of the clocks are as far off as they may be, and half are so for the whole run, as real ones are.</summary>
    private ClockEvent DrawClock(TimeSpan at, TimeSpan span)
    {
        var drift = random.Next(4) switch
        {
            0 => -maxDrift,
            1 => maxDrift,
            _ => random.NextInt64(-maxDrift, maxDrift + 1),
        };
        return random.Next(2) == 0
            ? new ClockEvent(TimeSpan.Zero, FaultPlan.Horizon * 2, new FaultTarget(Any()), drift, DrawStep())
            : new ClockEvent(at, span, DrawTarget(), drift, DrawStep());
    }

    /// <summary>
    /// In half of the runs with clocks that are off, every clock is, for the whole run and as far as it may be: what relies on clocks breaks where one is slow
    /// and the others fast.
    /// </summary>
    private IEnumerable<ClockEvent> DrawSkew()
    {
        var kind = random.Next(4);
        if (kind < 2)
        {
            return [];
        }

        var slow = Any();
        return replicas.Select(replica => new ClockEvent(
            TimeSpan.Zero, FaultPlan.Horizon * 2, new FaultTarget(replica), (kind == 2 ? replica == slow : random.Next(2) == 0) ? -maxDrift : maxDrift, TimeSpan.Zero));
    }

    /// <summary>The clock of a leader that is cut off is set back before another is elected: it must not believe for longer that it leads.</summary>
    private ClockEvent DrawDeposedClock(LeaderPartitionEvent partition) =>
        new(partition.At + (electionTimeout * random.NextDouble()), partition.For, FaultTarget.Leader, -maxDrift, -Milliseconds(random.Next(4_000)));

    private TimeSpan DrawStep() => Milliseconds(random.Next(-2000, 2001));

    private FaultTarget DrawTarget() => random.Next(2) == 0 ? FaultTarget.Leader : new FaultTarget(Any());

    private ReplicaId Any() => replicas[random.Next(replicas.Length)];

    private Moment DrawMoment() => random.Next(2) == 0 ? Moment.AtOnce : (Moment)random.Next((int)Moment.Promise, (int)Moment.Restore + 1);

    private FaultEvent DrawCrash(TimeSpan at, TimeSpan span)
    {
        if (random.Next(6) > 0)
        {
            return new CrashEvent(at, span, DrawTarget(), random.Next(2) == 0, DrawMoment());
        }

        var everyone = random.Next(2) == 0;
        var victims = replicas.Where(_ => everyone || random.Next(2) == 0).ToImmutableArray();
        return new PowerCutEvent(at, span, victims.IsEmpty ? replicas : victims, Milliseconds(random.Next(2) == 0 ? 0 : random.Next(300)));
    }

    /// <summary>
    /// In two of five runs that may have it, and there again and again, with slots enough under way: many gaps in one log find more than one in each of many. From a generator of its own, so that
    /// the other draws are what they were.
    /// </summary>
    private GapsEvent? DrawGaps(SeededRandom gaps, ImmutableArray<string> active)
    {
        var (crashes, cuts) = (active.Contains("crash"), active.Contains("partition"));
        return (!crashes && !cuts) || gaps.Next(5) > 1
            ? null
            : new GapsEvent(
                Milliseconds(gaps.Next(2_000)),
                FaultPlan.Horizon * (0.4 + (0.6 * gaps.NextDouble())),
                Milliseconds(50 + gaps.Next(190)),
                0.3 + (0.4 * gaps.NextDouble()),
                electionTimeout * (1.5 + (2 * gaps.NextDouble())),
                [.. replicas.Where(_ => gaps.Next(3 * replicas.Length) == 0)],
                crashes && (!cuts || gaps.Next(2) == 0));
    }

    private FaultEvent? DrawPartition(TimeSpan at, TimeSpan span, CutDirection direction)
    {
        if (direction == CutDirection.Both && random.Next(3) == 0)
        {
            return DrawRival(at, span);
        }

        if (random.Next(2) == 0)
        {
            var companions = random.Next(4) switch
            {
                0 or 1 => ImmutableArray<ReplicaId>.Empty,
                2 => [Any()],
                _ => [.. replicas.Where(_ => random.Next(2) == 0)],
            };
            return new LeaderPartitionEvent(at, span, companions, direction);
        }

        var byZone = random.Next(3) == 0;
        var zone = Any().Zone;
        var side = replicas.Where(replica => byZone ? replica.Zone == zone : random.Next(2) == 0).ToImmutableArray();
        ImmutableArray<ReplicaId> others = [.. replicas.Where(replica => !side.Contains(replica))];
        return side.IsEmpty || others.IsEmpty ? null : new PartitionEvent(at, span, side, others, direction);
    }

    /// <summary>Long enough for an election; from one rival, who alone wins with small quorums of phase 1, to a majority.</summary>
    private RivalEvent DrawRival(TimeSpan at, TimeSpan span)
    {
        var rivals = new SortedSet<ReplicaId> { Any() };
        for (var more = random.Next((replicas.Length / 2) + 1); more > 0; more--)
        {
            rivals.Add(Any());
        }

        return new RivalEvent(at, span + Milliseconds(1_500), [.. rivals], random.Next(4) == 0);
    }

    private ClogEvent? DrawClog(TimeSpan at, TimeSpan span)
    {
        var (from, to) = (DrawTarget(), DrawTarget());
        return from == to ? null : new ClogEvent(at, span, from, to);
    }

    private static FaultPlan With(FaultPlan plan, IEnumerable<FaultEvent> more) => plan with { Events = [.. plan.Events.Concat(more).OrderBy(fault => fault.At)] };

    private static string With(string settings, string key, string value) =>
        $"{string.Concat(settings.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith($"{key} =", StringComparison.Ordinal)).Select(line => $"{line}\n"))}{key} = {value}\n";

    private static TimeSpan Milliseconds(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
