using System.Buffers.Binary;
using System.Text;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;

namespace Paxi.Actors.Tests.StateMachines;

/// <summary>One result of a block, decoded.</summary>
internal sealed record Ended(ulong Session, long Sequence, CommandStatus Status, ReadOnlyMemory<byte> Result)
{
    public string Text => Encoding.UTF8.GetString(Result.Span);

    public ulong Floor => BinaryPrimitives.ReadUInt64LittleEndian(Result.Span);
}

/// <summary>Batches and results in the short forms that the tests read best.</summary>
internal static class Batches
{
    public static ReadOnlyMemory<byte> Bytes(this string text) => Encoding.UTF8.GetBytes(text);

    public static string Text(this ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    public static ReadOnlyMemory<byte> Encode(this Command command)
    {
        var writer = new WireWriter();
        KeyValueCodec.Write(command, writer);
        return writer.WrittenMemory;
    }

    /// <summary>A block; a null command opens the session.</summary>
    public static Batch Block(ulong session, long lowest, params (long Sequence, Command? Command)[] commands) =>
        BatchWriter.Block(session, lowest, [.. commands.Select(command => (command.Sequence, command.Command?.Encode() ?? default))]);

    public static Batch Open(ulong session, long sequence = 1) => Block(session, sequence, (sequence, null));

    /// <summary>The results, one by one.</summary>
    public static List<Ended> Decode(this IReadOnlyList<ResultBlock> blocks)
    {
        var results = new List<Ended>();
        foreach (var block in blocks)
        {
            var reader = new WireReader(block.Results);
            for (var left = block.Count; left > 0; left--)
            {
                results.Add(new Ended(block.Session, reader.VarInt(), (CommandStatus)reader.Byte(), reader.Bytes()));
            }

            if (!reader.End)
            {
                throw new InvalidOperationException("bytes after the last result");
            }
        }

        return results;
    }

    public static List<Ended> Run(this ReplicatedState state, params Batch[] batches) =>
        state.Execute(BatchWriter.Join(batches), wantsResults: true).Decode();

    public static Reply Apply(this IStateMachine store, Command command)
    {
        var result = new WireWriter();
        store.Execute(command.Encode().Span, result.Buffer);
        return KeyValueCodec.ReadResult(command, result.WrittenMemory);
    }

    public static byte[] Snapshot(this IStateMachine store)
    {
        var writer = new WireWriter();
        store.WriteSnapshot(writer.Buffer);
        return writer.ToArray();
    }
}
