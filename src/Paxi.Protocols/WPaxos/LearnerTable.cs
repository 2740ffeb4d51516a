using Paxi.Actors;
using Paxi.Actors.StateMachines;

namespace Paxi.Protocols.WPaxos;

/// <summary>
/// Up to which slot each object is executed, and digests of that. An object costs a row of a table, 36 bytes and its name, and the number of that row in a bucket.
/// <code>
/// name    := FNV-1a (64 bits) of the object's bytes, mixed
/// bucket  := the highest 8 bits of name
/// digest  := the sum over the objects of mix(name + slot × odd constant); that of a bucket over its objects
/// </code>
/// The same on every replica, so two tables are equal when their digests are, but for the chance of a collision, which the next change ends.
/// </summary>
internal sealed class LearnerTable
{
    private readonly ObjectTable<LearnerRow> _rows = new();
    private readonly Bucket[] _buckets = new Bucket[WPaxosWire.Buckets];

    /// <summary>Of the buckets; beside one another, for each step of an object changes one of them.</summary>
    private readonly ulong[] _digests = new ulong[WPaxosWire.Buckets];

    public LearnerTable()
    {
        for (var index = 0; index < _buckets.Length; index++)
        {
            _buckets[index] = new Bucket();
        }
    }

    public int Objects => _rows.Count;

    public ulong Digest { get; private set; }

    public long Executed(ObjectKey key) => _rows.GetValueOrDefault(key).Slot;

    /// <summary>The object with the last slot executed and its ballot.</summary>
    public Place Find(ObjectKey key)
    {
        var row = _rows.GetValueOrDefault(key);
        return new Place(key, row.Ballot, row.Slot);
    }

    /// <summary>The object is executed up to this place.</summary>
    /// <returns>True when it was clean before: it is to be written at the next checkpoint.</returns>
    public bool Advance(Place place, bool isDirty)
    {
        var number = _rows.GetOrAdd(place.Object, out var isKnown);
        ref var row = ref _rows[number];
        var name = Name(place.Object.Span);
        if (!isKnown)
        {
            _buckets[name >> 56].Add(number);
        }

        var change = Hash(name, place.Slot) - (isKnown ? Hash(name, row.Slot) : 0);
        _digests[name >> 56] += change;
        Digest += change;
        var isNews = isDirty && !row.IsDirty;
        row = new LearnerRow(place.Slot, place.Ballot, isDirty || row.IsDirty);
        return isNews;
    }

    /// <summary>Whether what is executed of the object is not on its way to the disk.</summary>
    public bool IsDirty(ObjectKey key) => _rows.GetValueOrDefault(key).IsDirty;

    /// <summary>What is executed is on its way to the disk.</summary>
    public Place Clean(ObjectKey key)
    {
        ref var row = ref _rows[_rows.Find(key)];
        row = row with { IsDirty = false };
        return new Place(key, row.Ballot, row.Slot);
    }

    public ulong[] Digests() => [.. _digests];

    /// <summary>The objects of a bucket behind one, ascending; from the start when that is empty.</summary>
    public (List<Place> Places, bool IsLast) Read(int bucket, ObjectKey after, int most)
    {
        var rows = _buckets[bucket].Sorted(_rows);
        var index = after.Length == 0 ? 0 : CountUpTo(rows, after);
        var places = new List<Place>(Math.Min(most, rows.Count - index));
        for (; index < rows.Count && places.Count < most; index++)
        {
            var row = _rows[rows[index]];
            places.Add(new Place(_rows.KeyAt(rows[index]), row.Ballot, row.Slot));
        }

        return (places, index == rows.Count);
    }

    /// <summary>How many of the rows, ascending by object, are of objects up to and with this one.</summary>
    private int CountUpTo(List<int> rows, ObjectKey key)
    {
        var (low, high) = (0, rows.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _rows.KeyAt(rows[middle]) <= key ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private static ulong Name(ReadOnlySpan<byte> bytes)
    {
        var hash = 0xCBF2_9CE4_8422_2325;
        foreach (var value in bytes)
        {
            hash = (hash ^ value) * 0x0000_0100_0000_01B3;
        }

        return Mix(hash);
    }

    private static ulong Hash(ulong name, long slot) => Mix(name + ((ulong)slot * 0x9E37_79B9_7F4A_7C15));

    /// <summary>The finalizer of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).</summary>
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9;
        value = (value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB;
        return value ^ (value >> 31);
    }

    private readonly record struct LearnerRow(long Slot, Ballot Ballot, bool IsDirty)
    {
        private readonly long _packed = (Slot << 1) | (IsDirty ? 1L : 0);

        public long Slot => _packed >> 1;

        public bool IsDirty
        {
            get => (_packed & 1) != 0;
            init => _packed = (_packed & ~1L) | (value ? 1L : 0);
        }
    }

    private sealed class Bucket
    {
        private readonly List<int> _rows = [];
        private bool _isSorted = true;

        public void Add(int row)
        {
            _rows.Add(row);
            _isSorted = false;
        }

        /// <summary>The numbers of the rows, ascending by object.</summary>
        public List<int> Sorted(ObjectTable<LearnerRow> table)
        {
            if (!_isSorted)
            {
                _rows.Sort((one, other) => table.KeyAt(one).CompareTo(table.KeyAt(other)));
                _isSorted = true;
            }

            return _rows;
        }
    }
}
