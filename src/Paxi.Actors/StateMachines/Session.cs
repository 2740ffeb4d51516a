using Paxi.Actors.Commands;

namespace Paxi.Actors.StateMachines;

/// <summary>
/// One client's session: which of its commands were executed, and how they ended, from its lowest outstanding sequence number on. The
/// entries ascend by sequence number; the bytes of the results stand behind one another in a buffer of the session's own, in the order of
/// execution.
/// </summary>
internal sealed class Session
{
    /// <summary>Buffers above these are given up as soon as they hold nothing.</summary>
    private const int KeptBytes = 4096;
    private const int KeptEntries = 256;

    private Entry[] _entries = [];
    private int _first;
    private byte[] _bytes = [];
    private int _used;

    /// <summary>No entry before this one, counted from the first, holds a result that can be dropped.</summary>
    private int _droppable;

    public Session(ulong id, long lowest)
    {
        Id = id;
        Lowest = lowest;
        Use = new LinkedListNode<Session>(this);
        Holding = new LinkedListNode<Session>(this);
    }

    /// <summary>The client's number for it.</summary>
    public ulong Id { get; private set; }

    /// <summary>Everything below was answered and is forgotten.</summary>
    public long Lowest { get; private set; }

    /// <summary>How many entries there are.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of the results held.</summary>
    public int HeldBytes { get; private set; }

    /// <summary>Its place among all sessions, by their last use.</summary>
    public LinkedListNode<Session> Use { get; }

    /// <summary>Its place among the sessions that hold results, by their last use.</summary>
    public LinkedListNode<Session> Holding { get; }

    /// <summary>Becomes another session, without entries; for one that stands in no table.</summary>
    public void Reset(ulong id, long lowest)
    {
        (Id, Lowest) = (id, lowest);
        (Count, HeldBytes, _droppable) = (0, 0, 0);
        Trim();
    }

    /// <summary>Forgets everything below; a number that is not higher than before comes from a late message and changes nothing.</summary>
    public void AdvanceTo(long lowest)
    {
        if (lowest <= Lowest)
        {
            return;
        }

        Lowest = lowest;
        for (; Count > 0 && _entries[_first].Sequence < lowest; _first++, Count--)
        {
            HeldBytes -= _entries[_first].Length;
            _droppable = Math.Max(_droppable - 1, 0);
        }

        if (Count == 0)
        {
            Trim();
        }
    }

    /// <summary>How the command ended, if it was executed.</summary>
    public bool TryFind(long sequence, out CommandStatus status, out ReadOnlySpan<byte> result)
    {
        var index = IndexOf(sequence);
        if (index < 0)
        {
            status = default;
            result = default;
            return false;
        }

        ref var entry = ref _entries[_first + index];
        status = entry.Status;
        result = _bytes.AsSpan(entry.Offset, entry.Length);
        return true;
    }

    /// <summary>Puts down how a command ended that was not executed before.</summary>
    public void Add(long sequence, CommandStatus status, ReadOnlySpan<byte> result)
    {
        var index = ~IndexOf(sequence);
        if (index < 0 || sequence < Lowest)
        {
            throw new InvalidOperationException($"sequence number {sequence} was executed or answered before");
        }

        MakeRoom(result.Length);
        result.CopyTo(_bytes.AsSpan(_used));
        var entries = _entries.AsSpan(_first, Count + 1);
        entries[index..^1].CopyTo(entries[(index + 1)..]);
        entries[index] = new Entry(sequence, OffsetOf(_used, result.Length), result.Length, status);
        Count++;
        _used += result.Length;
        HeldBytes += result.Length;
        _droppable = Math.Min(_droppable, index);
    }

    /// <summary>
    /// Drops the result of the lowest sequence number that has one; the entry stays, so that the command is not executed again.
    /// </summary>
    public void DropOldest()
    {
        for (; _droppable < Count; _droppable++)
        {
            ref var entry = ref _entries[_first + _droppable];
            if (entry.Length > 0)
            {
                HeldBytes -= entry.Length;
                var status = entry.Status == CommandStatus.Done ? CommandStatus.ResultDropped : entry.Status;
                entry = new Entry(entry.Sequence, 0, 0, status);
                _bytes = HeldBytes == 0 ? [] : _bytes;
                _used = HeldBytes == 0 ? 0 : _used;
                return;
            }
        }

        throw new InvalidOperationException($"session {Id} is said to hold {HeldBytes} bytes and holds none");
    }

    /// <summary>An entry, from the lowest sequence number, 0.</summary>
    public (long Sequence, CommandStatus Status, ReadOnlyMemory<byte> Result) this[int index]
    {
        get
        {
            ref var entry = ref _entries[_first + index];
            return (entry.Sequence, entry.Status, _bytes.AsMemory(entry.Offset, entry.Length));
        }
    }

    /// <summary>
    /// The entry's index, or the complement of where it would be. Sequence numbers mostly ascend, so the end is tried first.
    /// </summary>
    private int IndexOf(long sequence)
    {
        if (Count == 0 || _entries[_first + Count - 1].Sequence < sequence)
        {
            return ~Count;
        }

        int low = 0, high = Count - 1;
        while (low <= high)
        {
            var middle = (low + high) >> 1;
            var found = _entries[_first + middle].Sequence;
            if (found == sequence)
            {
                return middle;
            }

            (low, high) = found < sequence ? (middle + 1, high) : (low, middle - 1);
        }

        return ~low;
    }

    /// <summary>When it has no entries.</summary>
    private void Trim()
    {
        (_first, _used) = (0, 0);
        _bytes = _bytes.Length > KeptBytes ? [] : _bytes;
        _entries = _entries.Length > KeptEntries ? [] : _entries;
    }

    /// <summary>Room for one entry more and its bytes: what is no longer held gives way first, then the arrays grow.</summary>
    private void MakeRoom(int bytes)
    {
        if (_first + Count == _entries.Length)
        {
            var entries = _entries.Length == 0 || Count * 2 > _entries.Length ? new Entry[Math.Max(Count * 2, 4)] : _entries;
            Array.Copy(_entries, _first, entries, 0, Count);
            (_entries, _first) = (entries, 0);
        }

        if (bytes <= _bytes.Length - _used)
        {
            return;
        }

        var needed = HeldBytes + bytes;
        var packed = new byte[Math.Max(needed + (needed >> 1), 64)];
        var used = 0;
        for (var index = _first; index < _first + Count; index++)
        {
            ref var entry = ref _entries[index];
            _bytes.AsSpan(entry.Offset, entry.Length).CopyTo(packed.AsSpan(used));
            entry = entry with { Offset = OffsetOf(used, entry.Length) };
            used += entry.Length;
        }

        (_bytes, _used) = (packed, used);
    }

    /// <summary>An empty result stands nowhere: the buffer may be given up while its entry stays.</summary>
    private static int OffsetOf(int used, int length) => length == 0 ? 0 : used;

    private readonly record struct Entry(long Sequence, int Offset, int Length, CommandStatus Status);
}
