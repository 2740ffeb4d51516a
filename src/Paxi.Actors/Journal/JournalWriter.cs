namespace Paxi.Actors.Journal;

/// <summary>
/// A thread with a bounded queue of commits: takes everything that waits, up to a size, writes it in one go, and then ends each commit in order. The
/// first fault is kept, and ends every later commit.
/// </summary>
internal sealed class JournalWriter : IDisposable
{
    /// <summary>Commits that may wait before a caller is blocked.</summary>
    public const int LongestQueue = 1024;

    /// <summary>The size of keys and values at which a write takes no further commit.</summary>
    public const long BytesPerWrite = 8 * 1024 * 1024;

    /// <summary>How long what was written may stay unsettled, in seconds, while commits come or do not come.</summary>
    public const int SettleSeconds = 1;

    private readonly object _gate = new();
    private readonly Queue<Entry> _queue = new();
    private readonly List<Entry> _taken = [];
    private readonly List<IReadOnlyList<JournalWrite>> _writes = [];
    private readonly Action<IReadOnlyList<IReadOnlyList<JournalWrite>>> _write;
    private readonly Action _settle;
    private readonly Thread _thread;
    private JournalException? _fault;
    private long _unsettledSince;
    private bool _unsettled;
    private bool _closed;
    private bool _ended;

    /// <param name="name">The thread's.</param>
    /// <param name="write">Makes commits durable together; throws <see cref="JournalException"/> when it cannot.</param>
    /// <param name="settle">Called about a second after a write, and at the end; a <see cref="JournalException"/> counts as one of a write.</param>
    public JournalWriter(string name, Action<IReadOnlyList<IReadOnlyList<JournalWrite>>> write, Action settle)
    {
        _write = write;
        _settle = settle;
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _thread.Start();
    }

    public void Add(IReadOnlyList<JournalWrite> writes, Action<JournalException?> done)
    {
        lock (_gate)
        {
            while (_queue.Count >= LongestQueue && !_closed && Thread.CurrentThread != _thread)
            {
                Monitor.Wait(_gate);
            }

            if (!_closed)
            {
                _queue.Enqueue(new Entry(writes, done));
                Monitor.PulseAll(_gate);
                return;
            }
        }

        done(new JournalException("the journal is closed"));
    }

    /// <summary>Waits until everything that was added has ended. Called by a commit's end it does not wait: that commit is durable.</summary>
    public void Flush()
    {
        if (Thread.CurrentThread == _thread)
        {
            return;
        }

        lock (_gate)
        {
            while ((_queue.Count > 0 || _taken.Count > 0) && !_ended)
            {
                Monitor.Wait(_gate);
            }
        }
    }

    /// <summary>Writes what waits, then ends the thread. Not to be called by a commit's end.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }

        _thread.Join();
    }

    private void Run()
    {
        while (Take())
        {
            var fault = Write();
            foreach (var entry in _taken)
            {
                entry.Done(fault);
            }

            if (_unsettled && JournalClock.SecondsSince(_unsettledSince) >= SettleSeconds)
            {
                Settle();
            }
        }

        Settle();
    }

    /// <summary>Waits for commits and takes them; false when the queue is closed and empty.</summary>
    private bool Take()
    {
        lock (_gate)
        {
            _taken.Clear();
            Monitor.PulseAll(_gate);
            while (_queue.Count == 0 && !_closed)
            {
                if (!_unsettled)
                {
                    Monitor.Wait(_gate);
                }
                else if (!Monitor.Wait(_gate, TimeSpan.FromSeconds(SettleSeconds)))
                {
                    Settle();
                }
            }

            var bytes = 0L;
            while (_queue.Count > 0 && bytes < BytesPerWrite)
            {
                var entry = _queue.Dequeue();
                bytes += JournalRecord.Size(entry.Writes);
                _taken.Add(entry);
            }

            _ended = _taken.Count == 0;
            Monitor.PulseAll(_gate);
            return !_ended;
        }
    }

    private JournalException? Write()
    {
        if (_fault is not null)
        {
            return _fault;
        }

        _writes.Clear();
        foreach (var entry in _taken)
        {
            if (entry.Writes.Count > 0)
            {
                _writes.Add(entry.Writes);
            }
        }

        try
        {
            if (_writes.Count > 0)
            {
                _write(_writes);
                _unsettledSince = _unsettled ? _unsettledSince : JournalClock.Now;
                _unsettled = true;
            }
        }
        catch (JournalException fault)
        {
            _fault = fault;
        }
        catch (Exception cause)
        {
            _fault = new JournalException($"the journal cannot write any more: {JournalDirectory.OneLine(cause.Message)}", cause);
        }

        return _fault;
    }

    private void Settle()
    {
        if (!_unsettled || _fault is not null)
        {
            return;
        }

        _unsettled = false;
        try
        {
            _settle();
        }
        catch (JournalException fault)
        {
            _fault = fault;
        }
    }

    private readonly record struct Entry(IReadOnlyList<JournalWrite> Writes, Action<JournalException?> Done);
}
