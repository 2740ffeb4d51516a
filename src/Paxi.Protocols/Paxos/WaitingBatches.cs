using System.Buffers.Binary;
using Paxi.Actors.Commands;

namespace Paxi.Protocols.Paxos;

/// <summary>
/// Batches that wait for a slot, first in, first out; what waits together goes together, up to a bound. A copy of what its session has waiting already is dropped: clients
/// that ask again because the leader is slow would otherwise make it slower with every copy. The answer goes to whoever asked last, so nothing is lost.
/// </summary>
internal sealed class WaitingBatches(int maxWaiting, int maxCommands, long maxBytes)
{
    private readonly Queue<Batch> _queue = new();
    private readonly Dictionary<ulong, Batch> _newest = [];
    private readonly List<Batch> _taken = [];

    /// <summary>Commands that wait.</summary>
    public int Commands { get; private set; }

    public bool IsEmpty => _queue.Count == 0;

    /// <summary>False when it is full. A batch is taken into an empty queue whatever its size.</summary>
    public bool TryAdd(Batch batch)
    {
        var session = Session(batch);
        if (_newest.TryGetValue(session, out var waiting) && waiting.ContentEquals(batch))
        {
            return true;
        }

        if (Commands > 0 && Commands + batch.Count > maxWaiting)
        {
            return false;
        }

        Commands += batch.Count;
        _queue.Enqueue(batch);
        _newest[session] = batch;
        return true;
    }

    /// <summary>The oldest, and those behind it as far as they fit.</summary>
    public Batch TakeJoined()
    {
        var count = 0;
        var bytes = 0L;
        while (_queue.TryPeek(out var next)
            && (_taken.Count == 0 || (count + next.Count <= maxCommands && bytes + next.Payload.Length <= maxBytes)))
        {
            _taken.Add(Take());
            count += next.Count;
            bytes += next.Payload.Length;
        }

        var joined = BatchWriter.Join(_taken);
        _taken.Clear();
        return joined;
    }

    public Batch Take()
    {
        var batch = _queue.Dequeue();
        Commands -= batch.Count;
        var session = Session(batch);
        if (_newest.TryGetValue(session, out var newest) && ReferenceEquals(newest, batch))
        {
            _newest.Remove(session);
        }

        return batch;
    }

    /// <summary>Of the first block, which is the only one in what comes from a client.</summary>
    private static ulong Session(Batch batch) =>
        batch.Payload.Length < sizeof(ulong) ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(batch.Payload.Span);
}
