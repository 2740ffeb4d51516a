using Akka.Actor;

namespace Paxi.TestKit.World;

/// <summary>
/// What happens when a timer fires. <see cref="Target"/> is an <see cref="ICanTell"/> that is told
/// <see cref="Message"/>, an <see cref="Action"/>, or an <see cref="Akka.Dispatch.IRunnable"/>.
/// </summary>
internal struct TimerWork
{
    public object Target;
    public object? Message;
    public IActorRef? Sender;
    public ICancelable? Cancelable;
    public SimulatedSystem? Owner;

    /// <summary>Ticks of the owner's clock between firings; 0 fires once.</summary>
    public long Interval;

    public readonly bool IsDone => Cancelable is { IsCancellationRequested: true } || Owner is { IsDead: true };
}

/// <summary>
/// A binary heap of timers keyed by (time, sequence), so that timers due at the same tick fire in the order in which they
/// were set. Keys are kept apart from the work, so that sifting moves 24 bytes. Cancelled timers stay until they would
/// fire or until the heap has doubled since the last sweep.
/// </summary>
internal sealed class TimerQueue(int bound)
{
    private readonly record struct Key(long Time, long Sequence, int Slot);

    private const int SmallestSweep = 1024;

    private Key[] _heap = new Key[64];
    private TimerWork[] _slots = new TimerWork[64];
    private int[] _free = new int[64];
    private int _freeCount;
    private int _slotCount;
    private int _sweepAt = SmallestSweep;
    private long _sequence;

    public int Count { get; private set; }

    public long NextTime => _heap[0].Time;

    /// <summary>True when the first timer was cancelled, or its system is dead.</summary>
    public bool IsNextDone => _slots[_heap[0].Slot].IsDone;

    public void Add(long time, in TimerWork work)
    {
        if (Count >= _sweepAt)
        {
            Sweep();
        }

        var slot = TakeSlot();
        _slots[slot] = work;
        if (Count == _heap.Length)
        {
            Array.Resize(ref _heap, Count * 2);
        }

        _heap[Count] = new Key(time, _sequence++, slot);
        SiftUp(Count++);
    }

    public TimerWork Remove(out long time, out long sequence)
    {
        var first = _heap[0];
        Count--;
        if (Count > 0)
        {
            _heap[0] = _heap[Count];
            SiftDown(0);
        }

        time = first.Time;
        sequence = first.Sequence;
        var work = _slots[first.Slot];
        GiveSlot(first.Slot);
        return work;
    }

    public void Clear()
    {
        Array.Clear(_slots);
        Count = 0;
        _slotCount = 0;
        _freeCount = 0;
    }

    private int TakeSlot()
    {
        if (_freeCount > 0)
        {
            return _free[--_freeCount];
        }

        if (_slotCount == _slots.Length)
        {
            Array.Resize(ref _slots, _slotCount * 2);
            Array.Resize(ref _free, _slotCount * 2);
        }

        return _slotCount++;
    }

    private void GiveSlot(int slot)
    {
        _slots[slot] = default;
        _free[_freeCount++] = slot;
    }

    private void Sweep()
    {
        var kept = 0;
        for (var i = 0; i < Count; i++)
        {
            var key = _heap[i];
            if (_slots[key.Slot].IsDone)
            {
                GiveSlot(key.Slot);
            }
            else
            {
                _heap[kept++] = key;
            }
        }

        Count = kept;
        for (var i = (Count / 2) - 1; i >= 0; i--)
        {
            SiftDown(i);
        }

        if (Count >= bound)
        {
            throw new InvalidOperationException(
                $"the world holds {Count} timers, its bound: a role sets timers without end?");
        }

        _sweepAt = Math.Max(SmallestSweep, Count * 2);
    }

    private static bool Precedes(in Key left, in Key right) =>
        left.Time < right.Time || (left.Time == right.Time && left.Sequence < right.Sequence);

    private void SiftUp(int index)
    {
        var key = _heap[index];
        while (index > 0)
        {
            var parent = (index - 1) >> 1;
            if (!Precedes(key, _heap[parent]))
            {
                break;
            }

            _heap[index] = _heap[parent];
            index = parent;
        }

        _heap[index] = key;
    }

    private void SiftDown(int index)
    {
        var key = _heap[index];
        while (true)
        {
            var child = (2 * index) + 1;
            if (child >= Count)
            {
                break;
            }

            if (child + 1 < Count && Precedes(_heap[child + 1], _heap[child]))
            {
                child++;
            }

            if (!Precedes(_heap[child], key))
            {
                break;
            }

            _heap[index] = _heap[child];
            index = child;
        }

        _heap[index] = key;
    }
}
