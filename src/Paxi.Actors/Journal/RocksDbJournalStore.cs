using System.Buffers.Binary;
using RocksDbSharp;

namespace Paxi.Actors.Journal;

/// <summary>
/// The durable journal: a RocksDB database per replica, all tables in one key space. Commits go through a queue to a thread of the store's own, which
/// writes whatever waits as one batch with one sync. After a fault nothing is acknowledged any more.
/// </summary>
/// <remarks>
/// What is detected when the journal is opened or read, each named with what and where: a record whose bytes changed; a damaged block of a table file or
/// of the middle of the log; a missing file; an end of the log that was cut off behind a commit which the <see cref="SyncedMark"/> knows to
/// have been synced. What cannot be: after a loss of power, the loss by the disk of synced commits that are younger than the last write-back of the mark (a
/// disk that lies about syncs); an old copy of the whole directory put in its place. A commit that was being written when the
/// process or the power went is dropped, in whole: it was never acknowledged.
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
            _database = OpenDatabase();
            CheckCommits();
        }
        catch
        {
            _database?.Dispose();
            _mark?.Dispose();
            _directory.Dispose();
            throw;
        }

        _writer = new JournalWriter($"journal {identity.Replica}", Write);
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
        TrySyncMark();
        _mark.Dispose();
        _directory.Dispose();
    }

    private RocksDb OpenDatabase()
    {
        // The mark is ahead of an empty database only if the database was lost: do not make a new one in its place.
        var options = RocksDbTuning.Options();
        options.SetCreateIfMissing(_mark.Commits == 0);
        try
        {
            return RocksDb.Open(options, _directory.Database);
        }
        catch (RocksDbSharpException cause)
        {
            throw new JournalException(
                $"{_directory.Path}: the journal cannot be opened: {JournalDirectory.OneLine(cause.Message)}", cause);
        }
    }

    /// <summary>Compares what was recovered with what is known to have been synced.</summary>
    private void CheckCommits()
    {
        if (_database.Get(JournalRecord.CommitsKey) is { } stored)
        {
            if (!JournalRecord.TryValue(JournalRecord.CommitsKey, stored, out var value) || value.Length != 2 * sizeof(ulong))
            {
                throw new JournalException($"{_directory.Database}: the record of commits is damaged");
            }

            _commits = BinaryPrimitives.ReadUInt64LittleEndian(value);
            _records = BinaryPrimitives.ReadUInt64LittleEndian(value[sizeof(ulong)..]);
        }

        if (_commits < _mark.Commits)
        {
            throw new JournalException($"{_directory.Database}: the log lost its end: commits {_commits + 1} to {_mark.Commits} "
                + $"({_mark.Records - _records} records) were synced and are not there");
        }
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

        var value = new byte[2 * sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(value, _commits + 1);
        BinaryPrimitives.WriteUInt64LittleEndian(value.AsSpan(sizeof(ulong)), _records + (ulong)records);
        batch.Put(JournalRecord.CommitsKey, JournalRecord.Value(JournalRecord.CommitsKey, value));

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

    private void TrySyncMark()
    {
        try
        {
            _mark.Sync();
        }
        catch (IOException)
        {
            // The mark is a lower bound: one that stays behind only detects less.
        }
    }
}
