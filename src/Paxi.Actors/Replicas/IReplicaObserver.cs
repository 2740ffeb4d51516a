using Paxi.Actors.Commands;
using Paxi.Actors.Epochs;
using Paxi.Actors.Quorums;

namespace Paxi.Actors.Replicas;

/// <summary>
/// Sees each step that safety rests on, at the moment when it counts (after the sync, before the answer). Called on the role's thread; must not change anything.
/// <paramref name="log"/> names the log: "" where the protocol has one log, else the object or group.
/// </summary>
public interface IReplicaObserver
{
    /// <summary>The roles of the replica start, in this epoch.</summary>
    void Began(ReplicaId replica, Epoch epoch, QuorumSystem quorums) { }

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
    public static readonly NullObserver Instance = new();

    public void Promised(ReplicaId replica, string log, Ballot ballot) { }

    public void Accepted(ReplicaId replica, string log, long slot, Ballot ballot, Batch batch) { }

    public void Led(ReplicaId replica, string log, Ballot ballot) { }

    public void Decided(ReplicaId replica, string log, long slot, Batch batch) { }

    public void Executed(ReplicaId replica, string log, long slot, Batch batch) { }

    public void Restored(ReplicaId replica, string log, long slot) { }
}
