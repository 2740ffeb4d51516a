using Paxi.Actors.StateMachines;

namespace Paxi.Protocols.WPaxos;

/// <summary>
/// A row for each object, numbered in the order in which the rows were made; none is taken out. Linear hashing (Litwin, VLDB 1980): with each row one bucket more, made by splitting another one. So
/// a million objects take what they need, where a dictionary that doubles takes up to twice that, and there is no moment in which all is copied.
/// <code>
/// bucket of hash := hash mod 2^(n+1) where there is such a bucket, else hash mod 2^n; 2^n the highest power of two that is no more than the number of buckets
/// </code>
/// An object costs its row, a reference to its name and 12 bytes.
/// </summary>
/// <typeparam name="T">A row; all zero when it is new.</typeparam>
internal sealed class ObjectTable<T>
    where T : struct
{
    private const int SegmentBits = 8;
    private const int SegmentSize = 1 << SegmentBits;
    private const int SegmentMask = SegmentSize - 1;

    private readonly List<Entry[]> _entries = [];

    /// <summary>The number of the first row of each bucket, plus 1; 0 where there is none.</summary>
    private readonly List<int[]> _heads = [new int[SegmentSize]];
    private int _buckets = SegmentSize;

    /// <summary>2^(n+1) - 1.</summary>
    private uint _mask = (2 * SegmentSize) - 1;

    /// <summary>The name that was found last, and its row: a role looks for the same name a few times in a row.</summary>
    private byte[]? _lastName;
    private int _lastRow;

    /// <summary>Rows.</summary>
    public int Count { get; private set; }

    /// <summary>Good for as long as the table is.</summary>
    public ref T this[int number] => ref At(number).Row;

    public ObjectKey KeyAt(int number) => At(number).Key;

    /// <summary>The row's number; -1 when there is none.</summary>
    public int Find(ObjectKey key) => IsLast(key) ? _lastRow : Find(key, key.GetHashCode());

    /// <summary>A copy of the row; all zero when there is none.</summary>
    public T GetValueOrDefault(ObjectKey key) => Find(key) is >= 0 and var number ? this[number] : default;

    /// <summary>The row's number; the row is made when there is none.</summary>
    public int GetOrAdd(ObjectKey key, out bool isKnown)
    {
        if (IsLast(key))
        {
            isKnown = true;
            return _lastRow;
        }

        var hash = key.GetHashCode();
        var found = Find(key, hash);
        isKnown = found >= 0;
        return isKnown ? found : Add(key, hash);
    }

    private bool IsLast(ObjectKey key) => _lastName is { } name && ReferenceEquals(name, key.Bytes);

    private int Find(ObjectKey key, int hash)
    {
        for (var next = Head(BucketOf(hash)); next != 0;)
        {
            ref var entry = ref At(next - 1);
            if (entry.Hash == hash && entry.Key.Equals(key))
            {
                (_lastName, _lastRow) = (key.Bytes, next - 1);
                return next - 1;
            }

            next = entry.Next;
        }

        return -1;
    }

    private int Add(ObjectKey key, int hash)
    {
        if ((Count & SegmentMask) == 0)
        {
            _entries.Add(new Entry[SegmentSize]);
        }

        if (Count == _buckets)
        {
            Split();
        }

        var number = Count++;
        ref var head = ref Head(BucketOf(hash));
        ref var entry = ref At(number);
        (entry.Key, entry.Hash, entry.Next) = (key, hash, head);
        head = number + 1;
        return number;
    }

    /// <summary>Makes the next bucket, of rows of the one whose number it has but for the highest bit.</summary>
    private void Split()
    {
        if ((_buckets & SegmentMask) == 0)
        {
            _heads.Add(new int[SegmentSize]);
        }

        var added = (uint)_buckets++;
        ref var source = ref Head(added & (_mask >> 1));
        ref var target = ref Head(added);
        var next = source;
        source = 0;
        while (next != 0)
        {
            ref var entry = ref At(next - 1);
            ref var head = ref (((uint)entry.Hash & _mask) == added ? ref target : ref source);
            (entry.Next, head, next) = (head, next, entry.Next);
        }

        if (added == _mask)
        {
            _mask = (_mask << 1) | 1;
        }
    }

    private uint BucketOf(int hash)
    {
        var bucket = (uint)hash & _mask;
        return bucket < (uint)_buckets ? bucket : bucket & (_mask >> 1);
    }

    private ref int Head(uint bucket) => ref _heads[(int)(bucket >> SegmentBits)][bucket & SegmentMask];

    private ref Entry At(int number) => ref _entries[number >> SegmentBits][number & SegmentMask];

    private struct Entry
    {
        public ObjectKey Key;
        public T Row;
        public int Hash;

        /// <summary>The number of the next row of the bucket, plus 1.</summary>
        public int Next;
    }
}
