using Paxi.Actors.Wire;

namespace Paxi.Actors.Commands;

/// <summary>A batch in a message: <c>count varint, length varint, payload</c>.</summary>
public static class BatchWire
{
    public static void WriteBatch(Batch batch, WireWriter writer)
    {
        writer.VarInt(batch.Count);
        writer.Bytes(batch.Payload.Span);
    }

    /// <summary>The payload is a slice of what is read; whether it holds so many commands is not looked at.</summary>
    public static Batch ReadBatch(ref WireReader reader)
    {
        var count = reader.Count();
        var payload = reader.Bytes();
        return count == 0 ? Batch.NoOp : new Batch(count, payload);
    }
}
