using Paxi.Actors.Wire;

namespace Paxi.Actors.Links;

/// <summary>
/// How a role reaches the other replicas. Messages may be lost, delayed, duplicated and reordered. A message to the own replica goes straight to the
/// role that its type is registered for. Sending never blocks and never fails.
/// </summary>
public interface ILinks
{
    /// <summary>To one replica; nothing happens when it is unknown.</summary>
    void Send(ReplicaId to, IWireMessage message);

    /// <summary>To every member but this replica.</summary>
    void Broadcast(IWireMessage message);
}
