using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using Paxi.Actors.Clients;
using Envelope = Paxi.Actors.Links.Envelope;

namespace Paxi.Actors.Wire;

/// <summary>
/// Carries <see cref="IWireMessage"/>s in their compact binary form. The manifest is one letter: what the bytes hold.
/// <code>
/// E  Envelope          as in EnvelopeCodec: from u32, settings u32, epoch varint, { tag u8, length u32, body{length} }*
/// Q  ClientRequests    its binary form
/// R  ClientReplies     its binary form
/// F  ClientRefusal     its binary form
/// I  ClientInterrupted its binary form
/// </code>
/// Other wire messages travel inside an envelope only. What it decodes holds slices of the bytes that came in. Bytes that are no message end in
/// <see cref="WireFormatException"/>, whatever they are.
/// </summary>
public sealed class PaxiSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>Names this serializer on the wire; never changes. Akka keeps 0 to 40 and some negative numbers for its own.</summary>
    public const int FixedIdentifier = 7294;

    private const string EnvelopeManifest = "E";
    private const string RequestsManifest = "Q";
    private const string RepliesManifest = "R";
    private const string RefusalManifest = "F";
    private const string InterruptedManifest = "I";

    /// <summary>A writer that grew past this by one big message is not kept.</summary>
    private const int MaxKeptCapacity = 4 << 20;

    [ThreadStatic]
    private static WireWriter? s_writer;

    private WireExtension? _wire;

    public override int Identifier => FixedIdentifier;

    // Not in the constructor: serializers are made before extensions.
    private WireExtension Wire => _wire ??= WireExtension.Get(system);

    private WireRegistry Registry => Wire.Registry ?? throw new WireFormatException("this actor system holds no replica and takes no envelope");

    public override string Manifest(object o) => o switch
    {
        Envelope => EnvelopeManifest,
        ClientRequests => RequestsManifest,
        ClientReplies => RepliesManifest,
        ClientRefusal => RefusalManifest,
        ClientInterrupted => InterruptedManifest,
        _ => throw new WireFormatException($"{o.GetType().Name} does not travel by itself; the links put it into an envelope"),
    };

    public override byte[] ToBinary(object obj)
    {
        // Taken, not borrowed: an encoder that serializes something itself gets another one.
        var writer = s_writer ?? new WireWriter(4096);
        s_writer = null;
        writer.Clear();
        Write(obj, writer);
        var bytes = writer.ToArray();
        (obj as Envelope)?.Count?.Add(bytes.Length);
        if (writer.Capacity <= MaxKeptCapacity)
        {
            s_writer = writer;
        }

        return bytes;
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        try
        {
            return Read(bytes, manifest);
        }
        catch (Exception fault)
        {
            Wire.Refusals.Report($"a message '{manifest}'", fault.Message);
            if (fault is SerializationException)
            {
                throw;
            }

            throw new WireFormatException($"bytes that are no message '{manifest}': {fault.Message}");
        }
    }

    private void Write(object message, WireWriter writer)
    {
        switch (message)
        {
            case Envelope envelope:
                EnvelopeCodec.Write(envelope, Registry, writer);
                break;
            case ClientRequests requests:
                ClientWire.Write(requests, writer);
                break;
            case ClientReplies replies:
                ClientWire.Write(replies, writer);
                break;
            case ClientRefusal refusal:
                ClientWire.Write(refusal, writer);
                break;
            case ClientInterrupted interrupted:
                ClientWire.Write(interrupted, writer);
                break;
            default:
                throw new WireFormatException($"{message.GetType().Name} does not travel by itself; the links put it into an envelope");
        }
    }

    private object Read(byte[] bytes, string manifest)
    {
        var reader = new WireReader(bytes);
        object message = manifest switch
        {
            EnvelopeManifest => EnvelopeCodec.Read(ref reader, Registry, Wire.Refusals),
            RequestsManifest => ClientWire.ReadRequests(ref reader),
            RepliesManifest => ClientWire.ReadReplies(ref reader),
            RefusalManifest => ClientWire.ReadRefusal(ref reader),
            InterruptedManifest => ClientWire.ReadInterrupted(ref reader),
            _ => throw new WireFormatException($"no message has the manifest '{manifest}'"),
        };
        return reader.End ? message : throw new WireFormatException($"{reader.Remaining} bytes too many after a message '{manifest}'");
    }
}
