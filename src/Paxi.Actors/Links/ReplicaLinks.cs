using Akka.Actor;
using Paxi.Actors.Replicas;
using Paxi.Actors.Wire;

namespace Paxi.Actors.Links;

/// <summary>The links as the roles of one replica see them.</summary>
/// <param name="start">Which start of the roles it is for, so that nothing of an earlier one leaves later; 0 for what outlives the roles.</param>
internal sealed class ReplicaLinks(ReplicaId self, IActorRef links, WireRegistry registry, ulong start) : ILinks
{
    private readonly Dictionary<Type, IActorRef> _routes = [];
    private ReplicaContext? _roles;

    /// <summary>Called once, when all roles of the context exist.</summary>
    public void Attach(ReplicaContext roles) => _roles = roles;

    public void Send(ReplicaId to, IWireMessage message)
    {
        if (to == self)
        {
            Local(message.GetType()).Tell(message, ActorRefs.NoSender);
        }
        else
        {
            links.Tell(new LinksActor.Outbound(to, message, start), ActorRefs.NoSender);
        }
    }

    public void Broadcast(IWireMessage message) => links.Tell(new LinksActor.Outbound(null, message, start), ActorRefs.NoSender);

    private IActorRef Local(Type type)
    {
        // Roles may run on more than one thread when the configuration says so.
        lock (_routes)
        {
            if (!_routes.TryGetValue(type, out var role))
            {
                var name = registry.RoleOf(type) ?? throw new InvalidOperationException($"{type.Name} is not a registered message");
                role = (_roles ?? throw new InvalidOperationException("the roles have not started")).Role(name);
                _routes.Add(type, role);
            }

            return role;
        }
    }
}
