using System.Collections.Immutable;
using Paxi.Actors;

namespace Paxi.TestKit.Simulation;

/// <summary>Faults in several acts, which follow who leads.</summary>
public sealed partial class FaultInjector
{
    private void Rival(RivalEvent fault, ReplicaId leader)
    {
        ImmutableArray<ReplicaId> rivals = [.. fault.Rivals.Where(replica => replica != leader)];
        ImmutableArray<ReplicaId> others = [.. _cluster.Started.Where(replica => replica != leader && !rivals.Contains(replica))];
        Cut(fault, [leader], rivals, CutDirection.Both);
        WhenOneOf(fault, rivals, Moment.Lead, _ =>
        {
            if (_cluster.Deposed == leader)
            {
                CutLinks(fault.For, [leader], others, CutDirection.Both);
            }
        });
        if (fault.Restart)
        {
            // A rival promises its own ballot first; what it asks of the others is on its way.
            WhenOneOf(fault, rivals, Moment.Promise, _ =>
            {
                foreach (var other in others)
                {
                    World.ScheduleOnce(TimeSpan.Zero, () => Crash(other, TimeSpan.FromMilliseconds(1), tears: false));
                }
            });
        }
    }

    private void WhenOneOf(FaultEvent fault, ImmutableArray<ReplicaId> replicas, Moment moment, Action<ReplicaId> begin) =>
        _armed.Add(new Armed(replicas.Contains, moment, begin, World.Now + fault.For));
}
