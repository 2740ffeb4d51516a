using System.Runtime.InteropServices;
using Paxi.Actors;
using Paxi.Actors.StateMachines;

namespace Paxi.Protocols.WPaxos;

/// <summary>
/// Up to which slot each object is executed, and digests of that. An object costs a row of a dictionary (44 bytes where that is full, twice that where it has just grown) and a reference to its
/// name in a bucket.
/// <code>
/// name    := FNV-1a (64 bits) of the object's bytes, mixed
/// bucket  := the highest 8 bits of name
/// digest  := the sum over the objects of mix(name + slot × odd constant); that of a bucket over its objects
/// </code>
/// The same on every replica, so two tables are equal when their digests are, but for the chance of a collision, which the next change ends.
/// </summary>
internal sealed class LearnerTable
{
    private readonly Dictionary<ObjectKey, LearnerRow> _rows = [];
    private readonly Bucket[] _buckets = new Bucket[WPaxosWire.Buckets];

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
        ref var row = ref CollectionsMarshal.GetValueRefOrAddDefault(_rows, place.Object, out var isKnown);
        var name = Name(place.Object.Span);
        var bucket = _buckets[name >> 56];
        if (!isKnown)
        {
            bucket.Add(place.Object);
        }

        var change = Hash(name, place.Slot) - (isKnown ? Hash(name, row.Slot) : 0);
        bucket.Digest += change;
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
        ref var row = ref CollectionsMarshal.GetValueRefOrNullRef(_rows, key);
        row = row with { IsDirty = false };
        return new Place(key, row.Ballot, row.Slot);
    }

    public ulong[] Digests()
    {
        var digests = new ulong[_buckets.Length];
        for (var index = 0; index < digests.Length; index++)
        {
            digests[index] = _buckets[index].Digest;
        }

        return digests;
    }

    /// <summary>The objects of a bucket behind one, ascending; from the start when that is empty.</summary>
    public (List<Place> Places, bool IsLast) Read(int bucket, ObjectKey after, int most)
    {
        var names = _buckets[bucket].Sorted();
        var found = after.Length == 0 ? -1 : names.BinarySearch(after);
        var first = after.Length == 0 ? 0 : found < 0 ? ~found : found + 1;
        var places = new List<Place>(Math.Min(most, names.Count - first));
        var index = first;
        for (; index < names.Count && places.Count < most; index++)
        {
            places.Add(Find(names[index]));
        }

        return (places, index == names.Count);
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

    private readonly record struct LearnerRow(long Slot, Ballot Ballot, bool IsDirty);

    private sealed class Bucket
    {
        private readonly List<ObjectKey> _names = [];
        private bool _isSorted = true;

        public ulong Digest { get; set; }

        public void Add(ObjectKey name)
        {
            _names.Add(name);
            _isSorted = false;
        }

        public List<ObjectKey> Sorted()
        {
            if (!_isSorted)
            {
                _names.Sort();
                _isSorted = true;
            }

            return _names;
        }
    }
}
