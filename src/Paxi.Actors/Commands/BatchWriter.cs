using Paxi.Actors.Wire;

namespace Paxi.Actors.Commands;

/// <summary>Makes batches: a block of commands, or several batches as one.</summary>
public static class BatchWriter
{
    /// <param name="session">Whose commands.</param>
    /// <param name="lowest">The session's lowest outstanding sequence number, from 1.</param>
    /// <param name="commands">Ascending sequence numbers with their bodies.</param>
    public static Batch Block(ulong session, long lowest, IReadOnlyList<(long Sequence, ReadOnlyMemory<byte> Body)> commands)
    {
        var size = 0;
        for (var index = 0; index < commands.Count; index++)
        {
            size += commands[index].Body.Length + 8;
        }

        var writer = new WireWriter(size + 24);
        writer.UInt64(session);
        writer.VarInt(lowest);
        writer.VarInt(commands.Count);
        for (var index = 0; index < commands.Count; index++)
        {
            writer.VarInt(commands[index].Sequence);
            writer.Bytes(commands[index].Body.Span);
        }

        return new Batch(commands.Count, writer.WrittenMemory);
    }

    /// <summary>The blocks of all of them, in their order, as one batch.</summary>
    public static Batch Join(IReadOnlyList<Batch> batches)
    {
        if (batches.Count == 1)
        {
            return new Batch(batches[0].Count, batches[0].Payload);
        }

        var count = 0;
        var size = 0;
        for (var index = 0; index < batches.Count; index++)
        {
            count += batches[index].Count;
            size += batches[index].Payload.Length;
        }

        var payload = new byte[size];
        var rest = payload.AsSpan();
        for (var index = 0; index < batches.Count; index++)
        {
            batches[index].Payload.Span.CopyTo(rest);
            rest = rest[batches[index].Payload.Length..];
        }

        return new Batch(count, payload);
    }
}
