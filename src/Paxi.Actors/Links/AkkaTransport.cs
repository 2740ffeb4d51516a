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
    private readonly ConcurrentDictionary<ReplicaId, Peer> _peers = new();

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
            _peers[id] = new Peer(_system, address);
        }
    }

    /// <summary>Where the replica listens, as far as known; null for a stranger.</summary>
    public Address? Find(ReplicaId id) => _peers.TryGetValue(id, out var known) ? known.Address : null;

    public void Send(ReplicaId to, Envelope envelope)
    {
        if (_peers.TryGetValue(to, out var peer))
        {
            peer.Links.Tell(envelope, ActorRefs.NoSender);
        }
    }

    public void Send(ReplicaId to, ClientRequests requests, IActorRef from)
    {
        if (_peers.TryGetValue(to, out var peer))
        {
            peer.Links.Tell(requests, from);
        }
    }

    public void Reply(IActorRef client, IClientReply reply) => client.Tell(reply, ActorRefs.NoSender);

    private sealed class Peer(ExtendedActorSystem system, Address address)
    {
        private readonly string _path = $"{address}/user/{Replicas.ReplicaHandle.LinksName}";
        private volatile IActorRef? _links;

        public Address Address { get; } = address;

        public IActorRef Links => _links ?? Resolve();

        /// <summary>The path of an actor of this system means nobody, and would for ever, when it is resolved before that actor starts.</summary>
        private IActorRef Resolve()
        {
            var links = system.Provider.ResolveActorRef(_path);
            if (links is not MinimalActorRef)
            {
                _links = links;
            }

            return links;
        }
    }
}
