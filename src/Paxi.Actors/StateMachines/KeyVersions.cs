namespace Paxi.Actors.StateMachines;

/// <summary>The versions of one key that are too long for <see cref="PackedVersions"/>, in a ring that grows up to the limit.</summary>
internal sealed class KeyVersions
{
    private byte[][] _ring;
    private int _first;
    private int _bytes;

    /// <param name="packed">Versions to begin with.</param>
    public KeyVersions(ReadOnlySpan<byte> packed)
    {
        Count = PackedVersions.Count(packed);
        _ring = new byte[Count][];
        var position = 0;
        for (var index = Count - 1; index >= 0; index--)
        {
            _ring[index] = PackedVersions.Next(packed, ref position).ToArray();
            _bytes += _ring[index].Length;
        }
    }

    private KeyVersions(KeyVersions other)
    {
        _ring = (byte[][])other._ring.Clone();
        _first = other._first;
        _bytes = other._bytes;
        Count = other.Count;
    }

    /// <summary>How many versions.</summary>
    public int Count { get; private set; }

    /// <summary>The newest version; there must be one.</summary>
    public byte[] Newest => this[Count - 1];

    /// <summary>From the oldest, 0.</summary>
    public byte[] this[int index] => _ring[(_first + index) % _ring.Length];

    /// <summary>Adds the newest version, and drops the oldest as long as the limits ask for it; the newest always stays.</summary>
    public void Add(byte[] value, int maxVersions, int maxBytes)
    {
        Trim(maxVersions - 1, maxBytes - value.Length);
        if (Count == _ring.Length)
        {
            Grow(Math.Max(1, Math.Min(Count * 2, maxVersions)));
        }

        _ring[(_first + Count) % _ring.Length] = value;
        _bytes += value.Length;
        Count++;
    }

    /// <summary>Drops the oldest versions until the limits are kept.</summary>
    public void Trim(int maxVersions, int maxBytes)
    {
        while (Count > 0 && (Count > maxVersions || _bytes > maxBytes))
        {
            _bytes -= this[0].Length;
            _ring[_first] = null!;
            _first = (_first + 1) % _ring.Length;
            Count--;
        }
    }

    /// <summary>Another ring with the same versions; the values are shared.</summary>
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
