using System.Buffers.Binary;
using System.Numerics;

namespace Paxi.Actors.Journal;

/// <summary>
/// How a pair of a table lies in the one ordered key space of the disk: the key after a byte for the table; the value after four bytes of CRC-32C over
/// table, key and value. The checksum is our own, on top of those of the storage engine: it also covers what the engine holds in memory on the way.
/// </summary>
internal static class JournalRecord
{
    internal const int ChecksumLength = 4;

    /// <summary>The key of the store's own record of commits: table 0, no key. No other record of table 0 may have an empty key.</summary>
    internal static readonly byte[] CommitsKey = [0];

    internal static byte[] Key(byte table, ReadOnlySpan<byte> key)
    {
        var stored = new byte[key.Length + 1];
        stored[0] = table;
        key.CopyTo(stored.AsSpan(1));
        return stored;
    }

    internal static byte[] Value(ReadOnlySpan<byte> storedKey, ReadOnlySpan<byte> value)
    {
        var stored = new byte[ChecksumLength + value.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(stored, Checksum(storedKey, value));
        value.CopyTo(stored.AsSpan(ChecksumLength));
        return stored;
    }

    /// <summary>False when the stored value is not what was written under this key.</summary>
    internal static bool TryValue(ReadOnlySpan<byte> storedKey, ReadOnlySpan<byte> stored, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (stored.Length < ChecksumLength)
        {
            return false;
        }

        value = stored[ChecksumLength..];
        return BinaryPrimitives.ReadUInt32LittleEndian(stored) == Checksum(storedKey, value);
    }

    internal static uint Checksum(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) =>
        ~Crc32C(Crc32C(uint.MaxValue, first), second);

    /// <summary>Checks what no store can keep apart from its own records.</summary>
    /// <exception cref="ArgumentException">A write of table 0 without a key.</exception>
    internal static void Validate(IReadOnlyList<JournalWrite> writes)
    {
        for (var index = 0; index < writes.Count; index++)
        {
            var write = writes[index];
            if (write.Table == 0 && write.Key.IsEmpty && write.Kind != JournalWriteKind.DeleteRange)
            {
                throw new ArgumentException("the empty key of table 0 belongs to the journal itself", nameof(writes));
            }
        }
    }

    /// <summary>Bytes of keys and values.</summary>
    internal static long Size(IReadOnlyList<JournalWrite> writes)
    {
        var size = 0L;
        for (var index = 0; index < writes.Count; index++)
        {
            size += writes[index].Key.Length + writes[index].Value.Length;
        }

        return size;
    }

    private static uint Crc32C(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return crc;
    }
}
