using System.Runtime.CompilerServices;

namespace Paxi.TestKit.Linearizability;

/// <summary>
/// States of several keys as numbers: equal states have equal numbers, and a state that differs from another in one
/// key shares nearly all memory with it. A state is a tree of fan-out 8 whose leaves hold the values of the keys;
/// every node is stored once.
/// </summary>
internal sealed class StateTable
{
    private const int FanOutBits = 3;
    private const int FanOut = 1 << FanOutBits;
    private const int NodeBytes = 48;

    private readonly Dictionary<Node, int> _numbers = [];
    private readonly List<Node> _nodes = [];
    private readonly int _height;

    /// <summary>A table whose first state has the given values.</summary>
    public StateTable(ReadOnlySpan<int> values)
    {
        int capacity = FanOut;
        while (capacity < values.Length)
        {
            capacity <<= FanOutBits;
            _height++;
        }

        Initial = Build(values, 0, _height);
    }

    /// <summary>The number of the first state.</summary>
    public int Initial { get; }

    /// <summary>Bytes it occupies, roughly.</summary>
    public long Bytes => (long)_nodes.Count * 2 * NodeBytes;

    /// <summary>The value of a key.</summary>
    public int Get(int state, int key)
    {
        int node = state;
        for (int level = _height; level >= 0; level--)
        {
            node = _nodes[node][Slot(key, level)];
        }

        return node;
    }

    /// <summary>The state that has another value for a key.</summary>
    public int With(int state, int key, int value) => With(state, key, value, _height);

    private int With(int node, int key, int value, int level)
    {
        Node changed = _nodes[node];
        int slot = Slot(key, level);
        changed[slot] = level == 0 ? value : With(changed[slot], key, value, level - 1);
        return Number(changed);
    }

    private int Build(ReadOnlySpan<int> values, int first, int level)
    {
        var node = new Node();
        for (int slot = 0; slot < FanOut; slot++)
        {
            int key = first + (slot << (FanOutBits * level));
            node[slot] = level > 0 ? Build(values, key, level - 1) : key < values.Length ? values[key] : 0;
        }

        return Number(node);
    }

    private int Number(Node node)
    {
        if (!_numbers.TryGetValue(node, out int number))
        {
            number = _nodes.Count;
            _nodes.Add(node);
            _numbers.Add(node, number);
        }

        return number;
    }

    private static int Slot(int key, int level) => (key >> (FanOutBits * level)) & (FanOut - 1);

    [InlineArray(FanOut)]
    private struct Node : IEquatable<Node>
    {
        private int _first;

        public readonly bool Equals(Node other) => ((ReadOnlySpan<int>)this).SequenceEqual(other);

        public override readonly bool Equals(object? obj) => obj is Node other && Equals(other);

        public override readonly int GetHashCode()
        {
            uint hash = 17;
            foreach (int value in (ReadOnlySpan<int>)this)
            {
                hash = (hash ^ (uint)value) * 0x9E3779B1;
                hash ^= hash >> 15;
            }

            return (int)hash;
        }
    }
}
