using Paxi.Actors.Journal;

namespace Paxi.TestKit.World;

/// <summary>
/// One table: pairs in the order of their keys' bytes, in one array. Appending at the end and cutting off a range are cheap,
/// which is what logs do.
/// </summary>
internal sealed class DiskTable
{
    private readonly List<KeyValuePair<byte[], byte[]>> _pairs = [];

    public int Count => _pairs.Count;

    public void Apply(in JournalWrite write)
    {
        var index = Find(write.Key.Span, out var isThere);
        switch (write.Kind)
        {
            case JournalWriteKind.Put when isThere:
                _pairs[index] = new(_pairs[index].Key, write.Value.ToArray());
                break;
            case JournalWriteKind.Put:
                _pairs.Insert(index, new(write.Key.ToArray(), write.Value.ToArray()));
                break;
            case JournalWriteKind.Delete when isThere:
                _pairs.RemoveAt(index);
                break;
            case JournalWriteKind.Delete:
                break;
            case JournalWriteKind.DeleteRange:
                _pairs.RemoveRange(index, Math.Max(0, Find(write.Value.Span, out _) - index));
                break;
            default:
                throw new ArgumentException($"the kind {write.Kind} is not a journal write", nameof(write));
        }
    }

    /// <summary>A copy, so that the reader may write meanwhile; the arrays are shared and never changed.</summary>
    public KeyValuePair<byte[], byte[]>[] ReadFrom(ReadOnlySpan<byte> key)
    {
        var index = Find(key, out _);
        return [.. _pairs.GetRange(index, _pairs.Count - index)];
    }

    private int Find(ReadOnlySpan<byte> key, out bool isThere)
    {
        var (low, high) = (0, _pairs.Count);
        if (high > 0 && _pairs[high - 1].Key.AsSpan().SequenceCompareTo(key) < 0)
        {
            isThere = false;
            return high;
        }

        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_pairs[middle].Key.AsSpan().SequenceCompareTo(key) < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        isThere = low < _pairs.Count && _pairs[low].Key.AsSpan().SequenceEqual(key);
        return low;
    }
}
