using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Paxi.Actors.StateMachines;

/// <summary>
/// The multi-version key-value store. Each write makes a version. A delete makes the key absent and forgets its versions, so a history
/// begins with the first write after the key was last absent, and an absent key takes no memory. Of each key the newest
/// <see cref="MaxVersions"/> versions are kept, as long as they have <see cref="MaxHistoryBytes"/> together; the newest is always kept.
/// <para>
/// A transaction does its commands one after the other at one instant, each seeing what those before it wrote and reporting a result of its
/// own. A compare-and-set that does not find what it expects reports that it did not write; the others go on. A transaction that cannot be
/// read, or whose results would exceed <see cref="MaxTransactionBytes"/>, has no effect at all.
/// </para>
/// <code>
/// result             := get | write | swap | history | transaction, by the command
/// get, write         := optional             (what was there before)
/// swap               := 0 | 1 (it wrote), optional
/// history            := versions
/// versions           := count varint, value{count}, the newest first
/// transaction        := (get | write | swap){as many as commands}
/// optional           := 0 (absent) | 1 value
/// value              := length varint, byte{length}
/// </code>
/// Commands are as in <see cref="KeyValueReader"/>.
/// </summary>
public sealed partial class KeyValueStore
{
    /// <summary>The most bytes of a key, in UTF-8.</summary>
    public const int MaxKeyBytes = 1024;

    /// <summary>The most bytes of a value.</summary>
    public const int MaxValueBytes = 1 << 20;

    /// <summary>Versions of a key that are kept where nothing else is said.</summary>
    public const int DefaultMaxVersions = 16;

    /// <summary>The most commands of a transaction.</summary>
    public const int MaxTransactionCommands = 256;

    /// <summary>The most bytes of a transaction, and of its results: each must fit a frame of the network.</summary>
    public const int MaxTransactionBytes = 2 << 20;

    /// <summary>The most bytes of one key's versions together: a history must fit a frame of the network.</summary>
    public const int MaxHistoryBytes = 2 << 20;

    private readonly ArrayBufferWriter<byte> _results = new();
    private readonly List<(byte[] Key, object? Before)> _undo = [];
    private Dictionary<byte[], object> _keys = new(KeyComparer.Instance);

    /// <param name="maxVersions">How many versions of a key are kept, at least 1; the same on every replica.</param>
    public KeyValueStore(int maxVersions = DefaultMaxVersions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxVersions, 1);
        MaxVersions = maxVersions;
    }

    /// <summary>How many versions of a key are kept, at most.</summary>
    public int MaxVersions { get; }

    /// <summary>How many keys have a value.</summary>
    public int Count => _keys.Count;

    /// <inheritdoc/>
    public void Execute(ReadOnlySpan<byte> command, IBufferWriter<byte> result)
    {
        var reader = new KeyValueReader(command);
        if (reader.IsTransaction)
        {
            reader.Validate();
            ExecuteTransaction(new KeyValueReader(command), result);
            return;
        }

        // The second call checks that nothing follows: before the effect.
        reader.Next();
        reader.Next();
        ExecuteSingle(in reader, result);
    }

    /// <inheritdoc/>
    public bool IsReadOnly(ReadOnlySpan<byte> command)
    {
        if (command.IsEmpty || (KeyValueOperation)command[0] != KeyValueOperation.Transaction)
        {
            return !command.IsEmpty && IsRead((KeyValueOperation)command[0]);
        }

        try
        {
            for (var reader = new KeyValueReader(command); reader.Next();)
            {
                if (!IsRead(reader.Operation))
                {
                    return false;
                }
            }

            return true;
        }
        catch (InvalidCommandException)
        {
            return false;
        }
    }

    /// <summary>
    /// True if some key is written by one and read or written by the other. Bytes that are no command conflict with everything.
    /// </summary>
    public bool Conflicts(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        try
        {
            for (var one = new KeyValueReader(left); one.Next();)
            {
                for (var other = new KeyValueReader(right); other.Next();)
                {
                    if (!(IsRead(one.Operation) && IsRead(other.Operation)) && one.Key.SequenceEqual(other.Key))
                    {
                        return true;
                    }
                }
            }

            return false;
        }
        catch (InvalidCommandException)
        {
            return true;
        }
    }

    private static bool IsRead(KeyValueOperation operation) => operation is KeyValueOperation.Get or KeyValueOperation.History;

    private void ExecuteSingle(in KeyValueReader command, IBufferWriter<byte> result)
    {
        switch (command.Operation)
        {
            case KeyValueOperation.Get:
                WriteNewest(result, Find(command.Key));
                break;
            case KeyValueOperation.Set:
                ref var slot = ref Slot(command.Key);
                WriteNewest(result, slot);
                Put(ref slot, command.Value);
                break;
            case KeyValueOperation.Delete:
                Delete(command.Key, result);
                break;
            case KeyValueOperation.CompareAndSet:
                CompareAndSet(in command, result);
                break;
            default:
                WriteVersions(result, Find(command.Key));
                break;
        }
    }

    private void Delete(ReadOnlySpan<byte> key, IBufferWriter<byte> result)
    {
        _keys.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(key, out _, out var before);
        WriteNewest(result, before);
    }

    private void CompareAndSet(in KeyValueReader command, IBufferWriter<byte> result)
    {
        var before = Find(command.Key);
        var matches = command.ExpectsValue
            ? before is not null && command.Expected.SequenceEqual(Newest(before))
            : before is null;
        result.WriteByte(matches ? (byte)1 : (byte)0);
        WriteNewest(result, before);
        if (matches)
        {
            Put(ref Slot(command.Key), command.Value);
        }
    }

    /// <summary>The command was read through once, so that only its results can still be too long; then all is undone.</summary>
    private void ExecuteTransaction(KeyValueReader reader, IBufferWriter<byte> result)
    {
        _results.ResetWrittenCount();
        _undo.Clear();
        while (reader.Next())
        {
            if (!IsRead(reader.Operation))
            {
                Remember(reader.Key);
            }

            ExecuteSingle(in reader, _results);
            if (_results.WrittenCount > MaxTransactionBytes)
            {
                Undo();
                throw new InvalidCommandException(KeyValueLimits.ResultBytes());
            }
        }

        _undo.Clear();
        result.Write(_results.WrittenSpan);
    }

    private void Remember(ReadOnlySpan<byte> key)
    {
        var before = Find(key);
        _undo.Add((key.ToArray(), before switch { null => null, KeyVersions ring => ring.Copy(), _ => Packed(before).Clone() }));
    }

    private void Undo()
    {
        for (var index = _undo.Count - 1; index >= 0; index--)
        {
            var (key, before) = _undo[index];
            if (before is null)
            {
                _keys.Remove(key);
            }
            else
            {
                _keys[key] = before;
            }
        }

        _undo.Clear();
    }

    /// <summary>The key's versions: null, packed, or a ring.</summary>
    private object? Find(ReadOnlySpan<byte> key) =>
        _keys.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out var versions) ? versions : null;

    /// <summary>Where the key's versions are or shall be; the caller fills a slot that it finds empty.</summary>
    private ref object? Slot(ReadOnlySpan<byte> key) =>
        ref CollectionsMarshal.GetValueRefOrAddDefault(_keys.GetAlternateLookup<ReadOnlySpan<byte>>(), key, out _);

    private void Put(ref object? slot, ReadOnlySpan<byte> value)
    {
        if (slot is KeyVersions ring)
        {
            ring.Add(value.ToArray(), MaxVersions, MaxHistoryBytes);
        }
        else if (slot is null || MaxVersions == 1)
        {
            slot = PackedVersions.Of(value);
        }
        else if (PackedVersions.TryAdd(Packed(slot), value, MaxVersions) is { } packed)
        {
            slot = packed;
        }
        else
        {
            ring = new KeyVersions(Packed(slot));
            ring.Add(value.ToArray(), MaxVersions, MaxHistoryBytes);
            slot = ring;
        }
    }

    /// <summary>A slot holds either a ring or the packed versions.</summary>
    private static byte[] Packed(object slot) => Unsafe.As<byte[]>(slot);

    private static ReadOnlySpan<byte> Newest(object versions) =>
        versions is KeyVersions ring ? ring.Newest : PackedVersions.Newest(Packed(versions));

    private static void WriteNewest(IBufferWriter<byte> writer, object? versions)
    {
        if (versions is null)
        {
            writer.WriteByte(0);
            return;
        }

        writer.WriteByte(1);
        writer.WriteBytes(Newest(versions));
    }

    private static void WriteVersions(IBufferWriter<byte> writer, object? versions)
    {
        if (versions is not KeyVersions ring)
        {
            var packed = versions is null ? [] : Packed(versions);
            writer.WriteVarUInt((ulong)PackedVersions.Count(packed));
            writer.Write(packed);
            return;
        }

        writer.WriteVarUInt((ulong)ring.Count);
        for (var index = ring.Count - 1; index >= 0; index--)
        {
            writer.WriteBytes(ring[index]);
        }
    }
}
