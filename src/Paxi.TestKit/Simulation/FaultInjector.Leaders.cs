using System.Collections.Immutable;
using Paxi.Actors;

namespace Paxi.TestKit.Simulation;

/// <summary>Faults in several acts, which follow who leads.</summary>
public sealed partial class FaultInjector
{
    /// <summary>How often those restart who hear the leader while a rival tries to be elected.</summary>
    private const int Restarts = 3;

    /// <summary>How often a leader was deposed by rivals that it did not hear.</summary>
    public long RivalsWon { get; private set; }

    private void Rival(RivalEvent fault, ReplicaId leader)
    {
        ImmutableArray<ReplicaId> rivals = [.. fault.Rivals.Where(replica => replica != leader)];
        ImmutableArray<ReplicaId> others = [.. _cluster.Started.Where(replica => replica != leader && !rivals.Contains(replica))];
        Cut(fault, [leader], rivals, CutDirection.Both);
        WhenOneOf(fault, rivals, Moment.Lead, _ =>
        {
            if (_cluster.Deposed == leader)
            {
                RivalsWon++;
                CutLinks(fault.For, [leader], others, CutDirection.Both);
            }
        });
        if (fault.Restart)
        {
            for (var time = 1; time <= Restarts; time++)
            {
                After(fault.For * time / (Restarts + 1), () => Restart(others));
            }
        }
    }

    private void Restart(ImmutableArray<ReplicaId> replicas)
    {
        foreach (var replica in replicas)
        {
            Crash(replica, TimeSpan.FromMilliseconds(1), tears: false);
        }
    }

    private void WhenOneOf(FaultEvent fault, ImmutableArray<ReplicaId> replicas, Moment moment, Action<ReplicaId> begin) =>
        _armed.Add(new Armed(replicas.Contains, moment, begin, World.Now + fault.For));
}
