namespace Paxi.TestKit.Linearizability;

/// <summary>
/// A bit for each operation while it is open. Operations with a return use their bit only until then, so as many bits
/// suffice as operations overlap; those of unknown outcome keep theirs for ever and come after, in words of their own.
/// </summary>
internal sealed class Slots
{
    /// <summary>Assigns the bits of a problem's operations.</summary>
    public Slots(Problem problem)
    {
        Of = new int[problem.Count];
        PreviousInSlot = new int[problem.Count];
        var free = new PriorityQueue<int, int>();
        var occupant = new List<int>();
        foreach (int happening in problem.Events)
        {
            int operation = happening >> 1;
            if ((happening & 1) != 0)
            {
                free.Enqueue(Of[operation], Of[operation]);
            }
            else if (!problem.IsOptional(operation))
            {
                if (free.Count == 0)
                {
                    free.Enqueue(occupant.Count, occupant.Count);
                    occupant.Add(-1);
                }

                int slot = free.Dequeue();
                Of[operation] = slot;
                PreviousInSlot[operation] = occupant[slot];
                occupant[slot] = operation;
            }
        }

        KnownWords = Words(occupant.Count);
        int optional = KnownWords * 64;
        for (int operation = 0; operation < problem.Count; operation++)
        {
            if (problem.IsOptional(operation))
            {
                Of[operation] = optional++;
                PreviousInSlot[operation] = -1;
            }
        }

        OptionalWords = Words(optional - (KnownWords * 64));
    }

    /// <summary>The bit of each operation.</summary>
    public int[] Of { get; }

    /// <summary>Which operation had the bit before; -1 for none.</summary>
    public int[] PreviousInSlot { get; }

    /// <summary>Words of 64 bits for the operations that must happen.</summary>
    public int KnownWords { get; }

    /// <summary>Words of 64 bits for the operations that may happen.</summary>
    public int OptionalWords { get; }

    private static int Words(int bits) => (bits + 63) / 64;
}
