using System.Collections.Concurrent;
using Akka.Actor;
using Paxi.Actors.Clients;
using Paxi.Actors.Configuration;

namespace Paxi.Actors.Links;

/// <summary>
/// Akka.Remote between replicas. Peers are path references without the uid of an incarnation: a reference that was resolved from a peer, or taken from
/// a sender, is dead for ever once that peer's process restarts; these work again at once.
/// </summary>
/// <remarks>Thread-safe. A client from outside uses it as well, with the addresses of the configuration; a node's own address resolves to its own actors.</remarks>
public sealed class AkkaTransport : ITransport, IClientTransport
{
    private readonly ExtendedActorSystem _system;
    private readonly ConcurrentDictionary<ReplicaId, (Address Address, IActorRef Links)> _peers = new();

    /// <param name="system">With the remote or cluster provider.</param>
    /// <param name="addresses">Where each replica's actor system listens.</param>
    public AkkaTransport(ActorSystem system, IEnumerable<KeyValuePair<ReplicaId, Address>> addresses)
    {
        _system = (ExtendedActorSystem)system;
        foreach (var (id, address) in addresses)
        {
            Move(id, address);
        }
    }

    /// <param name="system">With the remote or cluster provider.</param>
    /// <param name="settings">Says where each replica's actor system listens.</param>
    public AkkaTransport(ActorSystem system, PaxiSettings settings)
        : this(system, settings.Replicas.Select(replica => KeyValuePair.Create(replica.Id, replica.Remote)))
    {
    }

    /// <summary>The replica listens at this address from now on.</summary>
    public void Move(ReplicaId id, Address address)
    {
        if (!_peers.TryGetValue(id, out var known) || !known.Address.Equals(address))
        {
            _peers[id] = (address, Resolve(address));
        }
    }

    public Address? Find(ReplicaId id) => _peers.TryGetValue(id, out var known) ? known.Address : null;

    public void Send(ReplicaId to, Envelope envelope)
    {
        if (_peers.TryGetValue(to, out var peer))
        {
            Links(to, peer).Tell(envelope, ActorRefs.NoSender);
        }
    }

    public void Send(ReplicaId to, ClientRequests requests, IActorRef from)
    {
        if (_peers.TryGetValue(to, out var peer))
        {
            Links(to, peer).Tell(requests, from);
        }
    }

    public void Reply(IActorRef client, IClientReply reply) => client.Tell(reply, ActorRefs.NoSender);

    /// <summary>
    /// This system's own address resolves to the actor itself, and to an empty reference for ever if that actor did not exist yet: so it is looked for again.
    /// </summary>
    private IActorRef Links(ReplicaId id, (Address Address, IActorRef Links) peer)
    {
        if (peer.Links is not EmptyLocalActorRef)
        {
            return peer.Links;
        }

        var links = Resolve(peer.Address);
        _peers.TryUpdate(id, (peer.Address, links), peer);
        return links;
    }

    private IActorRef Resolve(Address address) => _system.Provider.ResolveActorRef($"{address}/user/{Replicas.ReplicaHandle.LinksName}");
}
