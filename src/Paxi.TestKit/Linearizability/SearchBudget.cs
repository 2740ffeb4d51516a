using System.Diagnostics;

namespace Paxi.TestKit.Linearizability;

/// <summary>What the check of one partition may still spend: its share, so that a hard partition takes nothing from the others. For one thread at a time.</summary>
/// <param name="time">From now.</param>
/// <param name="bytes">That a search may remember configurations in.</param>
/// <param name="configurations">That searches may visit.</param>
internal sealed class SearchBudget(TimeSpan time, long bytes, long configurations)
{
    private long _started = Stopwatch.GetTimestamp();
    private TimeSpan _time = time;
    private long _byteLimit = bytes;
    private long _bytes;
    private long _configurations;

    /// <summary>After how many configurations a search asks again: seldom, yet often enough for a small limit.</summary>
    public int Interval { get; } = (int)Math.Clamp(configurations / 16, 1, 1024);

    /// <summary>Which limit was reached, in words; null while there is something left.</summary>
    public string? Exhausted { get; private set; }

    /// <summary>The time that is left.</summary>
    public TimeSpan Left => TimeSpan.FromTicks(Math.Max(0, (_time - Stopwatch.GetElapsedTime(_started)).Ticks));

    /// <summary>Takes what a search used since it last asked.</summary>
    /// <returns>False when a limit is reached.</returns>
    public bool Take(long usedBytes, long usedConfigurations)
    {
        _bytes += usedBytes;
        _configurations += usedConfigurations;
        if (_configurations > configurations)
        {
            Exhausted ??= $"the limit of {configurations} configurations was reached";
        }

        if (_bytes > _byteLimit)
        {
            Exhausted ??= $"the memory limit of {_byteLimit >> 20} MB was reached";
        }

        if (Stopwatch.GetElapsedTime(_started) >= _time)
        {
            Exhausted ??= $"the time limit of {_time.TotalSeconds:0.###} s was reached";
        }

        return Exhausted is null;
    }

    /// <summary>Gives memory back that a finished search held.</summary>
    public void Return(long usedBytes) => _bytes -= usedBytes;

    /// <summary>Begins anew with other shares of time and memory. Configurations that were visited stay so.</summary>
    public void Renew(TimeSpan time, long bytes)
    {
        (_started, _time, _byteLimit) = (Stopwatch.GetTimestamp(), time, bytes);
        Exhausted = _configurations > configurations ? Exhausted : null;
    }
}
