namespace Paxi.Actors.Journal;

/// <summary>
/// Where a replica keeps what must survive: ordered tables of byte keys and values, changed by atomic batches. Live: RocksDB; simulated: a
/// disk that fails; for experiments: memory. Not for concurrent callers.
/// </summary>
public interface IJournalStore : IDisposable
{
    /// <summary>True when nothing survives the process: <c>--journal memory</c>.</summary>
    bool IsVolatile { get; }

    /// <summary>Every durable pair of <paramref name="table"/> whose key is at or above <paramref name="from"/>, in the order of the keys (bytes, unsigned).</summary>
    /// <exception cref="JournalException">What was stored is damaged; the message names what and where.</exception>
    IEnumerable<KeyValuePair<byte[], byte[]>> Read(byte table, ReadOnlyMemory<byte> from = default);

    /// <summary>
    /// Applies all writes atomically and in order, syncs, then calls <paramref name="done"/> once: with null when they are durable, with the fault when
    /// they may not be. After a fault every later commit fails too. Commits finish in the order of their calls; <paramref name="done"/> may be called
    /// before this returns, or later, from another thread.
    /// </summary>
    void Commit(IReadOnlyList<JournalWrite> writes, Action<JournalException?> done);
}

/// <summary>One change of a table.</summary>
/// <param name="Kind">What happens to the key or range.</param>
/// <param name="Table">A small number that the protocol chooses; 0 belongs to the kernel.</param>
/// <param name="Key">The key; for a range the first key that goes.</param>
/// <param name="Value">The value of a put; for a range the first key that stays; else empty.</param>
public readonly record struct JournalWrite(JournalWriteKind Kind, byte Table, ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Value)
{
    /// <summary>Writes a pair, whether the key is there or not.</summary>
    public static JournalWrite Put(byte table, ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value) =>
        new(JournalWriteKind.Put, table, key, value);

    /// <summary>Takes a key away; nothing happens when it is not there.</summary>
    public static JournalWrite Delete(byte table, ReadOnlyMemory<byte> key) => new(JournalWriteKind.Delete, table, key, default);

    /// <summary>Takes away every key from <paramref name="from"/> on and below <paramref name="until"/>.</summary>
    public static JournalWrite DeleteRange(byte table, ReadOnlyMemory<byte> from, ReadOnlyMemory<byte> until) =>
        new(JournalWriteKind.DeleteRange, table, from, until);
}

/// <summary>The kinds of <see cref="JournalWrite"/>.</summary>
public enum JournalWriteKind : byte
{
    Put,
    Delete,
    DeleteRange,
}

/// <summary>The journal cannot keep its promise: damaged, full, failing, or another replica's. The message is one line for people.</summary>
public sealed class JournalException(string message, Exception? cause = null) : Exception(message, cause);
