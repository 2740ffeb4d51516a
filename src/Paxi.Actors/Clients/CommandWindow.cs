namespace Paxi.Actors.Clients;

/// <summary>
/// The commands of a session that are under way, in a ring by their sequence numbers. It spans from the lowest outstanding number to the
/// next one to give, so one command that takes long holds the others up once the span is used; the session table at the replicas is
/// bounded in the same way.
/// </summary>
/// <param name="limit">The largest span.</param>
internal sealed class CommandWindow(int limit)
{
    private PendingCommand?[] _slots = new PendingCommand?[Math.Min(64, Capacity(limit))];

    /// <summary>Everything below was answered or given up.</summary>
    public long Lowest { get; private set; } = 1;

    /// <summary>The number that the next command gets.</summary>
    public long Next { get; private set; } = 1;

    public int Count { get; private set; }

    public bool IsFull => Next - Lowest >= limit;

    /// <summary>Gives the command the next number.</summary>
    public void Add(PendingCommand command)
    {
        if (IsFull)
        {
            throw new InvalidOperationException("the window is full");
        }

        if (Next - Lowest == _slots.Length)
        {
            Grow();
        }

        command.Sequence = Next;
        _slots[Index(Next)] = command;
        Next++;
        Count++;
    }

    /// <summary>The command of that number if it is under way.</summary>
    public PendingCommand? Find(long sequence) => sequence >= Lowest && sequence < Next ? _slots[Index(sequence)] : null;

    /// <summary>Takes the command out; the lowest number moves past what is no longer under way.</summary>
    public void Remove(PendingCommand command)
    {
        if (!ReferenceEquals(Find(command.Sequence), command))
        {
            throw new InvalidOperationException($"command {command.Sequence} is not under way");
        }

        _slots[Index(command.Sequence)] = null;
        Count--;
        while (Lowest < Next && _slots[Index(Lowest)] is null)
        {
            Lowest++;
        }
    }

    /// <summary>Empty, numbers from 1 on again.</summary>
    public void Reset()
    {
        Array.Clear(_slots);
        (Lowest, Next, Count) = (1, 1, 0);
    }

    private static int Capacity(int limit) => (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)limit);

    private int Index(long sequence) => (int)(sequence & (_slots.Length - 1));

    private void Grow()
    {
        var old = _slots;
        _slots = new PendingCommand?[old.Length * 2];
        for (var sequence = Lowest; sequence < Next; sequence++)
        {
            _slots[Index(sequence)] = old[(int)(sequence & (old.Length - 1))];
        }
    }
}
