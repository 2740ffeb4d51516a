using Paxi.Actors.Links;

namespace Paxi.Actors.Wire;

/// <summary>The binary form of an envelope: <c>from u32, { tag u8, length u32, body{length} }*</c>.</summary>
internal static class EnvelopeCodec
{
    private const int HeaderBytes = 5;

    public static void Write(Envelope envelope, WireRegistry registry, WireWriter writer)
    {
        writer.Replica(envelope.From);
        var messages = envelope.Messages;
        for (var index = 0; index < messages.Count; index++)
        {
            var message = messages[index];
            var entry = registry.Find(message.GetType()) ?? throw new WireFormatException($"{message.GetType().Name} is not a registered message");
            writer.Byte(entry.Tag);
            var begin = writer.BeginLength();
            entry.Encode!(message, writer);
            writer.EndLength(begin);
        }
    }

    public static Envelope Read(ref WireReader reader, WireRegistry registry)
    {
        var from = reader.Replica();
        var messages = new IWireMessage[Count(reader)];
        for (var index = 0; index < messages.Length; index++)
        {
            var tag = reader.Byte();
            var entry = registry.Find(tag) ?? throw new WireFormatException($"no message has the tag {tag}");
            var body = new WireReader(reader.Raw((int)reader.UInt32()));
            messages[index] = entry.Decode!(ref body, from);
            if (!body.End)
            {
                throw new WireFormatException($"{body.Remaining} bytes too many in a {entry.Type.Name}");
            }
        }

        return new Envelope(from, messages);
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
