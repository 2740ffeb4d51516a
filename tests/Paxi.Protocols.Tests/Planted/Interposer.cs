using Akka.Actor;
using Paxi.Actors.Replicas;

namespace Paxi.Protocols.Tests.Planted;

/// <summary>
/// Stands in front of a role, which runs as its child: what comes for the role passes through here and may be changed. It may also hand the role a changed context, with
/// itself for the journal, for example. Answers to what the role asked come to the role directly.
/// </summary>
/// <param name="right">The role as the protocol has it.</param>
/// <param name="context">What the replica hands it.</param>
internal abstract class Interposer(RoleDefinition right, ReplicaContext context) : UntypedActor
{
    /// <summary>What the replica handed out; its journal, links and observer are the real ones.</summary>
    protected ReplicaContext Replica { get; } = context;

    /// <summary>The role behind.</summary>
    protected IActorRef Role { get; private set; } = ActorRefs.Nobody;

    protected override void PreStart() =>
        Role = Context.ActorOf(right.Props(Change(Replica)).WithDispatcher(Dispatchers.Roles), "right");

    /// <summary>The role's failure is this actor's, as if nothing stood between it and the replica.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(static _ => Directive.Escalate);

    /// <summary>What the role is handed.</summary>
    protected virtual ReplicaContext Change(ReplicaContext context) => context;

    protected override void OnReceive(object message) => Pass(message);

    /// <summary>Hands the role a message as if nothing stood in front of it.</summary>
    protected void Pass(object message) => Role.Tell(message, Sender);
}
