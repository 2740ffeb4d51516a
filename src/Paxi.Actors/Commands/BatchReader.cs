using System.Diagnostics.CodeAnalysis;
using Paxi.Actors.Wire;

namespace Paxi.Actors.Commands;

/// <summary>
/// Walks a batch: <see cref="NextBlock"/>, then <see cref="NextCommand"/> until it is false, and so on. The batch must be well formed; what
/// comes from outside is checked once, by <see cref="TryValidate"/>.
/// </summary>
public ref struct BatchReader(Batch batch)
{
    /// <summary>The most commands that a block may hold.</summary>
    public const int MaxCommandsPerBlock = 65_536;

    private WireReader _reader = new(batch.Payload);
    private int _commandsLeft;

    /// <summary>Of the block.</summary>
    public ulong Session { get; private set; }

    /// <summary>The session's lowest outstanding sequence number: everything below it was answered.</summary>
    public long Lowest { get; private set; }

    /// <summary>How many commands the block holds.</summary>
    public int Count { get; private set; }

    /// <summary>Of the command.</summary>
    public long Sequence { get; private set; }

    /// <summary>Of the command; a slice of the batch.</summary>
    public ReadOnlyMemory<byte> Body { get; private set; }

    /// <summary>Moves to the next block, passing over what is left of this one; false at the end.</summary>
    public bool NextBlock()
    {
        while (NextCommand())
        {
        }

        if (_reader.End)
        {
            return false;
        }

        Session = _reader.UInt64();
        Lowest = _reader.VarInt();
        Count = _reader.Count(2);
        _commandsLeft = Count;
        return true;
    }

    /// <summary>Moves to the next command of the block; false at its end.</summary>
    public bool NextCommand()
    {
        if (_commandsLeft == 0)
        {
            return false;
        }

        _commandsLeft--;
        Sequence = _reader.VarInt();
        Body = _reader.Bytes();
        return true;
    }

    /// <summary>
    /// Whether this is exactly one block, with as many commands as the batch says and ascending sequence numbers, from the lowest on, which
    /// is 1 or more.
    /// </summary>
    public static bool TryValidate(Batch block, [NotNullWhen(false)] out string? error)
    {
        error = null;
        try
        {
            error = Fault(block);
        }
        catch (WireFormatException fault)
        {
            error = fault.Message;
        }

        return error is null;
    }

    private static string? Fault(Batch block)
    {
        var reader = new BatchReader(block);
        if (!reader.NextBlock())
        {
            return "a request without a command";
        }

        if (reader.Count != block.Count || reader.Count is 0 or > MaxCommandsPerBlock || reader.Lowest < 1)
        {
            return $"a block of {reader.Count} commands in a batch of {block.Count}, lowest {reader.Lowest}";
        }

        for (var last = reader.Lowest - 1; reader.NextCommand(); last = reader.Sequence)
        {
            if (reader.Sequence <= last)
            {
                return $"sequence number {reader.Sequence} after {last}";
            }
        }

        return reader.NextBlock() ? "more than one block in a request" : null;
    }
}
