using Akka.Actor;
using Akka.Serialization;
using Paxi.Actors.Clients;
using Envelope = Paxi.Actors.Links.Envelope;

namespace Paxi.Actors.Wire;

/// <summary>
/// The compact binary form of what travels between replicas and clients: envelopes of registered messages, requests and replies. Whatever else arrives is refused with
/// <see cref="WireFormatException"/>.
/// <code>
/// envelope := from u32, count varint, message{count}
/// message  := tag u8, length varint, body{length}
/// </code>
/// </summary>
public sealed class PaxiSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private const string EnvelopeManifest = "E";
    private const string RequestsManifest = "Q";
    private const string RepliesManifest = "R";
    private const string RefusalManifest = "F";

    [ThreadStatic]
    private static WireWriter? s_writer;

    [ThreadStatic]
    private static WireWriter? s_body;

    private readonly WireExtension _wire = WireExtension.Get(system);

    /// <summary>Fixed: it travels with every message.</summary>
    public override int Identifier => 7301;

    public override string Manifest(object o) => o switch
    {
        Envelope => EnvelopeManifest,
        ClientRequests => RequestsManifest,
        ClientReplies => RepliesManifest,
        ClientRefusal => RefusalManifest,
        _ => throw new WireFormatException($"{o.GetType().Name} does not travel by itself"),
    };

    public override byte[] ToBinary(object obj)
    {
        var writer = s_writer ??= new WireWriter(4096);
        writer.Clear();
        switch (obj)
        {
            case Envelope envelope:
                Write(envelope, writer);
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
            default:
                throw new WireFormatException($"{obj.GetType().Name} does not travel by itself");
        }

        return writer.ToArray();
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        var reader = new WireReader(bytes);
        object message = manifest switch
        {
            EnvelopeManifest => ReadEnvelope(ref reader),
            RequestsManifest => ClientWire.ReadRequests(ref reader),
            RepliesManifest => ClientWire.ReadReplies(ref reader),
            RefusalManifest => ClientWire.ReadRefusal(ref reader),
            _ => throw new WireFormatException($"'{manifest}' names no message"),
        };
        return reader.End ? message : throw new WireFormatException($"{reader.Remaining} bytes too many after a message");
    }

    private WireRegistry Registry => _wire.Registry ?? throw new WireFormatException("no replica runs in this actor system");

    private void Write(Envelope envelope, WireWriter writer)
    {
        var registry = Registry;
        var body = s_body ??= new WireWriter(4096);
        writer.Replica(envelope.From);
        writer.VarInt(envelope.Messages.Count);
        foreach (var message in envelope.Messages)
        {
            var entry = registry.Find(message.GetType());
            if (entry?.Encode is null)
            {
                throw new WireFormatException($"{message.GetType().Name} is not registered");
            }

            body.Clear();
            entry.Encode(message, body);
            writer.Byte(entry.Tag);
            writer.Bytes(body.WrittenSpan);
        }
    }

    private Envelope ReadEnvelope(ref WireReader reader)
    {
        var registry = Registry;
        var from = reader.Replica();
        var messages = new IWireMessage[reader.Count(2)];
        for (var index = 0; index < messages.Length; index++)
        {
            var tag = reader.Byte();
            var body = new WireReader(reader.Bytes());
            var decode = registry.Find(tag)?.Decode ?? throw new WireFormatException($"tag {tag} is not registered");
            messages[index] = decode(ref body, from);
            if (!body.End)
            {
                throw new WireFormatException($"{body.Remaining} bytes too many after a message of tag {tag}");
            }
        }

        return new Envelope(from, messages);
    }
}
