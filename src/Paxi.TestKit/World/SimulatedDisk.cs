using Paxi.Actors.Journal;
using Paxi.Actors.Replicas;

namespace Paxi.TestKit.World;

/// <summary>
/// The disk of one replica; it outlives the systems that use it, one after another. A commit is durable when its sync ends, in
/// the order of the calls. When the system is killed, commits under way fall to chance: the first few may have reached the disk
/// whole, the next may be torn (recovery finds the torn record by its checksum and cuts it off, so the commit is gone), the rest
/// are gone. Never is a part of a commit there, and never a later commit without an earlier one.
/// </summary>
public sealed class SimulatedDisk
{
    private readonly SeededRandom _random;
    private readonly SortedDictionary<byte, DiskTable> _tables = [];
    private readonly Queue<PendingCommit> _pending = new();
    private DiskOptions _options;
    private SimulatedStore? _open;
    private string? _damage;
    private bool _hasTornTail;
    private long _busyUntil;

    /// <param name="world">Whose time and chance it follows.</param>
    /// <param name="name">The replica's name; also names its stream of chance.</param>
    /// <param name="options">Defaults when null.</param>
    public SimulatedDisk(SimulatedWorld world, string name, DiskOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(world);
        World = world;
        Name = name;
        _options = (options ?? new DiskOptions()).Validated();
        _random = world.Random.Fork($"disk {name}");
    }

    public SimulatedWorld World { get; }

    public string Name { get; }

    public DiskOptions Options
    {
        get => _options;
        set => _options = value.Validated();
    }

    public DiskCounters Counters { get; } = new();

    /// <summary>Every commit fails from now on, until set back and the store opened again: a dead disk, or a full one.</summary>
    public bool IsFailing { get; set; }

    /// <summary>Whether a write failed since the store was opened: the replica that uses it must have stopped answering.</summary>
    public bool HasFault => _open?.Fault is not null;

    /// <summary>
    /// Opens the store for a system, which is recovery. A torn tail is cut off here. The store is closed by its Dispose or by
    /// the death of the system.
    /// </summary>
    /// <exception cref="JournalException">The store is open in a living system already.</exception>
    public IJournalStore Open(SimulatedSystem host)
    {
        ArgumentNullException.ThrowIfNull(host);
        if (_open is not null)
        {
            throw new JournalException($"the journal on disk {Name} is in use by the system {_open.Host.Name}");
        }

        Counters.Opened++;
        if (_hasTornTail)
        {
            _hasTornTail = false;
            Counters.TornTails++;
            World.Record("cut-torn-tail", Name);
        }

        var store = new SimulatedStore(this, host);
        _open = store;
        host.Killed += () => Close(store);
        return store;
    }

    /// <summary>Nothing is synced within <paramref name="span"/>: what was asked waits until it has passed.</summary>
    public void Stall(TimeSpan span)
    {
        World.Record("stall-disk", Name, span.Ticks);
        _busyUntil = Math.Max(_busyUntil, World.NowTicks) + span.Ticks;
    }

    /// <summary>Damages what is stored, as a decaying medium does: every read from now on says so.</summary>
    public void Corrupt(byte table)
    {
        World.Record("corrupt-disk", Name, table);
        _damage = $"the journal on disk {Name} is damaged: a record of table {table} does not match its checksum";
    }

    /// <summary>Loses everything that was ever stored: a new, empty disk.</summary>
    public void Wipe()
    {
        World.Record("wipe-disk", Name);
        _tables.Clear();
        _pending.Clear();
        _damage = null;
        _hasTornTail = false;
    }

    /// <summary>How many pairs a table holds durably.</summary>
    public int Count(byte table) => _tables.TryGetValue(table, out var found) ? found.Count : 0;

    internal KeyValuePair<byte[], byte[]>[] Read(byte table, ReadOnlySpan<byte> from)
    {
        if (_damage is not null)
        {
            throw new JournalException(_damage);
        }

        return _tables.TryGetValue(table, out var found) ? found.ReadFrom(from) : [];
    }

    internal void Commit(SimulatedStore store, IReadOnlyList<JournalWrite> writes, Action<JournalException?> done)
    {
        if (_pending.Count >= _options.LargestQueue)
        {
            throw new InvalidOperationException($"{_pending.Count} commits wait for the disk {Name}, its bound");
        }

        var commit = new PendingCommit(store, Copy(writes), done);
        _pending.Enqueue(commit);
        _busyUntil = Math.Max(_busyUntil, World.NowTicks) + _options.WriteDelay.Sample(_random);
        World.ScheduleOnce(TimeSpan.FromTicks(_busyUntil - World.NowTicks), () => Sync(commit));
    }

    /// <summary>What a crash leaves: see the class.</summary>
    internal void Close(SimulatedStore store)
    {
        if (_open != store)
        {
            return;
        }

        _open = null;
        _busyUntil = World.NowTicks;
        var survives = true;
        while (_pending.TryDequeue(out var commit))
        {
            if (survives && store.Fault is null && _random.NextDouble() < _options.UnsyncedSurvival)
            {
                Apply(commit);
                Counters.Survived++;
                continue;
            }

            if (survives)
            {
                survives = false;
                _hasTornTail = _random.NextDouble() < _options.TornTail;
            }

            Counters.Lost++;
            store.Answer(commit.Done, new JournalException($"the journal on disk {Name} was closed before the sync"));
        }

        World.Record("close-disk", Name, Counters.Lost);
    }

    private void Sync(PendingCommit commit)
    {
        if (_pending.Count == 0 || _pending.Peek() != commit)
        {
            return; // The store was closed meanwhile.
        }

        _pending.Dequeue();
        var store = commit.Store;
        if (store.Fault is null && (IsFailing || Fails()))
        {
            store.Fault = new JournalException($"the disk {Name} failed a write");
            World.Record("fail-write", Name);

            // A write that failed may still have reached the medium.
            if (_random.NextDouble() < _options.UnsyncedSurvival)
            {
                Apply(commit);
            }
        }
        else if (store.Fault is null)
        {
            Apply(commit);
            Counters.Commits++;
            World.Record("sync", Name, commit.Writes.Length);
        }

        if (store.Fault is not null)
        {
            Counters.Failed++;
        }

        store.Answer(commit.Done, store.Fault);
    }

    private bool Fails() => _options.WriteFailure > 0.0 && _random.NextDouble() < _options.WriteFailure;

    private void Apply(PendingCommit commit)
    {
        foreach (var write in commit.Writes)
        {
            if (!_tables.TryGetValue(write.Table, out var table))
            {
                _tables.Add(write.Table, table = new DiskTable());
            }

            table.Apply(in write);
        }
    }

    /// <summary>The caller may use its buffers again once the call returns.</summary>
    private static JournalWrite[] Copy(IReadOnlyList<JournalWrite> writes)
    {
        var copies = new JournalWrite[writes.Count];
        for (var i = 0; i < copies.Length; i++)
        {
            copies[i] = writes[i] with { Key = writes[i].Key.ToArray(), Value = writes[i].Value.ToArray() };
        }

        return copies;
    }

    private sealed record PendingCommit(SimulatedStore Store, JournalWrite[] Writes, Action<JournalException?> Done)
    {
        public bool Equals(PendingCommit? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => 0;
    }
}

/// <summary>A disk as one incarnation of a replica has it open.</summary>
internal sealed class SimulatedStore(SimulatedDisk disk, SimulatedSystem host) : IJournalStore
{
    private bool _isClosed;

    public SimulatedSystem Host { get; } = host;

    public JournalException? Fault { get; set; }

    public bool IsVolatile => false;

    public IEnumerable<KeyValuePair<byte[], byte[]>> Read(byte table, ReadOnlyMemory<byte> from = default)
    {
        ThrowIfClosed();
        return disk.Read(table, from.Span);
    }

    public void Commit(IReadOnlyList<JournalWrite> writes, Action<JournalException?> done)
    {
        ArgumentNullException.ThrowIfNull(writes);
        ArgumentNullException.ThrowIfNull(done);
        ThrowIfClosed();
        if (!Host.IsDead)
        {
            disk.Commit(this, writes, done);
        }
    }

    public void Dispose()
    {
        _isClosed = true;
        disk.Close(this);
    }

    /// <summary>Tells the replica, if it lives; one that is paused hears of it when it goes on.</summary>
    public void Answer(Action<JournalException?> done, JournalException? fault)
    {
        if (Host.IsPaused || _isClosed)
        {
            disk.World.ScheduleOnce(TimeSpan.Zero, () => done(fault), Host);
        }
        else if (!Host.IsDead)
        {
            done(fault);
        }
    }

    private void ThrowIfClosed()
    {
        if (_isClosed)
        {
            throw new JournalException($"the journal on disk {disk.Name} is closed");
        }
    }
}
