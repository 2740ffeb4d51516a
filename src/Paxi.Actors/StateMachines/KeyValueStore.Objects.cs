using System.Buffers;
using System.Globalization;
using Paxi.Actors.Wire;

namespace Paxi.Actors.StateMachines;

// The objects of the store are its keys. The state of one:
//
//   object := versions, as in the snapshot; nothing when the key is absent
public sealed partial class KeyValueStore : IObjectStateMachine
{
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

    public void WriteObject(ObjectKey key, IBufferWriter<byte> state)
    {
        if (Find(key.Span) is { } versions)
        {
            WriteVersions(state, versions);
        }
    }

    public void ReadObject(ObjectKey key, ReadOnlyMemory<byte> state)
    {
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
