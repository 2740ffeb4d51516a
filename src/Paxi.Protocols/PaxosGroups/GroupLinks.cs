using System.Collections.Immutable;
using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Links;
using Paxi.Actors.Replicas;
using Paxi.Actors.Wire;

namespace Paxi.Protocols.PaxosGroups;

/// <summary>The links as the roles of one group see them: to the same group on other replicas.</summary>
internal sealed class GroupLinks(byte group, ReplicaId self, ImmutableArray<ReplicaId> replicas, ILinks links) : ILinks
{
    private readonly Dictionary<Type, IActorRef?> _routes = [];
    private ReplicaContext? _roles;

    /// <summary>Called once, when all roles of the group exist.</summary>
    public void Attach(ReplicaContext roles) => _roles = roles;

    public void Send(ReplicaId to, IWireMessage message)
    {
        if (to != self)
        {
            links.Send(to, new Grouped(group, message));
        }
        else if (!TryDeliver(message))
        {
            throw new InvalidOperationException($"{message.GetType().Name} is no message of a group's roles");
        }
    }

    public void Broadcast(IWireMessage message)
    {
        var grouped = new Grouped(group, message);
        foreach (var replica in replicas)
        {
            if (replica != self)
            {
                links.Send(replica, grouped);
            }
        }
    }

    /// <summary>To the role of this group that takes it; false when none does.</summary>
    public bool TryDeliver(IWireMessage message)
    {
        var role = RoleOf(message.GetType());
        role?.Tell(message, ActorRefs.NoSender);
        return role is not null;
    }

    private IActorRef? RoleOf(Type type)
    {
        // Roles may run on more than one thread when the configuration says so.
        lock (_routes)
        {
            if (!_routes.TryGetValue(type, out var role))
            {
                var roles = _roles ?? throw new InvalidOperationException("the roles of the group have not started");
                role = PaxosGroupsWire.Carried.RoleOf(type) is { } name ? roles.FindRole(name) : null;
                _routes.Add(type, role);
            }

            return role;
        }
    }
}
