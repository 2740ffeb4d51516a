using Paxi.Actors.Commands;

namespace Paxi.Protocols.Paxos;

/// <summary>Batches that wait for a slot, first in, first out; what waits together goes together, up to a bound.</summary>
internal sealed class WaitingBatches(int maxWaiting, int maxCommands, long maxBytes)
{
    private readonly Queue<Batch> _queue = new();
    private readonly List<Batch> _taken = [];

    /// <summary>Commands that wait.</summary>
    public int Commands { get; private set; }

    public bool IsEmpty => _queue.Count == 0;

    /// <summary>False when it is full. A batch is taken into an empty queue whatever its size.</summary>
    public bool TryAdd(Batch batch)
    {
        if (Commands > 0 && Commands + batch.Count > maxWaiting)
        {
            return false;
        }

        Commands += batch.Count;
        _queue.Enqueue(batch);
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
            _taken.Add(_queue.Dequeue());
            count += next.Count;
            bytes += next.Payload.Length;
        }

        Commands -= count;
        var joined = BatchWriter.Join(_taken);
        _taken.Clear();
        return joined;
    }

    public Batch Take()
    {
        var batch = _queue.Dequeue();
        Commands -= batch.Count;
        return batch;
    }
}
