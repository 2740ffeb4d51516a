using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using Paxi.Actors;
using Paxi.Actors.Journal;
using Paxi.Bench.Processes;

namespace Paxi.Bench.Micro;

/// <summary>
/// A commit until it is durable: what an acceptor waits for before it votes. Keys go round, so that the journal in memory does not grow without end. The one on disk lies
/// in the system's place for temporary files; where that is memory, its sync costs nothing.
/// </summary>
[MemoryDiagnoser]
public class JournalBenchmark : IDisposable
{
    private const byte Table = 1;
    private const int Keys = 4_096;
    private const int ValueBytes = 200;

    private readonly byte[] _value = new byte[ValueBytes];
    private readonly AutoResetEvent _done = new(initialState: false);
    private JournalException? _fault;
    private TemporaryDirectory? _directory;
    private MemoryJournalStore? _memory;
    private RocksDbJournalStore? _disk;
    private int _next;

    /// <summary>Records a commit.</summary>
    [Params(1, 100)]
    public int Records { get; set; }

    [GlobalSetup]
    public void Open()
    {
        _directory = new TemporaryDirectory(null);
        _memory = new MemoryJournalStore();
        _disk = new RocksDbJournalStore(Path.Combine(_directory.Path, "journal"), new JournalIdentity(new ReplicaId(1, 1), "micro"));
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _memory?.Dispose();
        _disk?.Dispose();
        _directory?.Dispose();
        _done.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true)]
    public void Memory() => Commit(_memory!);

    [Benchmark]
    public void Disk() => Commit(_disk!);

    private void Commit(IJournalStore store)
    {
        var writes = new JournalWrite[Records];
        for (var index = 0; index < writes.Length; index++)
        {
            var key = new byte[sizeof(int)];
            BinaryPrimitives.WriteInt32BigEndian(key, _next++ % Keys);
            writes[index] = JournalWrite.Put(Table, key, _value);
        }

        store.Commit(writes, fault =>
        {
            _fault = fault;
            _done.Set();
        });
        _done.WaitOne();
        if (_fault is not null)
        {
            throw _fault;
        }
    }
}
