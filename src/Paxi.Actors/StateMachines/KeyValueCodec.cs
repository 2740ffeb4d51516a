using System.Text;
using Paxi.Actors.Clients;
using Paxi.Actors.Wire;

namespace Paxi.Actors.StateMachines;

/// <summary>
/// The key-value store's commands and results as bytes; what a client writes and <see cref="KeyValueStore"/> reads, and back.
/// </summary>
public static class KeyValueCodec
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The command's body.</summary>
    /// <exception cref="InvalidCommandException">A key or value over its limit; the message says which. Nothing was written.</exception>
    public static void Write(Command command, WireWriter writer)
    {
        switch (command)
        {
            case KeyCommand single:
                Validate(single);
                WriteSingle(single, writer);
                break;
            case Transact transaction:
                WriteTransaction(transaction, writer);
                break;
            case Invoke { Body.IsEmpty: false } invoke:
                writer.Raw(invoke.Body.Span);
                break;
            case Invoke:
                throw new InvalidCommandException("a command has at least one byte");
            default:
                throw new InvalidCommandException($"{command.GetType().Name} is not a command of the key-value store");
        }
    }

    /// <summary>Whether the command changes nothing.</summary>
    public static bool IsReadOnly(Command command) => command switch
    {
        Get or GetHistory => true,
        Invoke invoke => invoke.IsReadOnly,
        Transact transaction => AllReads(transaction.Commands),
        _ => false,
    };

    /// <summary>
    /// The reply (<see cref="Outcome.Done"/>, without slot and ballot) that a result stands for. Its values are slices of the result.
    /// </summary>
    /// <exception cref="WireFormatException">The bytes are no result of this command.</exception>
    public static Reply ReadResult(Command command, ReadOnlyMemory<byte> result)
    {
        if (command is Invoke)
        {
            return new Reply { Outcome = Outcome.Done, Value = result };
        }

        var reader = new WireReader(result);
        var reply = command is Transact transaction
            ? new Reply { Outcome = Outcome.Done, Parts = ReadParts(transaction, ref reader) }
            : ReadSingle(command, ref reader);
        return reader.End
            ? reply
            : throw new WireFormatException($"{reader.Remaining} bytes after the result of a {command.GetType().Name}");
    }

    private static void Validate(KeyCommand command)
    {
        _ = OperationOf(command);
        var bytes = 0;
        try
        {
            bytes = Utf8.GetByteCount(command.Key);
        }
        catch (EncoderFallbackException)
        {
            throw new InvalidCommandException("a key is Unicode text; this one has half a surrogate pair");
        }

        if (bytes is 0 or > KeyValueStore.MaxKeyBytes)
        {
            throw new InvalidCommandException(KeyValueLimits.Key(bytes));
        }

        var (value, expected) = Operands(command);
        var longest = Math.Max(value.Length, expected.GetValueOrDefault().Length);
        if (longest > KeyValueStore.MaxValueBytes)
        {
            throw new InvalidCommandException(KeyValueLimits.Value(longest));
        }
    }

    private static void WriteTransaction(Transact transaction, WireWriter writer)
    {
        var commands = transaction.Commands;
        if (commands.Count is 0 or > KeyValueStore.MaxTransactionCommands)
        {
            throw new InvalidCommandException(KeyValueLimits.CommandCount(commands.Count));
        }

        var size = 3L;
        foreach (var command in commands)
        {
            if (command is GetHistory)
            {
                throw new InvalidCommandException("a transaction holds get, set, delete and compare-and-set, no history");
            }

            Validate(command);
            size += Size(command);
        }

        if (size > KeyValueStore.MaxTransactionBytes)
        {
            throw new InvalidCommandException(KeyValueLimits.TransactionBytes(size));
        }

        writer.Byte((byte)KeyValueOperation.Transaction);
        writer.VarInt(commands.Count);
        foreach (var command in commands)
        {
            WriteSingle(command, writer);
        }
    }

    private static void WriteSingle(KeyCommand command, WireWriter writer)
    {
        writer.Byte((byte)OperationOf(command));
        writer.Text(command.Key);
        switch (command)
        {
            case Set set:
                writer.Bytes(set.Value.Span);
                break;
            case CompareAndSet swap:
                writer.Bool(swap.Expected is not null);
                if (swap.Expected is { } expected)
                {
                    writer.Bytes(expected.Span);
                }

                writer.Bytes(swap.Value.Span);
                break;
        }
    }

    private static KeyValueOperation OperationOf(KeyCommand command) => command switch
    {
        Get => KeyValueOperation.Get,
        Set => KeyValueOperation.Set,
        Delete => KeyValueOperation.Delete,
        CompareAndSet => KeyValueOperation.CompareAndSet,
        GetHistory => KeyValueOperation.History,
        _ => throw new InvalidCommandException($"{command.GetType().Name} is not a command of the key-value store"),
    };

    private static (ReadOnlyMemory<byte> Value, ReadOnlyMemory<byte>? Expected) Operands(KeyCommand command) => command switch
    {
        Set set => (set.Value, null),
        CompareAndSet swap => (swap.Value, swap.Expected),
        _ => default,
    };

    /// <summary>At least as many bytes as it will take: each length takes at most three.</summary>
    private static long Size(KeyCommand command)
    {
        var (value, expected) = Operands(command);
        return 11L + Utf8.GetByteCount(command.Key) + value.Length + expected.GetValueOrDefault().Length;
    }

    private static bool AllReads(IReadOnlyList<KeyCommand> commands)
    {
        foreach (var command in commands)
        {
            if (!IsReadOnly(command))
            {
                return false;
            }
        }

        return true;
    }

    private static Reply[] ReadParts(Transact transaction, ref WireReader reader)
    {
        var parts = new Reply[transaction.Commands.Count];
        for (var index = 0; index < parts.Length; index++)
        {
            parts[index] = ReadSingle(transaction.Commands[index], ref reader);
        }

        return parts;
    }

    private static Reply ReadSingle(Command command, ref WireReader reader)
    {
        if (command is GetHistory)
        {
            return new Reply { Outcome = Outcome.Done, Versions = ReadVersions(ref reader) };
        }

        var swapped = command is CompareAndSet && reader.Bool();
        return new Reply { Outcome = Outcome.Done, Swapped = swapped, Value = ReadOptional(ref reader) };
    }

    private static ReadOnlyMemory<byte>? ReadOptional(ref WireReader reader)
    {
        // Not a conditional: null would become an empty value by the conversion from arrays.
        if (!reader.Bool())
        {
            return null;
        }

        return reader.Bytes();
    }

    private static ReadOnlyMemory<byte>[] ReadVersions(ref WireReader reader)
    {
        var versions = new ReadOnlyMemory<byte>[reader.Count()];
        for (var index = versions.Length - 1; index >= 0; index--)
        {
            versions[index] = reader.Bytes();
        }

        return versions;
    }
}
