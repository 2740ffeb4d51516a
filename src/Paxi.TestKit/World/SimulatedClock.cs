namespace Paxi.TestKit.World;

/// <summary>
/// The clock of one replica: it may run fast or slow against the world's true time, and its wall time may step.
/// The monotonic time drifts but never steps, as that of a real machine. All times are ticks of 100 ns.
/// </summary>
public sealed class SimulatedClock
{
    /// <summary>The largest drift, either way: half the true speed, or one and a half times it.</summary>
    public const long LargestDrift = 500_000;

    private const long Million = 1_000_000;

    private long _trueBase;
    private long _localBase;
    private long _step;

    /// <summary>Parts per million by which the clock is fast (positive) or slow (negative).</summary>
    public long DriftPartsPerMillion { get; private set; }

    /// <summary>How far the wall time stands from the monotonic time, by steps.</summary>
    public TimeSpan StepOffset => TimeSpan.FromTicks(_step);

    /// <summary>The replica's monotonic time at a true time of the world.</summary>
    internal long Monotonic(long trueTicks)
    {
        var elapsed = trueTicks - _trueBase;
        return DriftPartsPerMillion == 0
            ? _localBase + elapsed
            : _localBase + (long)((Int128)elapsed * (Million + DriftPartsPerMillion) / Million);
    }

    /// <summary>The replica's wall time at a true time of the world, counted from the world's epoch.</summary>
    internal long Wall(long trueTicks) => Monotonic(trueTicks) + _step;

    /// <summary>
    /// The true time that passes while this clock counts <paramref name="localTicks"/>; rounded up, so that a timer never
    /// fires before its own clock says that it is due.
    /// </summary>
    internal long TrueDelay(long localTicks)
    {
        if (DriftPartsPerMillion == 0 || localTicks <= 0)
        {
            return Math.Max(0, localTicks);
        }

        var rate = Million + DriftPartsPerMillion;
        return (long)((((Int128)localTicks * Million) + rate - 1) / rate);
    }

    internal void SetDrift(long trueTicks, long partsPerMillion)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(partsPerMillion, -LargestDrift);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(partsPerMillion, LargestDrift);
        _localBase = Monotonic(trueTicks);
        _trueBase = trueTicks;
        DriftPartsPerMillion = partsPerMillion;
    }

    internal void Step(long ticks) => _step += ticks;
}
