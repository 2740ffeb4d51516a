using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Epochs;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;
using Paxi.TestKit.World;

namespace Paxi.TestKit.Simulation;

/// <summary>
/// Sees what the roles of one start of a replica do: hands it to the checks, counts it, and lets a fault come at that very step. The rest of a turn in which the
/// replica was killed is not seen, for it has no effect in the world.
/// </summary>
internal sealed class NodeObserver(SimulatedCluster cluster, SimulatedSystem system) : IReplicaObserver
{
    /// <summary>In the trace; the others are moments.</summary>
    private const ulong EpochRecord = 63;

    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(500);

    private bool _hasExecuted;

    public void Began(ReplicaId replica, Epoch epoch, QuorumSystem quorums)
    {
        if (!system.IsDead)
        {
            cluster.World.RecordNumbers(EpochRecord, replica.Packed, (ulong)epoch.Number, []);
            cluster.Checks.Began(replica, epoch, quorums);
        }
    }

    public void Removed(ReplicaId replica, ReplicaId voter)
    {
        if (!system.IsDead)
        {
            cluster.Coverage["unreachable voters removed"]++;
        }
    }

    public void Placed(ReplicaId replica, string log, QuorumSystem quorums)
    {
        if (!system.IsDead)
        {
            cluster.Checks.Placed(replica, log, quorums);
        }
    }

    public void Promised(ReplicaId replica, string log, Ballot ballot)
    {
        if (!system.IsDead)
        {
            cluster.World.RecordNumbers((ulong)Moment.Promise, replica.Packed, ballot.Packed, []);
            cluster.Checks.Promised(replica, log, ballot);
            cluster.Coverage.Promises++;
            cluster.Report(Moment.Promise, replica);
        }
    }

    public void Accepted(ReplicaId replica, string log, long slot, Ballot ballot, Batch batch)
    {
        if (!system.IsDead)
        {
            cluster.World.RecordNumbers((ulong)Moment.Vote, replica.Packed, (ulong)slot, []);
            cluster.Checks.Accepted(replica, log, slot, ballot, batch);
            cluster.Coverage.Votes++;
            cluster.Report(Moment.Vote, replica);
        }
    }

    public void Led(ReplicaId replica, string log, Ballot ballot)
    {
        if (!system.IsDead)
        {
            cluster.World.RecordNumbers((ulong)Moment.Lead, replica.Packed, ballot.Packed, []);
            cluster.Checks.Led(replica, log, ballot);
            cluster.Coverage.Elections++;
            if (log.Length > 0 && cluster.LeaderOf(log) is { } before && !cluster.Epochs.Newest.Members.Contains(before))
            {
                cluster.Coverage["handed over at leave"]++;
            }

            cluster.NoteLeader(replica, log, ballot);
            cluster.Report(Moment.Lead, replica);
        }
    }

    public void Decided(ReplicaId replica, string log, long slot, Batch batch)
    {
        if (!system.IsDead)
        {
            cluster.World.RecordNumbers((ulong)Moment.Decide, replica.Packed, (ulong)slot, []);
            cluster.Checks.Decided(replica, log, slot, batch);
            cluster.Coverage.Decisions++;
            cluster.Report(Moment.Decide, replica);
        }
    }

    public void Executed(ReplicaId replica, string log, long slot, Batch batch)
    {
        if (system.IsDead)
        {
            return;
        }

        cluster.World.RecordNumbers((ulong)Moment.Execute, replica.Packed, (ulong)slot, []);
        var effects = cluster.Ledger.Executed(replica, log, slot);
        cluster.Checks.Executed(replica, log, slot, batch);
        cluster.Checks.TookEffect(replica, log, slot, batch, effects);
        cluster.Coverage.Execute(log, slot, batch.IsNoOp, effects.IsFirst, cluster.World.Now, Late);
        _hasExecuted = true;
        cluster.Report(Moment.Execute, replica);
    }

    public void Restored(ReplicaId replica, string log, long slot)
    {
        if (system.IsDead)
        {
            return;
        }

        cluster.World.RecordNumbers((ulong)Moment.Restore, replica.Packed, (ulong)slot, []);
        cluster.Checks.Restored(replica, log, slot, cluster.Ledger.Restored(replica, log, slot));
        if (_hasExecuted)
        {
            cluster.Coverage.SnapshotsFromPeers++;
        }

        cluster.Coverage.SnapshotsRestored++;
        cluster.Report(Moment.Restore, replica);
    }
}
