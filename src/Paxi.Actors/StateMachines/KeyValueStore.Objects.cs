using System.Buffers;
using System.Globalization;
using System.Text.Unicode;
using Paxi.Actors.Wire;

namespace Paxi.Actors.StateMachines;

// The objects of the store are its keys. The state of one:
//
//   object := versions, as in the snapshot; nothing when the key is absent
public sealed partial class KeyValueStore : IObjectStateMachine
{
    /// <inheritdoc/>
    public void ListObjects(ReadOnlySpan<byte> command, ICollection<ObjectKey> objects)
    {
        var reader = new KeyValueReader(command);
        if (!reader.IsTransaction)
        {
            // The second call checks that nothing follows.
            reader.Next();
            var key = new ObjectKey(reader.Key);
            reader.Next();
            objects.Add(key);
            return;
        }

        var keys = new SortedSet<ObjectKey>();
        while (reader.Next())
        {
            keys.Add(new ObjectKey(reader.Key));
        }

        foreach (var key in keys)
        {
            objects.Add(key);
        }
    }

    /// <inheritdoc/>
    public void WriteObject(ObjectKey key, IBufferWriter<byte> state)
    {
        if (Find(key.Span) is { } versions)
        {
            WriteVersions(state, versions);
        }
    }

    /// <inheritdoc/>
    public void ReadObject(ObjectKey key, ReadOnlyMemory<byte> state)
    {
        if (key.Length is 0 or > MaxKeyBytes || !Utf8.IsValid(key.Span))
        {
            // Of no command of the store; such an object is always absent.
            if (!state.IsEmpty)
            {
                throw new WireFormatException("an object of the store is a key: UTF-8 within the limit");
            }

            return;
        }

        if (state.IsEmpty)
        {
            _keys.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(key.Span);
            return;
        }

        var reader = new WireReader(state);
        var versions = ReadVersions(ref reader);
        if (!reader.End)
        {
            throw new WireFormatException(string.Create(CultureInfo.InvariantCulture, $"{reader.Remaining} bytes after the versions of an object"));
        }

        Slot(key.Span) = versions;
    }
}
