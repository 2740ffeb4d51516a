using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Paxi.Actors;
using Paxi.Actors.Replicas;

namespace Paxi.TestKit.Simulation;

/// <summary>The steady state of every link of a run.</summary>
/// <param name="Delay">How long a message takes.</param>
/// <param name="Loss">Probability that a message is lost.</param>
/// <param name="Duplication">Probability that a message arrives twice.</param>
/// <param name="Reordering">Probability that a message takes an extra, longer delay, and so is overtaken.</param>
/// <param name="DiskDelay">How long a sync takes.</param>
public sealed record Conditions(
    World.DelayDistribution Delay, double Loss, double Duplication, double Reordering, World.DelayDistribution DiskDelay)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"delay {Delay}, loss {Loss:0.###}, duplication {Duplication:0.###}, reordering {Reordering:0.###}, sync {DiskDelay}");
}

/// <summary>
/// Everything that a run varies, drawn from its seed: the links, the faults, and the settings of the protocol. Swarm testing (Groce et al., ISSTA 2012): each
/// family of faults is left out of about half of the runs, because a run with everything at once hides what needs a few things only.
/// </summary>
public sealed record FaultPlan(Conditions Conditions, ImmutableArray<FaultEvent> Events, string Settings)
{
    /// <summary>Every family of faults that <c>--faults</c> may name.</summary>
    public static readonly ImmutableArray<string> Families =
        ["loss", "duplication", "reordering", "crash", "pause", "partition", "oneway", "clog", "slowdisk", "diskfail", "clock"];

    /// <summary>Faults begin within this time; then the run heals and must come to rest.</summary>
    public static readonly TimeSpan Horizon = TimeSpan.FromSeconds(12);

    /// <summary>Which replica is down at a time, so that a crash does not meet a crash of the same one.</summary>
    private const int MaxEvents = 40;

    /// <summary>A run without faults on even links, with the protocol's own settings.</summary>
    public static FaultPlan Calm { get; } = new(
        new Conditions(World.DelayDistribution.Uniform(TimeSpan.FromMilliseconds(0.2), TimeSpan.FromMilliseconds(0.6)), 0, 0, 0,
            World.DelayDistribution.Constant(TimeSpan.FromMilliseconds(0.1))), [], "");

    /// <param name="random">The run's generator for plans.</param>
    /// <param name="replicas">All replicas.</param>
    /// <param name="families">The families that may appear.</param>
    /// <param name="swarm">Whether to leave each out of about half of the runs and to vary the settings as well.</param>
    public static FaultPlan Draw(
        SeededRandom random, ImmutableArray<ReplicaId> replicas, IReadOnlyCollection<string> families, bool swarm)
    {
        var active = Families.Where(family => families.Contains(family) && (!swarm || random.Next(2) == 0)).ToImmutableArray();
        double Rate(string family, double most) => active.Contains(family) ? random.NextDouble() * most : 0;
        var conditions = new Conditions(
            swarm ? DrawDelay(random) : Calm.Conditions.Delay,
            Rate("loss", 0.05), Rate("duplication", 0.05), Rate("reordering", 0.2),
            World.DelayDistribution.Exponential(TimeSpan.Zero, TimeSpan.FromMilliseconds(0.05 + random.NextDouble() * 3)));
        var events = new List<FaultEvent>();
        foreach (var family in active)
        {
            DrawEvents(random, replicas, family, events);
        }

        return new FaultPlan(
            conditions, [.. events.OrderBy(fault => fault.At).Take(MaxEvents)], swarm ? SettingsDraw.Draw(random, replicas.Length) : "");
    }

    /// <summary>Every option that was drawn, a line each.</summary>
    public string Banner()
    {
        var text = new StringBuilder();
        text.Append("links: ").Append(Conditions).Append('\n');
        if (Settings.Length > 0)
        {
            text.Append("settings: ").Append(Settings.ReplaceLineEndings("; ").Trim(' ', ';')).Append('\n');
        }

        for (var index = 0; index < Events.Length; index++)
        {
            text.Append(CultureInfo.InvariantCulture, $"fault {index}: {Events[index]}\n");
        }

        return text.ToString();
    }

    private static World.DelayDistribution DrawDelay(SeededRandom random)
    {
        var mean = TimeSpan.FromMilliseconds(0.1 + random.NextDouble() * random.NextDouble() * 30);
        return random.Next(4) switch
        {
            0 => World.DelayDistribution.Constant(mean),
            1 => World.DelayDistribution.Uniform(mean / 4, mean * 2),
            2 => World.DelayDistribution.Exponential(TimeSpan.Zero, mean),
            _ => World.DelayDistribution.Normal(mean, mean / 4),
        };
    }

    private static void DrawEvents(SeededRandom random, ImmutableArray<ReplicaId> replicas, string family, List<FaultEvent> events)
    {
        var count = 1 + random.Next(6);
        for (var index = 0; index < count; index++)
        {
            var at = TimeSpan.FromMilliseconds(random.Next((int)Horizon.TotalMilliseconds));
            var span = TimeSpan.FromMilliseconds(20 + random.Next(random.Next(2) == 0 ? 400 : 4000));
            ReplicaId Any() => replicas[random.Next(replicas.Length)];
            FaultEvent? fault = family switch
            {
                "crash" => new CrashEvent(at, span, Any(), random.Next(2) == 0),
                "pause" => new PauseEvent(at, span, Any()),
                "partition" => DrawPartition(random, replicas, at, span, oneWay: false),
                "oneway" => DrawPartition(random, replicas, at, span, oneWay: true),
                "clog" => DrawClog(random, replicas, at, span),
                "slowdisk" => new SlowDiskEvent(at, span, Any(), TimeSpan.FromMilliseconds(1 + random.Next(200))),
                "diskfail" => new DiskFailureEvent(at, span, Any()),
                "clock" => new ClockEvent(at, span, Any(), random.Next(-900, 901), TimeSpan.FromMilliseconds(random.Next(-2000, 2001))),
                _ => null,
            };
            if (fault is not null)
            {
                events.Add(fault);
            }
        }
    }

    private static PartitionEvent? DrawPartition(
        SeededRandom random, ImmutableArray<ReplicaId> replicas, TimeSpan at, TimeSpan span, bool oneWay)
    {
        var byZone = random.Next(3) == 0;
        var zone = replicas[random.Next(replicas.Length)].Zone;
        var left = replicas.Where(replica => byZone ? replica.Zone == zone : random.Next(2) == 0).ToImmutableArray();
        var right = replicas.Except(left).ToImmutableArray();
        return left.Length == 0 || right.Length == 0 ? null : new PartitionEvent(at, span, left, right, oneWay);
    }

    private static ClogEvent? DrawClog(SeededRandom random, ImmutableArray<ReplicaId> replicas, TimeSpan at, TimeSpan span)
    {
        var from = replicas[random.Next(replicas.Length)];
        var to = replicas[random.Next(replicas.Length)];
        return from == to ? null : new ClogEvent(at, span, from, to);
    }
}
