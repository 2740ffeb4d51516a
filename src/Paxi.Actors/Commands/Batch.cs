namespace Paxi.Actors.Commands;

/// <summary>
/// Commands that travel, are voted on and are executed together, in their encoded form: leaders, acceptors and journals never look inside.
/// <code>
/// batch   := block*
/// block   := session u64, lowest varint, count varint, command{count}
/// command := sequence varint, length varint, body{length}
/// </code>
/// <c>lowest</c> is the session's lowest outstanding sequence number: everything below it was answered and may be forgotten.
/// The body belongs to the state machine. A batch without commands is a no-op.
/// </summary>
public class Batch(int count, ReadOnlyMemory<byte> payload)
{
    /// <summary>Fills a slot in which nothing is to be executed.</summary>
    public static readonly Batch NoOp = new(0, default);

    /// <summary>How many commands, over all blocks.</summary>
    public int Count { get; } = count;

    /// <summary>The blocks, one after another.</summary>
    public ReadOnlyMemory<byte> Payload { get; } = payload;

    /// <summary>Whether there is no command in it.</summary>
    public bool IsNoOp => Count == 0;

    /// <summary>Some of its commands as a batch of their own. The part of a client's request is one still: the gateway can refuse it or pass it on.</summary>
    /// <param name="block">One block, of the session whose block this batch is.</param>
    public virtual Batch Part(Batch block) => block;

    /// <summary>Whether the other has the same commands, byte for byte.</summary>
    public bool ContentEquals(Batch other) => Count == other.Count && Payload.Span.SequenceEqual(other.Payload.Span);
}
