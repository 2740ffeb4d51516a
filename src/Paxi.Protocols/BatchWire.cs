using Paxi.Actors.Commands;
using Paxi.Actors.Wire;

namespace Paxi.Protocols;

/// <summary>A batch in a message: count varint, payload with its length.</summary>
internal static class BatchWire
{
    public static void WriteBatch(Batch batch, WireWriter writer)
    {
        writer.VarInt(batch.Count);
        writer.Bytes(batch.Payload.Span);
    }

    /// <summary>The payload is a slice of what is read.</summary>
    public static Batch ReadBatch(ref WireReader reader)
    {
        var count = reader.Count();
        var payload = reader.Bytes();
        return count == 0 ? Batch.NoOp : new Batch(count, payload);
    }
}
