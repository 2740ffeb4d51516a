namespace Paxi.TestKit.World;

/// <summary>How a <see cref="SimulatedDisk"/> behaves; may be replaced at any time.</summary>
public sealed record DiskOptions
{
    /// <summary>How long one commit with its sync takes; commits of one disk follow each other.</summary>
    public DelayDistribution WriteDelay { get; init; } =
        DelayDistribution.Uniform(TimeSpan.FromMicroseconds(100), TimeSpan.FromMicroseconds(800));

    /// <summary>The probability that a commit fails; the store that it failed on fails from then on.</summary>
    public double WriteFailure { get; init; }

    /// <summary>On a crash, the probability that a commit which was written but not yet synced survives all the same.</summary>
    public double UnsyncedSurvival { get; init; } = 0.3;

    /// <summary>On a crash, the probability that the first commit that does not survive leaves a torn record behind.</summary>
    public double TornTail { get; init; } = 0.5;

    /// <summary>The most commits that wait for the disk at once.</summary>
    public int LargestQueue { get; init; } = 1 << 16;

    internal DiskOptions Validated()
    {
        NetworkOptions.CheckProbability(WriteFailure, nameof(WriteFailure));
        NetworkOptions.CheckProbability(UnsyncedSurvival, nameof(UnsyncedSurvival));
        NetworkOptions.CheckProbability(TornTail, nameof(TornTail));
        return this;
    }
}

/// <summary>What a disk did so far; a run whose fault never happened proves nothing about it.</summary>
public sealed record DiskCounters
{
    /// <summary>Commits that were synced.</summary>
    public long Commits { get; internal set; }

    /// <summary>Commits that failed.</summary>
    public long Failed { get; internal set; }

    /// <summary>Commits that a crash took because they were not synced.</summary>
    public long Lost { get; internal set; }

    /// <summary>Commits that outlived a crash although they were not synced, so that nobody was told.</summary>
    public long Survived { get; internal set; }

    /// <summary>Torn records that a recovery found and cut off.</summary>
    public long TornTails { get; internal set; }

    /// <summary>Times that a store was opened: recoveries, the first start included.</summary>
    public long Opened { get; internal set; }
}
