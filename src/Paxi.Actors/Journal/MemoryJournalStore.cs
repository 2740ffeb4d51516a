namespace Paxi.Actors.Journal;

/// <summary>The journal of <c>--journal memory</c> and of tests: the same contract, but nothing survives the process. Commits complete before they return.</summary>
public sealed class MemoryJournalStore : IJournalStore
{
    private readonly SortedDictionary<byte, Table> _tables = [];
    private bool _disposed;

    public bool IsVolatile => true;

    public IEnumerable<KeyValuePair<byte[], byte[]>> Read(byte table, ReadOnlyMemory<byte> from = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _tables.TryGetValue(table, out var pairs) ? pairs.From(from.ToArray()) : [];
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
            _tables.Add(write.Table, pairs = new Table());
        }

        switch (write.Kind)
        {
            case JournalWriteKind.Put:
                pairs.Put(write.Key.ToArray(), write.Value.ToArray());
                break;
            case JournalWriteKind.Delete:
                pairs.Delete(write.Key.ToArray());
                break;
            case JournalWriteKind.DeleteRange:
                pairs.DeleteRange(write.Key.ToArray(), write.Value.ToArray());
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(write), write.Kind, "an unknown kind of write");
        }
    }

    /// <summary>Pairs in the order of their keys: a tree, whose views start anywhere in logarithmic time.</summary>
    private sealed class Table
    {
        private readonly SortedSet<Pair> _pairs = new(PairOrder.Instance);

        public void Put(byte[] key, byte[] value)
        {
            var pair = new Pair(key, value);
            if (_pairs.TryGetValue(pair, out var old))
            {
                old.Value = value;
                return;
            }

            _pairs.Add(pair);
        }

        public void Delete(byte[] key) => _pairs.Remove(new Pair(key, []));

        /// <summary>Truncation takes the first keys, a few at a time: as many steps as keys go.</summary>
        public void DeleteRange(byte[] from, byte[] until)
        {
            if (from.AsSpan().SequenceCompareTo(until) >= 0)
            {
                return;
            }

            var going = new List<Pair>();
            foreach (var pair in _pairs.GetViewBetween(new Pair(from, []), new Pair(until, [])))
            {
                if (!pair.Key.AsSpan().SequenceEqual(until))
                {
                    going.Add(pair);
                }
            }

            foreach (var pair in going)
            {
                _pairs.Remove(pair);
            }
        }

        /// <summary>A copy of what is there now, so that the caller may commit while it reads.</summary>
        public List<KeyValuePair<byte[], byte[]>> From(byte[] from)
        {
            var found = new List<KeyValuePair<byte[], byte[]>>();
            if (_pairs.Max is not { } last || last.Key.AsSpan().SequenceCompareTo(from) < 0)
            {
                return found;
            }

            foreach (var pair in _pairs.GetViewBetween(new Pair(from, []), last))
            {
                found.Add(new KeyValuePair<byte[], byte[]>((byte[])pair.Key.Clone(), (byte[])pair.Value.Clone()));
            }

            return found;
        }
    }

    private sealed class Pair(byte[] key, byte[] value)
    {
        public byte[] Key { get; } = key;

        public byte[] Value { get; set; } = value;
    }

    private sealed class PairOrder : IComparer<Pair>
    {
        public static readonly PairOrder Instance = new();

        public int Compare(Pair? left, Pair? right) => left!.Key.AsSpan().SequenceCompareTo(right!.Key);
    }
}
