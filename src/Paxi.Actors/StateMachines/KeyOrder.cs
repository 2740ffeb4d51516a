using System.Buffers.Binary;

namespace Paxi.Actors.StateMachines;

/// <summary>Sorts pairs by the unsigned bytes of their keys.</summary>
internal static class KeyOrder
{
    /// <summary>
    /// First by the first eight bytes as one number, which a sort of plain numbers does fast; then whatever is equal so far, whole.
    /// </summary>
    public static void Sort<T>(KeyValuePair<byte[], T>[] keys)
    {
        var prefixes = new ulong[keys.Length];
        for (var index = 0; index < keys.Length; index++)
        {
            prefixes[index] = Prefix(keys[index].Key);
        }

        Array.Sort(prefixes, keys);
        for (int start = 0, end; start < keys.Length; start = end)
        {
            for (end = start + 1; end < keys.Length && prefixes[end] == prefixes[start];)
            {
                end++;
            }

            if (end - start > 1)
            {
                keys.AsSpan(start, end - start).Sort(static (left, right) => left.Key.AsSpan().SequenceCompareTo(right.Key));
            }
        }
    }

    /// <summary>A short key is filled up with zeros: it is then equal to or below what it is a prefix of.</summary>
    private static ulong Prefix(ReadOnlySpan<byte> key)
    {
        if (key.Length >= sizeof(ulong))
        {
            return BinaryPrimitives.ReadUInt64BigEndian(key);
        }

        Span<byte> padded = stackalloc byte[sizeof(ulong)];
        padded.Clear();
        key.CopyTo(padded);
        return BinaryPrimitives.ReadUInt64BigEndian(padded);
    }
}
