using Paxi.Actors.Commands;
using Paxi.Actors.Epochs;
using Paxi.Actors.Quorums;
using Paxi.Actors.StateMachines;

namespace Paxi.Actors.Replicas;

/// <summary>
/// Sees each step that safety rests on, at the moment when it counts (after the sync, before the answer). Called on the role's thread; must not change anything.
/// <paramref name="log"/> names the log: "" where the protocol has one log, else the object or group.
/// </summary>
public interface IReplicaObserver
{
    /// <summary>Stands for the name of any object where names are not wanted.</summary>
    const string UnnamedLog = "an object";

    /// <summary>False: nothing is done with what it is told, so that a role need not call.</summary>
    bool Watches => true;

    /// <summary>False: it does not look at the names of logs, so that a role need not make them.</summary>
    bool NamesLogs => true;

    /// <summary>What to call the log of that object.</summary>
    string LogOf(ObjectKey key) => NamesLogs ? key.ToString() : UnnamedLog;

    /// <summary>The roles of the replica start, in this epoch.</summary>
    void Began(ReplicaId replica, Epoch epoch, QuorumSystem quorums) { }

    /// <summary>The replica has removed a voter that nobody heard: the epoch without it is in force.</summary>
    void Removed(ReplicaId replica, ReplicaId voter) { }

    /// <summary>That log is decided by other quorums than the epoch's; told before its roles start.</summary>
    void Placed(ReplicaId replica, string log, QuorumSystem quorums) { }

    /// <summary>An acceptor's promise is durable.</summary>
    void Promised(ReplicaId replica, string log, Ballot ballot);

    /// <summary>An acceptor's vote is durable.</summary>
    void Accepted(ReplicaId replica, string log, long slot, Ballot ballot, Batch batch);

    /// <summary>A replica has won phase 1 and leads.</summary>
    void Led(ReplicaId replica, string log, Ballot ballot);

    /// <summary>A replica knows that this is the slot's command for ever.</summary>
    void Decided(ReplicaId replica, string log, long slot, Batch batch);

    /// <summary>A replica has applied the slot to its state machine.</summary>
    void Executed(ReplicaId replica, string log, long slot, Batch batch);

    /// <summary>A replica's state machine now is that of a snapshot which covers everything up to and with <paramref name="slot"/>.</summary>
    void Restored(ReplicaId replica, string log, long slot);
}

/// <summary>Looks away.</summary>
public sealed class NullObserver : IReplicaObserver
{
    /// <summary>The only one: it has no state.</summary>
    public static readonly NullObserver Instance = new();

    public bool Watches => false;

    public bool NamesLogs => false;

    public void Promised(ReplicaId replica, string log, Ballot ballot) { }

    public void Accepted(ReplicaId replica, string log, long slot, Ballot ballot, Batch batch) { }

    public void Led(ReplicaId replica, string log, Ballot ballot) { }

    public void Decided(ReplicaId replica, string log, long slot, Batch batch) { }

    public void Executed(ReplicaId replica, string log, long slot, Batch batch) { }

    public void Restored(ReplicaId replica, string log, long slot) { }
}
