namespace Paxi.Protocols.Paxos;

/// <summary>
/// What is kept of a run of consecutive slots, in an array that grows by doubling and is used round and round. Slots that were never set hold the default. No
/// allocation per slot.
/// </summary>
/// <param name="first">The lowest slot that it may hold.</param>
/// <param name="largest">The most slots from the first to the last.</param>
internal sealed class SlotRing<T>(long first, int largest)
{
    private T?[] _items = new T?[16];

    /// <summary>The lowest slot that it may hold.</summary>
    public long First { get; private set; } = first;

    /// <summary>The highest slot that was set; <see cref="First"/> - 1 when none is.</summary>
    public long Last { get; private set; } = first - 1;

    /// <summary>How many slots, from the first to the last.</summary>
    public long Count => Last - First + 1;

    /// <summary>Whether no slot was set.</summary>
    public bool IsEmpty => Last < First;

    /// <summary>Whether the slot may be set.</summary>
    public bool CanHold(long slot) => slot >= First && slot - First < largest;

    /// <summary>Whether it lies between the first and the last.</summary>
    public bool Contains(long slot) => slot >= First && slot <= Last;

    /// <summary>A slot from the first to the last.</summary>
    public ref T? this[long slot]
    {
        get
        {
            if (!Contains(slot))
            {
                throw new ArgumentOutOfRangeException(nameof(slot), slot, $"slots {First} to {Last} are kept");
            }

            return ref _items[slot & (_items.Length - 1)];
        }
    }

    /// <exception cref="ArgumentOutOfRangeException">Ask <see cref="CanHold"/> first.</exception>
    public ref T? Set(long slot)
    {
        if (!CanHold(slot))
        {
            throw new ArgumentOutOfRangeException(nameof(slot), slot, $"slots {First} to {First + largest - 1} can be kept");
        }

        while (slot - First >= _items.Length)
        {
            Grow();
        }

        if (slot > Last)
        {
            Last = slot;
        }

        return ref _items[slot & (_items.Length - 1)];
    }

    /// <summary>Forgets everything up to and with <paramref name="slot"/>.</summary>
    public void DropTo(long slot)
    {
        var last = Math.Min(slot, Last);
        for (var dropped = First; dropped <= last; dropped++)
        {
            _items[dropped & (_items.Length - 1)] = default;
        }

        First = Math.Max(First, slot + 1);
        Last = Math.Max(Last, First - 1);
    }

    private void Grow()
    {
        var larger = new T?[_items.Length * 2];
        for (var slot = First; slot <= Last; slot++)
        {
            larger[slot & (larger.Length - 1)] = _items[slot & (_items.Length - 1)];
        }

        _items = larger;
    }
}
