using Paxi.Actors;
using Paxi.TestKit.World;

namespace Paxi.TestKit.Simulation;

/// <summary>Crashes, pauses, disks, clocks.</summary>
public sealed partial class FaultInjector
{
    internal void Crash(ReplicaId replica, TimeSpan span, bool tears)
    {
        var node = _cluster.Node(replica);
        var usual = node.Disk.Options;
        node.Disk.Options = usual with { TornTail = tears ? 1.0 : 0.0, UnsyncedSurvival = tears ? 0.0 : usual.UnsyncedSurvival };
        node.Crash();
        node.Disk.Options = usual;
        var hold = _holds[replica];
        hold.Down++;
        After(span, () =>
        {
            if (--hold.Down == 0 && !node.IsUp)
            {
                node.Start();
            }
        });
    }

    private void PowerCut(PowerCutEvent cut)
    {
        Count(cut);
        for (var index = 0; index < cut.Replicas.Length; index++)
        {
            Crash(cut.Replicas[index], cut.For + (cut.Stagger * index), tears: index % 2 == 0);
        }
    }

    private void Pause(ReplicaId replica, TimeSpan span)
    {
        var node = _cluster.Node(replica);
        if (!node.IsUp)
        {
            return;
        }

        var system = node.System;
        system.Pause();
        _pauses[system.Index] = _pauses.GetValueOrDefault(system.Index) + 1;
        After(span, () =>
        {
            if (--_pauses[system.Index] == 0 && !system.IsDead)
            {
                system.Resume();
            }
        });
    }

    private void SlowDown(SlowDiskEvent fault, ReplicaId replica)
    {
        Count(fault);
        var hold = _holds[replica];
        var disk = _cluster.Node(replica).Disk;
        hold.Slow.Add(fault.Delay);
        Apply();
        After(fault.For, () =>
        {
            hold.Slow.Remove(fault.Delay);
            Apply();
        });

        void Apply()
        {
            var most = hold.Slow.Count == 0 ? TimeSpan.Zero : hold.Slow.Max();
            var delay = most == TimeSpan.Zero ? _conditions.DiskDelay : DelayDistribution.Exponential(most, most / 2);
            disk.Options = disk.Options with { WriteDelay = delay };
        }
    }

    private void FailDisk(DiskFailureEvent fault, ReplicaId replica)
    {
        Count(fault);
        var hold = _holds[replica];
        var node = _cluster.Node(replica);
        hold.Failing++;
        node.Disk.IsFailing = true;
        After(fault.For, () =>
        {
            if (--hold.Failing > 0)
            {
                return;
            }

            node.Disk.IsFailing = false;
            if (node.IsUp && node.Disk.HasFault)
            {
                node.Restart();
            }
        });
    }

    private void Disturb(ClockEvent fault, ReplicaId replica)
    {
        Count(fault);
        var clock = _cluster.Node(replica).Clock;
        World.Record("clock", replica.ToString(), fault.DriftPartsPerMillion);
        clock.SetDrift(World.NowTicks, fault.DriftPartsPerMillion);
        clock.Step(fault.Step.Ticks);
        After(fault.For, () => clock.SetDrift(World.NowTicks, 0));
    }

    /// <summary>How many faults hold a replica in each state.</summary>
    private sealed class Hold
    {
        public int Down { get; set; }

        public int Failing { get; set; }

        public List<TimeSpan> Slow { get; } = [];
    }
}
