using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace Paxi.Actors.Wire;

/// <summary>
/// Stands where Akka has a serializer that makes whatever type the sender names. Akka finds the serializer of an incoming message by its number, so each stand-in
/// has the number of the one it replaces. Nothing passes it, in or out; the type that the manifest names is not even loaded.
/// </summary>
public abstract class RefusingSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private WireExtension? _wire;

    private WireExtension Wire => _wire ??= WireExtension.Get(system);

    public override string Manifest(object o) => "";

    public override byte[] ToBinary(object obj) =>
        throw new WireFormatException($"{obj.GetType().FullName} does not travel: it is neither an IWireMessage nor an IColdMessage");

    /// <summary>What the bytes say of themselves, for the log; they are only looked at.</summary>
    protected virtual string KindOf(ReadOnlySpan<byte> bytes) => $"serializer {Identifier}";

    public override object FromBinary(byte[] bytes, string manifest)
    {
        var kind = string.IsNullOrEmpty(manifest) ? KindOf(bytes) : manifest;
        Wire.Refusals.Report(kind, "it is on no list");
        throw new WireFormatException($"'{(kind.Length <= 100 ? kind : kind[..100])}' is on no list");
    }
}

/// <summary>In the place of Newtonsoft JSON, Akka's serializer for everything that has no other.</summary>
public sealed class JsonRefusal(ExtendedActorSystem system) : RefusingSerializer(system)
{
    /// <param name="system">The system it refuses for.</param>
    /// <param name="settings">What Akka hands to a serializer of that name; there is nothing to set.</param>
    public JsonRefusal(ExtendedActorSystem system, Config settings) : this(system) => _ = settings;

    public override int Identifier => 1;

    /// <summary>The first type that the JSON names.</summary>
    protected override string KindOf(ReadOnlySpan<byte> bytes)
    {
        const int longest = 100;
        var mark = "\"$type\":\""u8;
        if (bytes.IndexOf(mark) is var at && at < 0)
        {
            return base.KindOf(bytes);
        }

        var name = bytes[(at + mark.Length)..];
        var end = name.IndexOf((byte)'"');
        return Encoding.UTF8.GetString(name[..Math.Min(longest, end < 0 ? name.Length : end)]);
    }
}

/// <summary>In the place of the serializer for remote deployment, by which a peer starts an actor of any type.</summary>
public sealed class DeploymentRefusal(ExtendedActorSystem system) : RefusingSerializer(system)
{
    public override int Identifier => 3;
}
