namespace Paxi.Actors.StateMachines;

/// <summary>
/// The versions of one key in one immutable array, the newest first: <c>(length varint, value)*</c>. This is what nearly every key has: one
/// object a key, however many versions, keeps a large store small and the garbage collector's marking short. A write copies the array, so
/// it holds more than one version only up to <see cref="MaxBytes"/>; past that the key has <see cref="KeyVersions"/>.
/// </summary>
internal static class PackedVersions
{
    /// <summary>The most bytes of an array with more than one version.</summary>
    public const int MaxBytes = 1024;

    /// <summary>One version.</summary>
    public static byte[] Of(ReadOnlySpan<byte> value) => Join(value, default);

    /// <summary>The versions with one more, of all of them the newest; null when they do not fit.</summary>
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

        return Join(value, versions.AsSpan(0, kept));
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

    private static byte[] Join(ReadOnlySpan<byte> newest, ReadOnlySpan<byte> older)
    {
        Span<byte> head = stackalloc byte[BufferWriting.MaxVarUIntBytes];
        head = head[..BufferWriting.PutVarUInt(head, (ulong)newest.Length)];
        var versions = GC.AllocateUninitializedArray<byte>(head.Length + newest.Length + older.Length);
        head.CopyTo(versions);
        newest.CopyTo(versions.AsSpan(head.Length));
        older.CopyTo(versions.AsSpan(head.Length + newest.Length));
        return versions;
    }
}
