namespace Paxi.Actors.Journal;

/// <summary>The journal of <c>--journal memory</c> and of tests: the same contract, but nothing survives the process. Commits complete before they return.</summary>
public sealed class MemoryJournalStore : IJournalStore
{
    private readonly SortedDictionary<byte, SortedPairs> _tables = [];
    private bool _disposed;

    public bool IsVolatile => true;

    public IEnumerable<KeyValuePair<byte[], byte[]>> Read(byte table, ReadOnlyMemory<byte> from = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _tables.TryGetValue(table, out var pairs) ? pairs.From(from.Span) : [];
    }

    public void Commit(IReadOnlyList<JournalWrite> writes, Action<JournalException?> done)
    {
        ArgumentNullException.ThrowIfNull(writes);
        ArgumentNullException.ThrowIfNull(done);
        JournalRecord.Validate(writes);
        if (_disposed)
        {
            done(new JournalException("the journal is closed"));
            return;
        }

        for (var index = 0; index < writes.Count; index++)
        {
            Apply(writes[index]);
        }

        done(null);
    }

    public void Dispose()
    {
        _disposed = true;
        _tables.Clear();
    }

    private void Apply(JournalWrite write)
    {
        if (!_tables.TryGetValue(write.Table, out var pairs))
        {
            _tables.Add(write.Table, pairs = new SortedPairs());
        }

        switch (write.Kind)
        {
            case JournalWriteKind.Put:
                pairs.Put(write.Key.ToArray(), write.Value.ToArray());
                break;
            case JournalWriteKind.Delete:
                pairs.Delete(write.Key.Span);
                break;
            case JournalWriteKind.DeleteRange:
                pairs.DeleteRange(write.Key.Span, write.Value.Span);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(write), write.Kind, "an unknown kind of write");
        }
    }
}
