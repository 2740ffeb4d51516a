using System.Numerics;

namespace Paxi.TestKit.Linearizability;

/// <summary>
/// The configurations that the search has proven to be dead ends or is looking into. A configuration is a position in
/// the events, the state, and the operations called but not yet linearized, as bits: first those that must happen,
/// then those that may. One that has used up fewer of the optional operations can do whatever another can that agrees
/// with it in all else, so the set answers for the second as soon as it has the first. Entries are compared in full;
/// the hash only finds them.
/// </summary>
internal sealed class ConfigurationSet(int knownWords, int optionalWords)
{
    private const int ChunkBits = 12;
    private const int ChunkEntries = 1 << ChunkBits;

    private readonly int _width = 1 + knownWords + optionalWords;
    private readonly List<ulong[]> _chunks = [];
    private readonly List<int[]> _next = [];
    private int[] _buckets = new int[1 << 10];

    /// <summary>How many configurations it holds.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes it occupies.</summary>
    public long Bytes => ((long)_chunks.Count * ChunkEntries * ((_width * 8) + 4)) + (_buckets.Length * 4L);

    /// <summary>Adds a configuration.</summary>
    /// <param name="position">The position in the events.</param>
    /// <param name="state">The state's number.</param>
    /// <param name="open">Known words, then optional words: a bit for each operation that is open.</param>
    /// <returns>False if the set has it already, or one that can do all that it can.</returns>
    public bool Add(int position, int state, ReadOnlySpan<ulong> open)
    {
        ulong head = ((ulong)(uint)position << 32) | (uint)state;
        ulong hash = Hash(head, open[..knownWords]);
        int bucket = (int)(hash & (ulong)(_buckets.Length - 1));
        for (int entry = _buckets[bucket]; entry != 0; entry = Next(entry))
        {
            if (Covers(Entry(entry), head, open))
            {
                return false;
            }
        }

        Insert(bucket, head, open);
        return true;
    }

    private bool Covers(ReadOnlySpan<ulong> entry, ulong head, ReadOnlySpan<ulong> open)
    {
        if (entry[0] != head || !entry.Slice(1, knownWords).SequenceEqual(open[..knownWords]))
        {
            return false;
        }

        for (int word = knownWords; word < open.Length; word++)
        {
            if ((open[word] & ~entry[word + 1]) != 0)
            {
                return false;
            }
        }

        return true;
    }

    private void Insert(int bucket, ulong head, ReadOnlySpan<ulong> open)
    {
        int entry = ++Count;
        if (entry >> ChunkBits >= _chunks.Count)
        {
            _chunks.Add(new ulong[ChunkEntries * _width]);
            _next.Add(new int[ChunkEntries]);
        }

        Span<ulong> words = Entry(entry);
        words[0] = head;
        open.CopyTo(words[1..]);
        Next(entry) = _buckets[bucket];
        _buckets[bucket] = entry;
        if (Count > _buckets.Length)
        {
            Rehash();
        }
    }

    private void Rehash()
    {
        _buckets = new int[_buckets.Length * 4];
        for (int entry = 1; entry <= Count; entry++)
        {
            ReadOnlySpan<ulong> words = Entry(entry);
            int bucket = (int)(Hash(words[0], words.Slice(1, knownWords)) & (ulong)(_buckets.Length - 1));
            Next(entry) = _buckets[bucket];
            _buckets[bucket] = entry;
        }
    }

    private Span<ulong> Entry(int entry) =>
        _chunks[entry >> ChunkBits].AsSpan((entry & (ChunkEntries - 1)) * _width, _width);

    private ref int Next(int entry) => ref _next[entry >> ChunkBits][entry & (ChunkEntries - 1)];

    private static ulong Hash(ulong head, ReadOnlySpan<ulong> words)
    {
        ulong hash = head * 0x9E3779B97F4A7C15;
        foreach (ulong word in words)
        {
            hash = BitOperations.RotateLeft(hash ^ word, 27) * 0xBF58476D1CE4E5B9;
        }

        hash ^= hash >> 29;
        hash *= 0x94D049BB133111EB;
        return hash ^ (hash >> 32);
    }
}
