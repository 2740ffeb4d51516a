using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;

namespace Paxi.Actors.Wire;

/// <summary>
/// Carries <see cref="IColdMessage"/>s through Hyperion, from the closed list <see cref="KernelMessages"/>. It has no manifest: with one, Akka would load the type
/// that the sender names before anyone could refuse it.
/// </summary>
public sealed class HyperionSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>Names this serializer on the wire; never changes.</summary>
    public const int FixedIdentifier = 7295;

    // Compiled at the first use, for clients and simulated replicas never see a cold message.
    private static readonly Lazy<HyperionCodec> Codec = new(static () => new HyperionCodec(KernelMessages.Cold));

    private readonly bool _admin = system.Settings.Config.GetBoolean("paxi.admin", false);
    private WireExtension? _wire;

    public override int Identifier => FixedIdentifier;

    private WireExtension Wire => _wire ??= WireExtension.Get(system);

    public override string Manifest(object o) => "";

    /// <summary>
    /// Compiles what the first cold message needs, some tenths of a second of processor time. Otherwise that message, a joining node's question or an operator's order, does it on the thread that
    /// reads from the sockets, where all peers and clients wait for it.
    /// </summary>
    public static void CompileAhead() => _ = Codec.Value.Read(Codec.Value.Write(Epochs.EpochRequest.Instance));

    public override byte[] ToBinary(object obj) => obj is IColdMessage
        ? Codec.Value.Write(obj)
        : throw new WireFormatException($"{obj.GetType().Name} is no cold message");

    public override object FromBinary(byte[] bytes, string manifest)
    {
        try
        {
            return Codec.Value.Read(bytes) switch
            {
                IAdminMessage when !_admin => throw new WireFormatException("this node takes no orders: paxi.admin is off"),
                IColdMessage message => message,
                var part => throw new WireFormatException($"{part.GetType().Name} does not travel by itself"),
            };
        }
        catch (SerializationException fault)
        {
            Wire.Refusals.Report("a cold message", fault.Message);
            throw;
        }
    }
}
