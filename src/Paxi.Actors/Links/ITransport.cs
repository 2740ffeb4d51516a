using Akka.Actor;
using Paxi.Actors.Clients;

namespace Paxi.Actors.Links;

/// <summary>What carries messages from a replica: Akka.Remote when live, the simulated network in a simulation. Never blocks, never fails, may lose.</summary>
public interface ITransport
{
    /// <summary>To the links actor of <paramref name="to"/>.</summary>
    void Send(ReplicaId to, Envelope envelope);

    /// <summary>To a client, by the reference under which its request came in.</summary>
    void Reply(IActorRef client, IClientReply reply);
}

/// <summary>What carries requests from a client to a replica's links actor.</summary>
public interface IClientTransport
{
    /// <param name="from">The client actor; replies go there.</param>
    void Send(ReplicaId to, ClientRequests requests, IActorRef from);
}
