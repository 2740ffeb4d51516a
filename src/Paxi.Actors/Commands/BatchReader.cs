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

    /// <summary>Whose commands the block holds.</summary>
    public ulong Session { get; private set; }

    /// <summary>The session's lowest outstanding sequence number: everything below it was answered.</summary>
    public long Lowest { get; private set; }

    /// <summary>How many commands the block holds.</summary>
    public int Count { get; private set; }

    /// <summary>The command's number in its session, from 1.</summary>
    public long Sequence { get; private set; }

    /// <summary>The command in the encoding of the state machine; a slice of the batch. Empty: it opens the session.</summary>
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
    public static bool TryValidate(Batch block, [NotNullWhen(false)] out string? error) => TryValidate(block, isOne: true, out error);

    /// <summary>Whether this is one such block or several, with as many commands together as the batch says.</summary>
    public static bool TryValidateBlocks(Batch batch, [NotNullWhen(false)] out string? error) => TryValidate(batch, isOne: false, out error);

    private static bool TryValidate(Batch batch, bool isOne, out string? error)
    {
        try
        {
            error = Fault(batch, isOne);
        }
        catch (WireFormatException fault)
        {
            error = fault.Message;
        }

        return error is null;
    }

    private static string? Fault(Batch batch, bool isOne)
    {
        var (blocks, commands) = (0, 0L);
        for (var reader = new BatchReader(batch); reader.NextBlock(); blocks++, commands += reader.Count)
        {
            if (blocks > 0 && isOne)
            {
                return "more than one block in a request";
            }

            if (reader.Count is 0 or > MaxCommandsPerBlock || reader.Lowest < 1 || (isOne && reader.Count != batch.Count))
            {
                return $"a block of {reader.Count} commands in a batch of {batch.Count}, lowest {reader.Lowest}";
            }

            for (var last = reader.Lowest - 1; reader.NextCommand(); last = reader.Sequence)
            {
                if (reader.Sequence <= last)
                {
                    return $"sequence number {reader.Sequence} after {last}";
                }
            }
        }

        return blocks == 0 ? "a request without a command" : commands != batch.Count ? $"{commands} commands in a batch of {batch.Count}" : null;
    }
}
