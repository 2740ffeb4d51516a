using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;

namespace Paxi.Protocols.PaxosGroups;

/// <summary>Tells the replica's observer what the roles of one group do, with the name of the group's log.</summary>
internal sealed class GroupObserver(string name, IReplicaObserver observer) : IReplicaObserver
{
    public bool Watches => observer.Watches;

    public bool NamesLogs => observer.NamesLogs;

    public string LogOf(ObjectKey key) => observer.LogOf(key);

    public void Promised(ReplicaId replica, string log, Ballot ballot) => observer.Promised(replica, name, ballot);

    public void Accepted(ReplicaId replica, string log, long slot, Ballot ballot, Batch batch) => observer.Accepted(replica, name, slot, ballot, batch);

    public void Led(ReplicaId replica, string log, Ballot ballot) => observer.Led(replica, name, ballot);

    public void Decided(ReplicaId replica, string log, long slot, Batch batch) => observer.Decided(replica, name, slot, batch);

    public void Executed(ReplicaId replica, string log, long slot, Batch batch) => observer.Executed(replica, name, slot, batch);

    public void Restored(ReplicaId replica, string log, long slot) => observer.Restored(replica, name, slot);
}
