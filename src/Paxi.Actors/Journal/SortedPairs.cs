using System.Buffers.Binary;

namespace Paxi.Actors.Journal;

/// <summary>
/// Keys and values in the order of the keys' bytes: blocks of up to <see cref="BlockSize"/> pairs, as the leaves of a B+ tree under one list. The first 16 bytes of each key stand beside it as a
/// number, so a search reads a few runs of memory and hardly ever a key; a tree of nodes would wait for memory at every level. Not for several threads.
/// </summary>
internal sealed class SortedPairs
{
    /// <summary>Pairs of a block, at most.</summary>
    public const int BlockSize = 64;

    private const int HeadBytes = 16;

    /// <summary>None is empty.</summary>
    private readonly List<Block> _blocks = [];

    /// <summary>The head of each block's first key.</summary>
    private readonly List<UInt128> _firsts = [];

    /// <summary>How many pairs.</summary>
    public int Count { get; private set; }

    /// <summary>Puts the value there, in place of another. Both arrays are kept.</summary>
    public void Put(byte[] key, byte[] value)
    {
        var head = HeadOf(key);
        if (_blocks.Count == 0)
        {
            _blocks.Add(new Block());
            _firsts.Add(head);
        }

        var number = Math.Max(BlockOf(head, key), 0);
        var block = _blocks[number];
        var index = block.CountBelow(head, key);
        if (block.IsAt(index, head, key))
        {
            block.Pairs[index].Value = value;
            return;
        }

        if (block.Count == BlockSize)
        {
            // Ascending keys fill the blocks: then the new one takes nothing along.
            var kept = index == BlockSize && number == _blocks.Count - 1 ? BlockSize : BlockSize / 2;
            var added = block.Split(kept);
            _blocks.Insert(number + 1, added);
            _firsts.Insert(number + 1, kept == BlockSize ? head : added.Pairs[0].Head);
            if (index >= kept)
            {
                (number, block, index) = (number + 1, added, index - kept);
            }
        }

        block.Insert(index, new Pair(head, key, value));
        _firsts[number] = block.Pairs[0].Head;
        Count++;
    }

    /// <summary>Takes the key out, if it is there.</summary>
    public void Delete(ReadOnlySpan<byte> key)
    {
        var head = HeadOf(key);
        if (BlockOf(head, key) is >= 0 and var number && _blocks[number].CountBelow(head, key) is var index && _blocks[number].IsAt(index, head, key))
        {
            Remove(number, index, 1);
            Merge(number);
        }
    }

    /// <summary>Takes out the keys from one up to, and without, another.</summary>
    public void DeleteRange(ReadOnlySpan<byte> from, ReadOnlySpan<byte> until)
    {
        if (from.SequenceCompareTo(until) >= 0)
        {
            return;
        }

        var (head, end) = (HeadOf(from), HeadOf(until));
        var start = Math.Max(BlockOf(head, from), 0);
        for (var number = start; number < _blocks.Count;)
        {
            var block = _blocks[number];
            var (first, behind, count) = (block.CountBelow(head, from), block.CountBelow(end, until), block.Count);
            if (behind > first)
            {
                Remove(number, first, behind - first);
            }

            if (behind < count)
            {
                break;
            }

            number += first > 0 ? 1 : 0;
        }

        Merge(start);
    }

    /// <summary>Copies of what is there now, from a key on.</summary>
    public List<KeyValuePair<byte[], byte[]>> From(ReadOnlySpan<byte> key)
    {
        var found = new List<KeyValuePair<byte[], byte[]>>();
        var head = HeadOf(key);
        for (var number = Math.Max(BlockOf(head, key), 0); number < _blocks.Count; number++)
        {
            var block = _blocks[number];
            for (var index = block.CountBelow(head, key); index < block.Count; index++)
            {
                ref var pair = ref block.Pairs[index];
                found.Add(new KeyValuePair<byte[], byte[]>((byte[])pair.Key.Clone(), (byte[])pair.Value.Clone()));
            }
        }

        return found;
    }

    private void Remove(int number, int index, int count)
    {
        var block = _blocks[number];
        block.Remove(index, count);
        Count -= count;
        if (block.Count == 0)
        {
            RemoveBlock(number);
        }
        else
        {
            _firsts[number] = block.Pairs[0].Head;
        }
    }

    /// <summary>Makes one block of two small ones: else blocks with a pair or two would pile up where keys go in no order.</summary>
    private void Merge(int number)
    {
        if (number + 1 < _blocks.Count && _blocks[number].Count + _blocks[number + 1].Count <= BlockSize / 2)
        {
            _blocks[number].Append(_blocks[number + 1]);
            RemoveBlock(number + 1);
        }
    }

    private void RemoveBlock(int number)
    {
        _blocks.RemoveAt(number);
        _firsts.RemoveAt(number);
    }

    /// <summary>The number of the last block whose first key is not above; -1 without one.</summary>
    private int BlockOf(UInt128 head, ReadOnlySpan<byte> key)
    {
        var (low, high) = (0, _firsts.Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            var first = _firsts[middle];
            var isBelow = first == head ? _blocks[middle].Pairs[0].Key.AsSpan().SequenceCompareTo(key) <= 0 : first < head;
            (low, high) = isBelow ? (middle + 1, high) : (low, middle);
        }

        return low - 1;
    }

    /// <summary>The first bytes of the key, with zeros behind a shorter one: where two differ, they are in the order of their keys.</summary>
    private static UInt128 HeadOf(ReadOnlySpan<byte> key)
    {
        if (key.Length >= HeadBytes)
        {
            return BinaryPrimitives.ReadUInt128BigEndian(key);
        }

        Span<byte> head = stackalloc byte[HeadBytes];
        head.Clear();
        key.CopyTo(head);
        return BinaryPrimitives.ReadUInt128BigEndian(head);
    }

    private struct Pair(UInt128 head, byte[] key, byte[] value)
    {
        public readonly UInt128 Head = head;

        public readonly byte[] Key = key;

        public byte[] Value = value;
    }

    private sealed class Block
    {
        private const int Smallest = 8;

        public Pair[] Pairs { get; private set; } = new Pair[Smallest];

        public int Count { get; private set; }

        /// <summary>How many of its keys are below.</summary>
        public int CountBelow(UInt128 head, ReadOnlySpan<byte> key)
        {
            var pairs = Pairs;
            var (low, high) = (0, Count);
            while (low < high)
            {
                var middle = (low + high) >>> 1;
                ref var pair = ref pairs[middle];
                var isBelow = pair.Head == head ? pair.Key.AsSpan().SequenceCompareTo(key) < 0 : pair.Head < head;
                (low, high) = isBelow ? (middle + 1, high) : (low, middle);
            }

            return low;
        }

        public bool IsAt(int index, UInt128 head, ReadOnlySpan<byte> key) =>
            index < Count && Pairs[index].Head == head && key.SequenceEqual(Pairs[index].Key);

        public void Insert(int index, Pair pair)
        {
            if (Count == Pairs.Length)
            {
                var larger = new Pair[Math.Min(2 * Count, BlockSize)];
                Array.Copy(Pairs, larger, Count);
                Pairs = larger;
            }

            Array.Copy(Pairs, index, Pairs, index + 1, Count - index);
            Pairs[index] = pair;
            Count++;
        }

        public void Remove(int index, int count)
        {
            Array.Copy(Pairs, index + count, Pairs, index, Count - index - count);
            Array.Clear(Pairs, Count - count, count);
            Count -= count;
        }

        /// <summary>Takes over what the next block has.</summary>
        public void Append(Block next)
        {
            var pairs = Pairs;
            if (Count + next.Count > pairs.Length)
            {
                pairs = new Pair[BlockSize];
                Array.Copy(Pairs, pairs, Count);
            }

            Array.Copy(next.Pairs, 0, pairs, Count, next.Count);
            (Pairs, Count) = (pairs, Count + next.Count);
        }

        /// <summary>Moves what is behind the first <paramref name="kept"/> pairs to another block.</summary>
        public Block Split(int kept)
        {
            var moved = Count - kept;
            var other = new Block { Pairs = new Pair[moved == 0 ? Smallest : BlockSize], Count = moved };
            Array.Copy(Pairs, kept, other.Pairs, 0, moved);
            Array.Clear(Pairs, kept, moved);
            Count = kept;
            return other;
        }
    }
}
