namespace Paxi.TestKit.World;

/// <summary>How a <see cref="SimulatedWorld"/> runs.</summary>
public sealed record WorldOptions
{
    /// <summary>The seed of every choice in the world.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>
    /// Runs what is ready in a random order instead of first in, first out. Actors on one machine have no promised order
    /// between them; this explores the orders.
    /// </summary>
    public bool ShuffleReadyWork { get; init; }

    /// <summary>The bound of the run queue and of the timers, each; a power of two.</summary>
    public int LargestQueue { get; init; } = 1 << 22;

    /// <summary>How many failures are kept; later ones are only counted.</summary>
    public int LargestFailures { get; init; } = 100;

    /// <summary>Receives a line for each record of the trace; null writes none.</summary>
    public TextWriter? Trace { get; init; }
}

/// <summary>Why a run of the world came back.</summary>
public enum RunOutcome
{
    /// <summary>Nothing is left to do at any time: no message, no timer.</summary>
    Quiescent,

    /// <summary>The condition that the caller gave holds.</summary>
    Satisfied,

    /// <summary>The virtual deadline was reached first.</summary>
    Deadline,

    /// <summary>The bound on steps was reached first.</summary>
    StepLimit,
}
