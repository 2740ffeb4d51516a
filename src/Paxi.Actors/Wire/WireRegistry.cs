using Paxi.Actors.Epochs;
using Paxi.Actors.Replicas;

namespace Paxi.Actors.Wire;

/// <summary>Writes the message's binary form.</summary>
public delegate void WireEncoder<in T>(T message, WireWriter writer) where T : class, IWireMessage;

/// <summary>Reads the message; <paramref name="from"/> is the replica whose envelope holds it.</summary>
public delegate T WireDecoder<out T>(ref WireReader reader, ReplicaId from) where T : class, IWireMessage;

/// <summary>
/// The closed list of message types. A type is registered once, with the role that takes it on arrival; then it travels. A hot type has a binary form of its
/// own; a cold one travels by Hyperion. Nodes agree as long as they register the same protocols in the same order.
/// </summary>
public sealed partial class WireRegistry
{
    /// <summary>The kernel's messages and the protocol's.</summary>
    public static WireRegistry Of(IProtocol protocol)
    {
        var registry = new WireRegistry();
        GatewayWire.Register(registry);
        EpochWire.Register(registry);
        protocol.RegisterMessages(registry);
        return registry;
    }

    /// <summary>A type with a binary form of its own.</summary>
    /// <param name="tag">1 to 255, unique in the registry: below 32 the kernel's, from 32 on the protocol's.</param>
    /// <param name="role">The role actor that takes it on arrival.</param>
    public void Register<T>(byte tag, string role, WireEncoder<T> encode, WireDecoder<T> decode) where T : class, IWireMessage =>
        Add(new Entry(typeof(T), tag, role, (message, writer) => encode((T)message, writer),
            (ref WireReader reader, ReplicaId from) => decode(ref reader, from)));

    /// <summary>A type that travels by Hyperion inside an envelope: a public or internal sealed record of plain data.</summary>
    /// <param name="role">The role actor that takes it on arrival.</param>
    /// <param name="parts">The types that its fields of an abstract type may hold.</param>
    /// <exception cref="ArgumentException">The type, or one inside it, is not plain data.</exception>
    public void RegisterCold<T>(string role, params ReadOnlySpan<Type> parts) where T : class, IWireMessage
    {
        if (_codec.IsValueCreated)
        {
            throw new InvalidOperationException($"{typeof(T).Name} is registered after the first cold message");
        }

        _coldTypes.Add(typeof(T), parts);
        Add(new Entry(typeof(T), 0, role, null, null));
    }
}
