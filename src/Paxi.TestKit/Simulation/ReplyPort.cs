using Akka.Actor;
using Paxi.TestKit.World;

namespace Paxi.TestKit.Simulation;

/// <summary>Where an answer goes that no actor waits for: told at once, on the world's thread, without a mailbox.</summary>
internal sealed class ReplyPort(SimulatedSystem host, Action<object> receive) : MinimalActorRef
{
    public override ActorPath Path { get; } = new RootActorPath(new Address("akka", host.Name)) / "simulation" / "port";

    public override IActorRefProvider Provider => ((ExtendedActorSystem)host.ActorSystem).Provider;

    protected override void TellInternal(object message, IActorRef sender) => receive(message);
}
