using System.Diagnostics;

namespace Paxi.TestKit.Linearizability;

/// <summary>What the searches that run side by side may still spend together. Safe for several threads.</summary>
internal sealed class SearchBudget(TimeSpan time, long bytes, long configurations)
{
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly string _memoryExhausted = $"the memory limit of {bytes >> 20} MB was reached";
    private readonly string _configurationsExhausted = $"the limit of {configurations} configurations was reached";
    private long _bytes = bytes;
    private long _configurations = configurations;
    private volatile string? _exhausted;

    /// <summary>After how many configurations a search asks again: seldom, yet often enough for a small limit.</summary>
    public int Interval { get; } = (int)Math.Clamp(configurations / 16, 1, 1024);

    /// <summary>Which limit was reached, in words; null while there is something left.</summary>
    public string? Exhausted => _exhausted;

    /// <summary>The time that is left.</summary>
    public TimeSpan Left => TimeSpan.FromTicks(Math.Max(0, (time - Stopwatch.GetElapsedTime(_started)).Ticks));

    /// <summary>Takes what a search used since it last asked.</summary>
    /// <returns>False when a limit is reached.</returns>
    public bool Take(long usedBytes, long usedConfigurations)
    {
        if (Interlocked.Add(ref _configurations, -usedConfigurations) < 0)
        {
            _exhausted ??= _configurationsExhausted;
        }

        if (Interlocked.Add(ref _bytes, -usedBytes) < 0)
        {
            _exhausted ??= _memoryExhausted;
        }

        if (Stopwatch.GetElapsedTime(_started) > time)
        {
            _exhausted ??= $"the time limit of {time.TotalSeconds:0.###} s was reached";
        }

        return _exhausted is null;
    }

    /// <summary>Gives memory back that a finished search held.</summary>
    public void Return(long usedBytes) => Interlocked.Add(ref _bytes, usedBytes);
}
