using Paxi.Actors.Commands;

namespace Paxi.Protocols.Paxos;

/// <summary>
/// Batches that wait for a slot, first in, first out; what waits together goes together. Bounded in commands and in time: a queue in which the oldest has waited too
/// long takes nothing more, because what is let in at its end would be given up by its client before it is done, and a leader that works for nobody never recovers.
/// </summary>
internal sealed class WaitingBatches(int maxWaiting, TimeSpan maxWait, int maxCommands, long maxBytes)
{
    private readonly Queue<(Batch Batch, TimeSpan Since)> _queue = new();
    private readonly List<Batch> _taken = [];
    private long _bytes;

    /// <summary>Commands that wait.</summary>
    public int Commands { get; private set; }

    /// <summary>Whether nothing waits.</summary>
    public bool IsEmpty => _queue.Count == 0;

    /// <summary>As much waits as one slot takes.</summary>
    public bool IsFullBatch => Commands >= maxCommands || _bytes >= maxBytes;

    /// <summary>False when too much waits, or for too long. A batch is taken into an empty queue whatever its size.</summary>
    public bool TryAdd(Batch batch, TimeSpan now)
    {
        if (_queue.TryPeek(out var oldest) && (Commands + batch.Count > maxWaiting || now - oldest.Since > maxWait))
        {
            return false;
        }

        Commands += batch.Count;
        _bytes += batch.Payload.Length;
        _queue.Enqueue((batch, now));
        return true;
    }

    /// <summary>The oldest, and those behind it as far as they fit.</summary>
    public Batch TakeJoined()
    {
        var count = 0;
        var bytes = 0L;
        while (_queue.TryPeek(out var next)
            && (_taken.Count == 0 || (count + next.Batch.Count <= maxCommands && bytes + next.Batch.Payload.Length <= maxBytes)))
        {
            _taken.Add(Take());
            count += next.Batch.Count;
            bytes += next.Batch.Payload.Length;
        }

        var joined = BatchWriter.Join(_taken);
        _taken.Clear();
        return joined;
    }

    /// <summary>The oldest; there must be one.</summary>
    public Batch Take()
    {
        var batch = _queue.Dequeue().Batch;
        Commands -= batch.Count;
        _bytes -= batch.Payload.Length;
        return batch;
    }
}
