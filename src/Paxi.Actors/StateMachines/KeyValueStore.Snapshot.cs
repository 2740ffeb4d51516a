using System.Buffers;
using System.Globalization;
using System.Text.Unicode;
using Paxi.Actors.Wire;

namespace Paxi.Actors.StateMachines;

// The snapshot: every key with its versions, by the bytes of the key, so that equal stores write equal bytes.
//
//   snapshot := count varint, (key, versions){count}
//   versions := count varint from 1, value{count}, the oldest first
public sealed partial class KeyValueStore
{
    /// <summary>A key of one byte, one version of no byte: their lengths, the count and the key.</summary>
    private const int MinKeySnapshotBytes = 4;

    public void WriteSnapshot(IBufferWriter<byte> snapshot)
    {
        var keys = new byte[_keys.Count][];
        _keys.Keys.CopyTo(keys, 0);
        KeyOrder.Sort(keys);
        snapshot.WriteVarUInt((ulong)keys.Length);
        foreach (var key in keys)
        {
            snapshot.WriteBytes(key);
            WriteVersions(snapshot, _keys[key]);
        }
    }

    /// <summary>Keeps the newest <see cref="MaxVersions"/> of a snapshot that has more.</summary>
    /// <exception cref="WireFormatException">The bytes are no snapshot; the store is as it was.</exception>
    public void ReadSnapshot(ReadOnlyMemory<byte> snapshot)
    {
        var reader = new WireReader(snapshot);
        var count = reader.Count(MinKeySnapshotBytes);
        var keys = new Dictionary<byte[], object>(count, KeyComparer.Instance);
        ReadOnlySpan<byte> last = default;
        for (; count > 0; count--)
        {
            var key = reader.Bytes().Span;
            if (key.Length is 0 or > MaxKeyBytes || key.SequenceCompareTo(last) <= 0 || !Utf8.IsValid(key))
            {
                throw new WireFormatException("a snapshot's keys are UTF-8 within the limit and ascend");
            }

            keys.Add(key.ToArray(), ReadVersions(ref reader));
            last = key;
        }

        if (!reader.End)
        {
            throw new WireFormatException(string.Create(CultureInfo.InvariantCulture, $"{reader.Remaining} bytes after the last key of a snapshot"));
        }

        _keys = keys;
    }

    private object ReadVersions(ref WireReader reader)
    {
        object? versions = null;
        var count = reader.Count();
        for (var left = count; left > 0; left--)
        {
            var value = reader.Bytes();
            if (value.Length > MaxValueBytes)
            {
                throw new WireFormatException(KeyValueLimits.Value(value.Length));
            }

            Put(ref versions, value.Span);
        }

        return versions ?? throw new WireFormatException("a key without a version");
    }
}
