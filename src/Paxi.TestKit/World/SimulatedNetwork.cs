using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Links;
using Paxi.Actors.Replicas;
using Envelope = Paxi.Actors.Links.Envelope;

namespace Paxi.TestKit.World;

/// <summary>
/// The network between the replicas and clients of a world: what Akka.Remote is when live. It delays, loses, duplicates and
/// reorders messages by chance, and on command cuts, clogs or holds single links. Every choice comes from the world's seed.
/// </summary>
public sealed partial class SimulatedNetwork
{
    private const int LargestClientTable = 1 << 16;

    private readonly SeededRandom _random;
    private readonly List<NetworkEndpoint> _endpoints = [];
    private readonly Dictionary<string, NetworkEndpoint> _byName = [];
    private readonly Dictionary<ReplicaId, NetworkEndpoint> _byId = [];
    private readonly Dictionary<IActorRef, NetworkEndpoint> _byClient = [];
    private readonly Dictionary<Type, ulong> _typeNumbers = [];
    private SimulatedLink?[,] _links = new SimulatedLink?[16, 16];
    private NetworkOptions _options;
    private bool _isHeld;

    public SimulatedNetwork(SimulatedWorld world, NetworkOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(world);
        World = world;
        _options = (options ?? new NetworkOptions()).Validated();
        _random = world.Random.Fork("network");
    }

    public SimulatedWorld World { get; }

    /// <summary>May be replaced at any time; links that say something else keep it.</summary>
    public NetworkOptions Options
    {
        get => _options;
        set => _options = value.Validated();
    }

    public NetworkCounters Counters { get; } = new();

    /// <summary>
    /// Says how to tell a client from its reference when it did not send over this network; the default finds none, and the
    /// reply goes straight to the client.
    /// </summary>
    public Func<IActorRef, NetworkEndpoint?>? FindClient { get; set; }

    /// <summary>
    /// Puts a replica on the network, or after a restart its new system. Its links actor is <c>/user/links</c> unless one is
    /// named by <see cref="SetLinks"/>. What was under way before the restart still arrives: protocols must bear it.
    /// </summary>
    /// <returns>The transport of this incarnation; it goes silent when the system dies.</returns>
    public ITransport Attach(ReplicaId id, SimulatedSystem system)
    {
        var endpoint = Register(id.ToString(), id.Zone, system);
        _byId[id] = endpoint;
        endpoint.Processor = _options.ReplicaCosts is { } costs ? new MessageProcessor(this, costs) : null;
        return new ReplicaTransport(this, endpoint, system);
    }

    /// <summary>Puts a client on the network, or after a restart its new system.</summary>
    /// <param name="name">Unique, not the text of a replica id.</param>
    /// <param name="system">Where the client's actor lives; several clients may share one.</param>
    /// <param name="zone">The zone that a zone matrix sees.</param>
    public IClientTransport AttachClient(string name, SimulatedSystem system, int zone = 1) =>
        new ClientTransport(this, Register(name, zone, system), system);

    /// <summary>Names the actor that takes what arrives for a replica.</summary>
    public void SetLinks(ReplicaId id, IActorRef links) => _byId[id].SetLinks(links);

    /// <exception cref="ArgumentException">No endpoint has that name.</exception>
    public NetworkEndpoint Endpoint(string name) => _byName.TryGetValue(name, out var endpoint)
        ? endpoint
        : throw new ArgumentException($"'{name}' is no endpoint; there are {string.Join(", ", _endpoints)}", nameof(name));

    /// <summary>One direction between two endpoints, by their names.</summary>
    public SimulatedLink Link(string from, string to) => Link(Endpoint(from), Endpoint(to));

    public SimulatedLink Link(ReplicaId from, ReplicaId to) => Link(_byId[from], _byId[to]);

    internal SimulatedLink Link(NetworkEndpoint from, NetworkEndpoint to) =>
        _links[from.Index, to.Index] ??= new SimulatedLink(this, from, to) { IsHeld = _isHeld };

    private NetworkEndpoint Register(string name, int zone, SimulatedSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        if (_byName.TryGetValue(name, out var known))
        {
            if (known.System != system && !known.System.IsDead)
            {
                throw new ArgumentException($"the endpoint {name} lives in another system already", nameof(name));
            }

            known.Move(system);
            return known;
        }

        var endpoint = new NetworkEndpoint(name, _endpoints.Count, zone, system);
        _endpoints.Add(endpoint);
        _byName.Add(name, endpoint);
        if (_endpoints.Count > _links.GetLength(0))
        {
            Grow();
        }

        return endpoint;
    }

    private void Grow()
    {
        var size = _links.GetLength(0);
        var larger = new SimulatedLink?[size * 2, size * 2];
        for (var from = 0; from < size; from++)
        {
            for (var to = 0; to < size; to++)
            {
                larger[from, to] = _links[from, to];
            }
        }

        _links = larger;
    }

    private void RememberClient(IActorRef client, NetworkEndpoint endpoint)
    {
        if (_byClient.Count >= LargestClientTable)
        {
            _byClient.Clear();
        }

        _byClient[client] = endpoint;
    }

    private sealed class ReplicaTransport(SimulatedNetwork network, NetworkEndpoint self, SimulatedSystem system) : ITransport
    {
        public void Send(ReplicaId to, Envelope envelope)
        {
            if (!system.IsDead && network._byId.TryGetValue(to, out var target))
            {
                network.Send(self, target, envelope, null, ActorRefs.NoSender);
            }
        }

        public void Reply(IActorRef client, IClientReply reply)
        {
            if (system.IsDead)
            {
                return;
            }

            if (network._byClient.TryGetValue(client, out var target)
                || (target = network.FindClient?.Invoke(client)) is not null)
            {
                network.Send(self, target, reply, client, ActorRefs.NoSender);
            }
            else
            {
                client.Tell(reply, ActorRefs.NoSender);
            }
        }
    }

    private sealed class ClientTransport(SimulatedNetwork network, NetworkEndpoint self, SimulatedSystem system)
        : IClientTransport
    {
        public void Send(ReplicaId to, ClientRequests requests, IActorRef from)
        {
            if (!system.IsDead && network._byId.TryGetValue(to, out var target))
            {
                network.RememberClient(from, self);
                network.Send(self, target, requests, null, from);
            }
        }
    }
}
