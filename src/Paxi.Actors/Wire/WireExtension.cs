using Akka.Actor;

namespace Paxi.Actors.Wire;

/// <summary>Hands a system's registry to its serializers, and keeps count of what they refused.</summary>
public sealed class WireExtension : IExtension
{
    private volatile WireRegistry? _registry;

    internal WireExtension(ActorSystem system) => Refusals = new Refusals(system);

    /// <summary>What this system may take in; nothing but client messages and <see cref="IColdMessage"/>s until <see cref="Attach"/>.</summary>
    public WireRegistry? Registry => _registry;

    /// <summary>What came from outside and was not taken in.</summary>
    public Refusals Refusals { get; }

    /// <summary>The extension of a system, made when it is first asked for.</summary>
    public static WireExtension Get(ActorSystem system) => system.WithExtension<WireExtension, WireExtensionProvider>();

    /// <summary>Called once a system, before the first message.</summary>
    public static void Attach(ActorSystem system, WireRegistry registry) => Get(system)._registry = registry;
}

/// <summary>Names <see cref="WireExtension"/> to Akka.</summary>
public sealed class WireExtensionProvider : ExtensionIdProvider<WireExtension>
{
    public override WireExtension CreateExtension(ExtendedActorSystem system) => new(system);
}
