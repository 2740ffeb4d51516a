using Paxi.Actors;
using Paxi.Actors.Replicas;
using Paxi.TestKit.World;

namespace Paxi.TestKit.Simulation;

/// <summary>
/// Does to a cluster what a plan says, at its times, until it is told to heal. Faults may overlap: a replica that two crashes hold down starts when the later one ends,
/// a link that two partitions cut opens with the later one.
/// </summary>
public sealed partial class FaultInjector
{
    /// <summary>A fault that waits for its moment gives up after this, or after its own span if that is longer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly SimulatedCluster _cluster;
    private readonly Conditions _conditions;
    private readonly List<Armed> _armed = [];
    private readonly SortedDictionary<ReplicaId, Hold> _holds = [];
    private readonly Dictionary<SimulatedLink, LinkHold> _links = [];
    private readonly Dictionary<int, int> _pauses = [];
    private readonly SeededRandom _random;
    private readonly SeededRandom _members;

    /// <param name="cluster">Started.</param>
    /// <param name="conditions">What disks go back to when a fault of theirs ends.</param>
    public FaultInjector(SimulatedCluster cluster, Conditions conditions)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        _cluster = cluster;
        _conditions = conditions;
        _random = cluster.World.Random.Fork("leaders");
        _members = cluster.World.Random.Fork("members");
        foreach (var node in cluster.Nodes)
        {
            _holds.Add(node.Id, new Hold());
        }

        cluster.Stepped += Step;
    }

    /// <summary>Whether every fault has ended, for good.</summary>
    internal bool IsHealed { get; private set; }

    /// <summary>How many faults began, by family.</summary>
    public SortedDictionary<string, long> Begun { get; } = new(StringComparer.Ordinal);

    /// <summary>How many faults waited for a moment that came.</summary>
    public long MomentsMet { get; private set; }

    private SimulatedWorld World => _cluster.World;

    /// <summary>Sets the timers of all faults; their times count from now.</summary>
    public void Schedule(IEnumerable<FaultEvent> events)
    {
        foreach (var fault in events)
        {
            World.ScheduleOnce(fault.At, () => Meet(fault));
        }
    }

    /// <summary>Begins a fault now, whatever its time says; it ends after its span.</summary>
    public void Begin(FaultEvent fault)
    {
        switch (fault)
        {
            case CrashEvent crash:
                WhenDone(crash, crash.Target, crash.After, replica => Crash(replica, crash.For, crash.TearsLastWrite));
                break;
            case PowerCutEvent cut:
                PowerCut(cut);
                break;
            case PauseEvent pause:
                WhenDone(pause, pause.Target, pause.After, replica => Pause(replica, pause.For));
                break;
            case PartitionEvent partition:
                Cut(partition, partition.Side, partition.Others, partition.Direction);
                break;
            case LeaderPartitionEvent partition when AnyLeader() is { } leader:
                var others = _cluster.Started.Where(replica => replica != leader && !partition.Companions.Contains(replica));
                Cut(partition, [leader, .. partition.Companions.Where(replica => replica != leader)], [.. others], partition.Direction);
                break;
            case RivalEvent rival when AnyLeader() is { } leader:
                Rival(rival, leader);
                break;
            case GapsEvent gaps when AnyLeader() is { } leader:
                Count(gaps);
                _ = new GapMaker(gaps, _cluster, this, leader);
                break;
            case FlakyEvent flaky when Resolve(flaky.Target) is { } replica:
                Flake(flaky, replica);
                break;
            case ClogEvent clog when Resolve(clog.From) is { } from && Resolve(clog.To) is { } to && from != to:
                Count(clog);
                _cluster.Network.Link(from, to).Clog(clog.For);
                break;
            case SlowDiskEvent slow when Resolve(slow.Target) is { } replica:
                SlowDown(slow, replica);
                break;
            case DiskFailureEvent failure when Resolve(failure.Target) is { } replica:
                FailDisk(failure, replica);
                break;
            case MembersEvent change:
                ChangeMembers(change);
                break;
            case ClockEvent clock when Resolve(clock.Target) is { } replica:
                Disturb(clock, replica);
                break;
        }
    }

    /// <summary>
    /// Ends every fault, for good: links are whole, fast and lose nothing, disks write, clocks are true (their steps stay), who was paused goes on, who is down or has
    /// stopped because its disk failed starts again.
    /// </summary>
    public void HealAll()
    {
        IsHealed = true;
        _armed.Clear();
        _cluster.Network.Options = _conditions.Healed.Network(_cluster.Network.Options.Serializes);
        _cluster.Network.Heal();
        foreach (var node in _cluster.Nodes)
        {
            node.Disk.IsFailing = false;
            node.Disk.Options = node.Disk.Options with { WriteDelay = _conditions.Healed.DiskDelay };
            node.Clock.SetDrift(World.NowTicks, 0);
            if (node.IsUp)
            {
                node.Resume();
            }

            if (!node.IsUp || node.Disk.HasFault)
            {
                node.Restart();
            }
        }
    }

    private void Meet(FaultEvent fault)
    {
        if (!IsHealed)
        {
            Begin(fault);
        }
    }

    private void Count(FaultEvent fault) => Begun[fault.Kind] = Begun.GetValueOrDefault(fault.Kind) + 1;

    private ReplicaId? Resolve(FaultTarget target) => target.Replica ?? AnyLeader();

    /// <summary>Who leads; where each object has a leader of its own, that of any object.</summary>
    private ReplicaId? AnyLeader() => _cluster.LedLogs.Count > 0 ? _cluster.LeaderOf(AnyLog()) : null;

    private string AnyLog() => _cluster.LedLogs.Count == 1 ? _cluster.LedLogs[0] : _cluster.LedLogs[_random.Next(_cluster.LedLogs.Count)];

    internal void After(TimeSpan span, Action end) => World.ScheduleOnce(span, () =>
    {
        if (!IsHealed)
        {
            end();
        }
    });

    private void WhenDone(FaultEvent fault, FaultTarget target, Moment moment, Action<ReplicaId> begin)
    {
        if (moment != Moment.AtOnce)
        {
            var patience = fault.For > Patience ? fault.For : Patience;

            // Of one object, whoever leads it when the moment comes; before any has a leader, of whichever was led last.
            var log = target.Replica is null && _cluster.LedLogs.Count > 0 ? AnyLog() : null;
            _armed.Add(new Armed(replica => (target.Replica ?? (log is null ? _cluster.Leader : _cluster.LeaderOf(log))) == replica, moment, Begin, World.Now + patience));
        }
        else if (Resolve(target) is { } replica)
        {
            Begin(replica);
        }

        void Begin(ReplicaId replica)
        {
            Count(fault);
            begin(replica);
        }
    }

    private void Step(Moment moment, ReplicaId replica)
    {
        for (var index = 0; index < _armed.Count; index++)
        {
            var armed = _armed[index];
            if (armed.Until < World.Now)
            {
                _armed.RemoveAt(index--);
            }
            else if (armed.Moment == moment && armed.Meets(replica))
            {
                _armed.RemoveAt(index);
                MomentsMet++;
                armed.Begin(replica);
                return;
            }
        }
    }

    private sealed record Armed(Func<ReplicaId, bool> Meets, Moment Moment, Action<ReplicaId> Begin, TimeSpan Until);
}
