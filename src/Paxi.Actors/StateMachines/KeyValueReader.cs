using System.Globalization;
using System.Text.Unicode;

namespace Paxi.Actors.StateMachines;

/// <summary>The first byte of a command of the key-value store.</summary>
internal enum KeyValueOperation : byte
{
    Get = 1,
    Set = 2,
    Delete = 3,
    CompareAndSet = 4,
    History = 5,
    Transaction = 6,
}

/// <summary>
/// Walks a command of the key-value store and checks every limit.
/// <code>
/// command     := single | transaction
/// single      := get | set | delete | cas | history
/// get         := 1 key
/// set         := 2 key value
/// delete      := 3 key
/// cas         := 4 key expected value
/// history     := 5 key
/// transaction := 6 count varint, (get | set | delete | cas){count}
/// expected    := 0 (absent) | 1 value
/// key, value  := length varint, byte{length}
/// </code>
/// </summary>
internal ref struct KeyValueReader
{
    private readonly ReadOnlySpan<byte> _input;
    private int _position;
    private int _left;

    /// <summary>Reads the head of the command; the parts follow by <see cref="Next"/>.</summary>
    /// <exception cref="InvalidCommandException">As all methods here: the bytes are no command, or over a limit.</exception>
    public KeyValueReader(ReadOnlySpan<byte> input)
    {
        _input = input;
        IsTransaction = input.Length > 0 && input[0] == (byte)KeyValueOperation.Transaction;
        if (!IsTransaction)
        {
            _left = 1;
            return;
        }

        _position = 1;
        _left = Length(KeyValueStore.MaxTransactionCommands);
        Count = _left;
        if (Count == 0 || input.Length > KeyValueStore.MaxTransactionBytes)
        {
            throw new InvalidCommandException(
                Count == 0 ? KeyValueLimits.CommandCount(Count) : KeyValueLimits.TransactionBytes(input.Length));
        }
    }

    public bool IsTransaction { get; }

    /// <summary>How many commands the transaction holds.</summary>
    public int Count { get; }

    public KeyValueOperation Operation { get; private set; }

    public ReadOnlySpan<byte> Key { get; private set; }

    /// <summary>What a set or a compare-and-set writes.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>For a compare-and-set: false when the key must be absent.</summary>
    public bool ExpectsValue { get; private set; }

    public ReadOnlySpan<byte> Expected { get; private set; }

    /// <summary>Reads the next single command; false at the end.</summary>
    public bool Next()
    {
        if (_left == 0)
        {
            return _position == _input.Length ? false : throw Malformed();
        }

        _left--;
        Operation = (KeyValueOperation)Byte();
        var known = Operation is >= KeyValueOperation.Get and <= KeyValueOperation.CompareAndSet
            || (Operation == KeyValueOperation.History && !IsTransaction);
        if (!known)
        {
            throw new InvalidCommandException(string.Create(CultureInfo.InvariantCulture,
                $"{(byte)Operation} is not a command of the key-value store{(IsTransaction ? " that a transaction may hold" : "")}"));
        }

        Key = ReadKey();
        if (Operation is KeyValueOperation.Set or KeyValueOperation.CompareAndSet)
        {
            ReadOperands();
        }

        return true;
    }

    /// <summary>Reads all the rest, for the checks alone.</summary>
    public void Validate()
    {
        while (Next())
        {
        }
    }

    private void ReadOperands()
    {
        if (Operation == KeyValueOperation.CompareAndSet)
        {
            var flag = Byte();
            ExpectsValue = flag == 1 || (flag == 0 ? false : throw Malformed());
            Expected = ExpectsValue ? ReadValue() : default;
        }

        Value = ReadValue();
    }

    private ReadOnlySpan<byte> ReadKey()
    {
        var length = Length(KeyValueStore.MaxKeyBytes);
        var key = Take(length);
        if (length == 0 || !Utf8.IsValid(key))
        {
            throw new InvalidCommandException(length == 0 ? KeyValueLimits.Key(length) : "a key is UTF-8 text; this one is not");
        }

        return key;
    }

    private ReadOnlySpan<byte> ReadValue() => Take(Length(KeyValueStore.MaxValueBytes));

    private byte Byte() => Take(1)[0];

    private int Length(int limit)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value <= (ulong)limit ? (int)value : throw Over(value, limit);
            }
        }

        throw Malformed();
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _input.Length - _position)
        {
            throw Malformed();
        }

        _position += length;
        return _input.Slice(_position - length, length);
    }

    private static InvalidCommandException Over(ulong value, int limit) => new(limit switch
    {
        KeyValueStore.MaxKeyBytes => KeyValueLimits.Key((long)value),
        KeyValueStore.MaxValueBytes => KeyValueLimits.Value((long)value),
        _ => KeyValueLimits.CommandCount((long)value),
    });

    private static InvalidCommandException Malformed() => new("the bytes are no command of the key-value store");
}

/// <summary>What is said of a command over a limit; the same on the client's side and in the store.</summary>
internal static class KeyValueLimits
{
    public static string Key(long bytes) => string.Create(CultureInfo.InvariantCulture,
        $"a key has 1 to {KeyValueStore.MaxKeyBytes} bytes of UTF-8; this one has {bytes}");

    public static string Value(long bytes) => string.Create(CultureInfo.InvariantCulture,
        $"a value has at most {KeyValueStore.MaxValueBytes} bytes; this one has {bytes}");

    public static string CommandCount(long count) => string.Create(CultureInfo.InvariantCulture,
        $"a transaction has 1 to {KeyValueStore.MaxTransactionCommands} commands; this one has {count}");

    public static string TransactionBytes(long bytes) => string.Create(CultureInfo.InvariantCulture,
        $"a transaction has at most {KeyValueStore.MaxTransactionBytes} bytes; this one has {bytes}");

    public static string ResultBytes() => string.Create(CultureInfo.InvariantCulture,
        $"a transaction's results have at most {KeyValueStore.MaxTransactionBytes} bytes; these would have more, so nothing was done");
}
