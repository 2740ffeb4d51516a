using Paxi.TestKit.Histories;

namespace Paxi.TestKit.Linearizability;

/// <summary>What the checker found.</summary>
public enum Verdict
{
    /// <summary>Linearizable: an order of the operations exists that explains every answer.</summary>
    Yes,

    /// <summary>Not linearizable: no order explains every answer.</summary>
    No,

    /// <summary>A limit was reached before either was proven.</summary>
    Unknown,
}

/// <summary>How much a check may spend. Reaching a limit gives <see cref="Verdict.Unknown"/>, never a yes.</summary>
public sealed record CheckLimits
{
    /// <summary>Wall-clock time of the whole check, without the shrinking of a violation. Partitions that are hard share it evenly.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Bytes that the searches of all partitions together may remember configurations in. Each partition has its share.</summary>
    public long MemoryBytes { get; init; } = 1L << 30;

    /// <summary>Configurations that the search of a partition may visit. Each partition has so many to itself; all together are bounded by time.</summary>
    public long Configurations { get; init; } = long.MaxValue;

    /// <summary>How many partitions are checked at the same time; 0 stands for the number of cores.</summary>
    public int Parallelism { get; init; }

    /// <summary>Wall-clock time for making a violation's fragment short.</summary>
    public TimeSpan ShrinkTime { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>An operation of an impossible fragment.</summary>
/// <param name="Operation">The operation as recorded.</param>
/// <param name="IsOpen">
/// True when it was in progress at the moment at which the fragment begins or ends, or is of unknown outcome: the
/// fragment is impossible whether or not it took effect in it.
/// </param>
/// <param name="IsImpossible">True for the operation whose answer no order of the fragment explains.</param>
public sealed record FragmentOperation(Operation Operation, bool IsOpen, bool IsImpossible);

/// <summary>The outcome of a check.</summary>
public sealed record CheckReport
{
    /// <summary>Yes, no, or unknown.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>How many operations the history has.</summary>
    public required int Operations { get; init; }

    /// <summary>How many independent parts it was split into: a key each, or the keys that transactions join.</summary>
    public required int Partitions { get; init; }

    /// <summary>
    /// For a no, the key or keys (joined by a comma) of the fragment; for an unknown, of the partition that was not
    /// decided; null for a yes.
    /// </summary>
    public string? Key { get; init; }

    /// <summary>Why, in one line; null for a yes.</summary>
    public string? Reason { get; init; }

    /// <summary>
    /// For a no: operations that are impossible together, by start. Each answer in them depends on nothing outside of
    /// them, so that their impossibility is the history's.
    /// </summary>
    public IReadOnlyList<FragmentOperation> Fragment { get; init; } = [];

    /// <summary>
    /// Whether the fragment is impossible whatever its key held when it begins: what happened before it is not needed for the contradiction.
    /// </summary>
    public bool FromAnyState { get; init; }

    /// <summary>For a no: all operations on the fragment's keys, by start.</summary>
    public IReadOnlyList<Operation> Neighbours { get; init; } = [];

    /// <summary>Wall-clock time of the check.</summary>
    public TimeSpan Elapsed { get; init; }
}
