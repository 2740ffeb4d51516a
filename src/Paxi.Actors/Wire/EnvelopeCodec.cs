using Paxi.Actors.Links;

namespace Paxi.Actors.Wire;

/// <summary>
/// The binary form of an envelope: <c>from u32, settings u32, epoch varint, { tag u8, length u32, body{length} }*</c>. Tag 0 is a cold message, its body Hyperion's. A tag that nobody registered
/// is passed over, so that a peer with more message types is understood as far as possible; a body that its type does not read spoils the envelope.
/// </summary>
internal static class EnvelopeCodec
{
    private const byte ColdTag = 0;

    public static void Write(Envelope envelope, WireRegistry registry, WireWriter writer)
    {
        writer.Replica(envelope.From);
        writer.UInt32(envelope.Settings);
        writer.VarInt(envelope.Epoch);
        var messages = envelope.Messages;
        for (var index = 0; index < messages.Count; index++)
        {
            var message = messages[index];
            var entry = registry.Find(message.GetType()) ?? throw new WireFormatException($"{message.GetType().Name} is not a registered message");
            writer.Byte(entry.Tag);
            var begin = writer.BeginLength();
            if (entry.Encode is not null)
            {
                entry.Encode(message, writer);
            }
            else
            {
                writer.Raw(registry.Cold.Write(message));
            }

            writer.EndLength(begin);
        }
    }

    public static Envelope Read(ref WireReader reader, WireRegistry registry, Refusals refusals)
    {
        var from = reader.Replica();
        var settings = reader.UInt32();
        var epoch = reader.VarInt();
        var messages = new IWireMessage[Count(reader)];
        var taken = 0;
        while (!reader.End)
        {
            var tag = reader.Byte();
            var body = reader.Raw((int)reader.UInt32());
            if (tag == ColdTag)
            {
                messages[taken++] = ReadCold(body, registry);
            }
            else if (registry.Find(tag) is { } entry)
            {
                messages[taken++] = ReadHot(body, entry, from);
            }
            else
            {
                refusals.Report($"tag {tag}", "no message is registered for it");
            }
        }

        return new Envelope(from, settings, taken == messages.Length ? messages : messages[..taken]) { Epoch = epoch };
    }

    private static IWireMessage ReadHot(ReadOnlyMemory<byte> bytes, WireRegistry.Entry entry, ReplicaId from)
    {
        var body = new WireReader(bytes);
        var message = entry.Decode!(ref body, from);
        return body.End ? message : throw new WireFormatException($"{body.Remaining} bytes too many in a {entry.Type.Name}");
    }

    private static IWireMessage ReadCold(ReadOnlyMemory<byte> bytes, WireRegistry registry)
    {
        var message = registry.Cold.Read(bytes);
        return message is IWireMessage wire && registry.Find(message.GetType()) is { Encode: null }
            ? wire
            : throw new WireFormatException($"{message.GetType().Name} is not registered as a cold message");
    }

    /// <summary>Walks from length to length, so that a forged count never allocates.</summary>
    private static int Count(WireReader reader)
    {
        var count = 0;
        for (; !reader.End; count++)
        {
            reader.Byte();
            reader.Raw((int)reader.UInt32());
        }

        return count;
    }
}
