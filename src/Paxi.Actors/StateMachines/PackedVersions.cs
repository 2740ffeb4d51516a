namespace Paxi.Actors.StateMachines;

/// <summary>
/// The versions of one key in one array, the newest first: <c>(length varint, value)*</c>. This is what nearly every key has: one
/// object a key, however many versions, keeps a large store small and the garbage collector's marking short. A write moves or copies all of the array, so
/// it holds more than one version only up to <see cref="MaxBytes"/>; past that the key has <see cref="KeyVersions"/>.
/// </summary>
internal static class PackedVersions
{
    /// <summary>The most bytes of an array with more than one version.</summary>
    public const int MaxBytes = 1024;

    /// <summary>One version.</summary>
    public static byte[] Of(ReadOnlySpan<byte> value) => Add([], 0, value);

    /// <summary>
    /// The versions with one more, of all of them the newest; null when they do not fit. In the same array where that is as long as before: so it is for values of one length that are written
    /// again and again, and then nothing is left behind for the garbage collector.
    /// </summary>
    /// <param name="versions">Not to be used any more unless null comes back.</param>
    public static byte[]? TryAdd(byte[] versions, ReadOnlySpan<byte> value, int maxVersions)
    {
        if (value.Length + versions.Length > MaxBytes)
        {
            return null;
        }

        var kept = 0;
        for (var left = maxVersions - 1; left > 0 && kept < versions.Length; left--)
        {
            Next(versions, ref kept);
        }

        return Add(versions, kept, value);
    }

    /// <summary>The newest version; there must be one.</summary>
    public static ReadOnlySpan<byte> Newest(ReadOnlySpan<byte> versions)
    {
        var position = 0;
        return Next(versions, ref position);
    }

    /// <summary>How many versions.</summary>
    public static int Count(ReadOnlySpan<byte> versions)
    {
        var count = 0;
        for (var position = 0; position < versions.Length; count++)
        {
            Next(versions, ref position);
        }

        return count;
    }

    /// <summary>The version that begins at <paramref name="position"/>, which moves behind it.</summary>
    public static ReadOnlySpan<byte> Next(ReadOnlySpan<byte> versions, scoped ref int position)
    {
        var length = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = versions[position++];
            length |= (next & 0x7F) << shift;
            if (next < 0x80)
            {
                position += length;
                return versions.Slice(position - length, length);
            }
        }
    }

    private static byte[] Add(byte[] versions, int kept, ReadOnlySpan<byte> newest)
    {
        Span<byte> head = stackalloc byte[BufferWriting.MaxVarUIntBytes];
        head = head[..BufferWriting.PutVarUInt(head, (ulong)newest.Length)];
        var added = head.Length + newest.Length;
        var all = added + kept == versions.Length ? versions : GC.AllocateUninitializedArray<byte>(added + kept);
        versions.AsSpan(0, kept).CopyTo(all.AsSpan(added));
        head.CopyTo(all);
        newest.CopyTo(all.AsSpan(head.Length));
        return all;
    }
}
