namespace Paxi.Actors.StateMachines;

/// <summary>
/// The versions of one key, in a ring that grows up to the limit. A key that was written once since it was absent has none of this: its value stands in the
/// dictionary itself, which halves the memory of a large store.
/// </summary>
internal sealed class KeyVersions
{
    private byte[][] _ring;
    private int _first;
    private int _bytes;

    public KeyVersions(byte[] older, byte[] newer)
    {
        _ring = [older, newer];
        Count = 2;
        _bytes = older.Length + newer.Length;
    }

    private KeyVersions(KeyVersions other)
    {
        _ring = (byte[][])other._ring.Clone();
        _first = other._first;
        _bytes = other._bytes;
        Count = other.Count;
    }

    public int Count { get; private set; }

    public byte[] Newest => this[Count - 1];

    /// <summary>From the oldest, 0.</summary>
    public byte[] this[int index] => _ring[(_first + index) % _ring.Length];

    /// <summary>Adds the newest version, and drops the oldest as long as the limits ask for it; the newest always stays.</summary>
    public void Add(byte[] value, int maxVersions, int maxBytes)
    {
        _bytes += value.Length;
        while (Count > 0 && (Count >= maxVersions || _bytes > maxBytes))
        {
            _bytes -= this[0].Length;
            _ring[_first] = null!;
            _first = (_first + 1) % _ring.Length;
            Count--;
        }

        if (Count == _ring.Length)
        {
            Grow(Math.Min(Count * 2, maxVersions));
        }

        _ring[(_first + Count) % _ring.Length] = value;
        Count++;
    }

    public KeyVersions Copy() => new(this);

    private void Grow(int capacity)
    {
        var ring = new byte[capacity][];
        for (var index = 0; index < Count; index++)
        {
            ring[index] = this[index];
        }

        (_ring, _first) = (ring, 0);
    }
}
