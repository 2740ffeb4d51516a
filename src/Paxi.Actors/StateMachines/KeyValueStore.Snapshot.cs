using System.Buffers;
using System.Globalization;
using System.Text.Unicode;
using Paxi.Actors.Wire;

namespace Paxi.Actors.StateMachines;

// The snapshot: every key with its versions, by the bytes of the key, so that equal stores write equal bytes.
//
//   snapshot := count varint, (key, versions){count}
//   versions := count varint from 1, value{count}, the newest first
public sealed partial class KeyValueStore
{
    /// <summary>A key of one byte, one version of no byte: their lengths, the count and the key.</summary>
    private const int MinKeySnapshotBytes = 4;

    /// <inheritdoc/>
    public void WriteSnapshot(IBufferWriter<byte> snapshot)
    {
        var keys = new KeyValuePair<byte[], object>[_keys.Count];
        ((ICollection<KeyValuePair<byte[], object>>)_keys).CopyTo(keys, 0);
        KeyOrder.Sort(keys);
        snapshot.WriteVarUInt((ulong)keys.Length);
        foreach (var (key, versions) in keys)
        {
            snapshot.WriteBytes(key);
            WriteVersions(snapshot, versions);
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
            throw new WireFormatException(string.Create(
                CultureInfo.InvariantCulture, $"{reader.Remaining} bytes after the last key of a snapshot"));
        }

        _keys = keys;
    }

    private object ReadVersions(ref WireReader reader)
    {
        var count = reader.Count();
        var all = reader;
        var kept = 0;
        for (var index = 0; index < count; index++)
        {
            if (reader.Bytes().Length > MaxValueBytes)
            {
                throw new WireFormatException(KeyValueLimits.Value(MaxValueBytes + 1));
            }

            kept = index < MaxVersions ? reader.Position : kept;
        }

        if (count == 0)
        {
            throw new WireFormatException("a key without a version");
        }

        var packed = all.Raw(kept - all.Position);
        if (count == 1 || MaxVersions == 1 || packed.Length <= PackedVersions.MaxBytes)
        {
            return packed.ToArray();
        }

        var ring = new KeyVersions(packed.Span);
        ring.Trim(MaxVersions, MaxHistoryBytes);
        return ring;
    }
}
