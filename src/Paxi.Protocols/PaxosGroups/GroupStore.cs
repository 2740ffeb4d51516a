using Paxi.Actors.Journal;

namespace Paxi.Protocols.PaxosGroups;

/// <summary>The journal as the roles of one group see it. Its tables are those of Multi-Paxos; a key stands behind a byte for the group.</summary>
internal sealed class GroupStore(byte group, IJournalStore store) : IJournalStore
{
    public bool IsVolatile => store.IsVolatile;

    public IEnumerable<KeyValuePair<byte[], byte[]>> Read(byte table, ReadOnlyMemory<byte> from = default)
    {
        foreach (var (key, value) in store.Read(table, KeyOf(group, from)))
        {
            if (key[0] != group)
            {
                break;
            }

            yield return new(key[1..], value);
        }
    }

    public void Commit(IReadOnlyList<JournalWrite> writes, Action<JournalException?> done) => store.Commit(Of(group, writes), done);

    /// <summary>The writes of the group's roles as the journal takes them.</summary>
    public static JournalWrite[] Of(byte group, IReadOnlyList<JournalWrite> writes)
    {
        var all = new JournalWrite[writes.Count];
        for (var index = 0; index < all.Length; index++)
        {
            var write = writes[index];
            all[index] = write with
            {
                Key = KeyOf(group, write.Key),
                Value = write.Kind == JournalWriteKind.DeleteRange ? KeyOf(group, write.Value) : write.Value,
            };
        }

        return all;
    }

    /// <summary>It belongs to the replica.</summary>
    public void Dispose()
    {
    }

    private static byte[] KeyOf(byte group, ReadOnlyMemory<byte> key)
    {
        var all = new byte[1 + key.Length];
        all[0] = group;
        key.Span.CopyTo(all.AsSpan(1));
        return all;
    }
}
