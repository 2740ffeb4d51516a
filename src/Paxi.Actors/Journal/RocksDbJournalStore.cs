using RocksDbSharp;

namespace Paxi.Actors.Journal;

/// <summary>
/// The durable journal: a RocksDB database per replica, all tables in one key space. Commits go through a queue to a thread of the store's own, which
/// writes whatever waits as one batch with one sync. After a fault nothing is acknowledged any more.
/// </summary>
/// <remarks>
/// What is detected when the journal is opened or read, each named with what and where, before anything is changed: a record whose bytes changed; a
/// damaged block of a table file; a missing file; damage in the log, or a log cut off, at a commit which the <see cref="SyncedMark"/> knows to have been
/// synced. After the end of the process that is every commit. After a loss of power it is every commit but those of the last second: should the disk
/// lose one of these although it had synced it, that goes unseen. So does an old copy of the whole directory put in its place. A commit that was
/// being written when the process or the power went is dropped, in whole: it was never acknowledged.
/// </remarks>
public sealed class RocksDbJournalStore : IJournalStore
{
    private readonly JournalDirectory _directory;
    private readonly SyncedMark _mark;
    private readonly RocksDb _database;
    private readonly WriteOptions _synced = new WriteOptions().SetSync(true);
    private readonly JournalWriter _writer;
    private readonly List<Iterator> _readers = [];
    private readonly KeyValuePair<string, object?> _tag;
    private ulong _commits;
    private ulong _records;
    private bool _disposed;

    /// <param name="directory">Made when it is not there; must be empty or the identity's own.</param>
    /// <param name="identity">Whose journal it is.</param>
    /// <exception cref="JournalException">Another's directory, in use, damaged, or not writable: one line that says which.</exception>
    public RocksDbJournalStore(string directory, JournalIdentity identity)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(identity);
        _tag = new KeyValuePair<string, object?>("replica", identity.Replica.ToString());
        _directory = JournalDirectory.Open(directory, identity);
        try
        {
            _mark = SyncedMark.Open(_directory.Synced);
            (_database, _commits, _records) = JournalRecovery.Open(_directory, _mark);
        }
        catch
        {
            _database?.Dispose();
            _mark?.Dispose();
            _directory.Dispose();
            throw;
        }

        _writer = new JournalWriter($"journal {identity.Replica}", Write, SyncMark);
    }

    public bool IsVolatile => false;

    /// <remarks>Sees every commit that was called before the enumeration starts; that may wait for their sync.</remarks>
    public IEnumerable<KeyValuePair<byte[], byte[]>> Read(byte table, ReadOnlyMemory<byte> from = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return ReadPairs(table, JournalRecord.Key(table, from.Span));
    }

    /// <remarks>The memory of keys and values must not change before <paramref name="done"/>. Blocks while the queue is full.</remarks>
    public void Commit(IReadOnlyList<JournalWrite> writes, Action<JournalException?> done)
    {
        ArgumentNullException.ThrowIfNull(writes);
        ArgumentNullException.ThrowIfNull(done);
        JournalRecord.Validate(writes);
        _writer.Add(writes, done);
    }

    /// <summary>Writes what is queued, then closes. Enumerations that still run end with <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _writer.Dispose();
        foreach (var reader in _readers)
        {
            reader.Dispose();
        }

        _database.Dispose();
        _mark.Dispose();
        _directory.Dispose();
    }

    private IEnumerable<KeyValuePair<byte[], byte[]>> ReadPairs(byte table, byte[] from)
    {
        _writer.Flush();
        ObjectDisposedException.ThrowIf(_disposed, this);
        using var options = new ReadOptionsScope();
        var reader = _database.NewIterator(readOptions: options.Value);
        _readers.Add(reader);
        try
        {
            reader.Seek(from);
            while (reader.Valid())
            {
                var stored = reader.Key();
                if (stored[0] != table)
                {
                    break;
                }

                if (stored.Length > JournalRecord.CommitsKey.Length || table != 0)
                {
                    yield return Pair(stored, reader.GetValueSpan());
                    ObjectDisposedException.ThrowIf(_disposed, this);
                }

                reader.Next();
            }

            CheckReader(reader);
        }
        finally
        {
            if (_readers.Remove(reader) && !_disposed)
            {
                reader.Dispose();
            }
        }
    }

    private KeyValuePair<byte[], byte[]> Pair(byte[] stored, ReadOnlySpan<byte> storedValue)
    {
        if (!JournalRecord.TryValue(stored, storedValue, out var value))
        {
            throw new JournalException($"{_directory.Database}: the record of table {stored[0]} with the key "
                + $"{Convert.ToHexString(stored.AsSpan(1))} is damaged: its checksum does not match");
        }

        return new KeyValuePair<byte[], byte[]>(stored[1..], value.ToArray());
    }

    /// <summary>An iterator that met damage looks like one at its end until it is asked.</summary>
    private void CheckReader(Iterator reader)
    {
        try
        {
            Native.Instance.rocksdb_iter_get_error(reader.Handle);
        }
        catch (RocksDbSharpException cause)
        {
            throw new JournalException(
                $"{_directory.Database}: the journal is damaged: {JournalDirectory.OneLine(cause.Message)}", cause);
        }
    }

    /// <summary>On the writer's thread: one batch, one sync.</summary>
    private void Write(IReadOnlyList<IReadOnlyList<JournalWrite>> commits)
    {
        using var batch = new WriteBatch();
        var records = 0;
        var bytes = 0L;
        foreach (var writes in commits)
        {
            foreach (var write in writes)
            {
                bytes += Add(batch, write);
            }

            records += writes.Count;
        }

        batch.Put(JournalRecord.CommitsKey, JournalRecovery.CommitsValue(_commits + 1, _records + (ulong)records));
        try
        {
            var start = JournalClock.Now;
            _database.Write(batch, _synced);
            JournalMetrics.SyncDuration.Record(JournalClock.SecondsSince(start), _tag);
            _commits++;
            _records += (ulong)records;
            _mark.Write(_commits, _records);
        }
        catch (Exception cause) when (cause is RocksDbSharpException or IOException)
        {
            throw new JournalException(
                $"{_directory.Path}: the journal cannot write any more: {JournalDirectory.OneLine(cause.Message)}", cause);
        }

        JournalMetrics.Commits.Add(1, _tag);
        JournalMetrics.Records.Add(records, _tag);
        JournalMetrics.Bytes.Add(bytes, _tag);
    }

    /// <summary>On the writer's thread, a while after a commit and at the end.</summary>
    private void SyncMark()
    {
        try
        {
            _mark.Sync();
        }
        catch (IOException cause)
        {
            throw new JournalException(
                $"{_directory.Synced}: the journal cannot sync: {JournalDirectory.OneLine(cause.Message)}", cause);
        }
    }

    private static long Add(WriteBatch batch, JournalWrite write)
    {
        var key = JournalRecord.Key(write.Table, write.Key.Span);
        switch (write.Kind)
        {
            case JournalWriteKind.Put:
                batch.Put(key, JournalRecord.Value(key, write.Value.Span));
                break;
            case JournalWriteKind.Delete:
                batch.Delete(key);
                break;
            case JournalWriteKind.DeleteRange when write.Key.Span.SequenceCompareTo(write.Value.Span) < 0:
                var until = JournalRecord.Key(write.Table, write.Value.Span);
                batch.DeleteRange(key, (ulong)key.Length, until, (ulong)until.Length);
                break;
            case JournalWriteKind.DeleteRange:
                break;
            default:
                throw new JournalException($"{write.Kind} is an unknown kind of write");
        }

        return write.Key.Length + write.Value.Length;
    }
}
