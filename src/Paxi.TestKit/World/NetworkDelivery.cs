using Akka.Actor;
using Akka.Dispatch;
using Akka.Serialization;

namespace Paxi.TestKit.World;

/// <summary>One copy of a message on its way over a link.</summary>
internal sealed class NetworkDelivery(
    SimulatedNetwork network, SimulatedLink link, object message, WireForm? form, IActorRef? receiver, IActorRef? sender)
    : IRunnable
{
    public SimulatedLink Link { get; } = link;

    /// <summary>The message as the sender had it.</summary>
    public object Message { get; } = message;

    /// <summary>Its bytes; null with serialization off.</summary>
    public WireForm? Form { get; } = form;

    /// <summary>A client's actor; null for a replica, whose links actor is looked up on arrival.</summary>
    public IActorRef? Receiver { get; } = receiver;

    public IActorRef? Sender { get; } = sender;

    public void Run() => network.Arrive(this);

    public void Execute() => Run();
}

/// <summary>A message as bytes, with what names its serializer to the receiver.</summary>
internal sealed record WireForm(byte[] Bytes, int Serializer, string Manifest)
{
    public static WireForm Of(ActorSystem sender, object message)
    {
        var serializer = sender.Serialization.FindSerializerFor(message);
        var manifest = Akka.Serialization.Serialization.ManifestFor(serializer, message);
        return new WireForm(serializer.ToBinary(message), serializer.Identifier, manifest);
    }

    public object Read(ActorSystem receiver) => receiver.Serialization.Deserialize(Bytes, Serializer, Manifest);
}
