using Akka.Dispatch;
using Paxi.Actors.Replicas;

namespace Paxi.TestKit.World;

/// <summary>Something that is ready to run: a mailbox with messages, mostly.</summary>
internal readonly record struct ReadyWork(IRunnable Work, SimulatedSystem? Owner);

/// <summary>The run queue: first in, first out, in a ring that grows by doubling up to a bound.</summary>
internal sealed class WorkQueue(int bound)
{
    private ReadyWork[] _ring = new ReadyWork[64];
    private int _head;

    public int Count { get; private set; }

    public void Enqueue(ReadyWork work)
    {
        if (Count == _ring.Length)
        {
            Grow();
        }

        _ring[(_head + Count) & (_ring.Length - 1)] = work;
        Count++;
    }

    public ReadyWork Dequeue()
    {
        var work = _ring[_head];
        _ring[_head] = default;
        _head = (_head + 1) & (_ring.Length - 1);
        Count--;
        return work;
    }

    /// <summary>Takes one at random instead of the oldest: an exploration of interleavings.</summary>
    public ReadyWork DequeueAny(SeededRandom random)
    {
        var other = (_head + random.Next(Count)) & (_ring.Length - 1);
        (_ring[_head], _ring[other]) = (_ring[other], _ring[_head]);
        return Dequeue();
    }

    public void Clear()
    {
        Array.Clear(_ring);
        _head = 0;
        Count = 0;
    }

    private void Grow()
    {
        if (_ring.Length >= bound)
        {
            throw new InvalidOperationException(
                $"the world's run queue holds {Count} pieces of work, its bound: a role sends to itself without end?");
        }

        var larger = new ReadyWork[_ring.Length * 2];
        for (var i = 0; i < Count; i++)
        {
            larger[i] = _ring[(_head + i) & (_ring.Length - 1)];
        }

        _ring = larger;
        _head = 0;
    }
}
