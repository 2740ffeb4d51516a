using Akka.Actor;

namespace Paxi.Actors.Wire;

/// <summary>Hands a system's registry to its serializers.</summary>
public sealed class WireExtension : IExtension
{
    private volatile WireRegistry? _registry;

    /// <summary>What this system may take in; nothing but the client messages until <see cref="Attach"/>.</summary>
    public WireRegistry? Registry => _registry;

    public static WireExtension Get(ActorSystem system) => system.WithExtension<WireExtension, WireExtensionProvider>();

    /// <summary>Called once a system, before the first message.</summary>
    public static void Attach(ActorSystem system, WireRegistry registry) => Get(system)._registry = registry;
}

public sealed class WireExtensionProvider : ExtensionIdProvider<WireExtension>
{
    public override WireExtension CreateExtension(ExtendedActorSystem system) => new();
}
