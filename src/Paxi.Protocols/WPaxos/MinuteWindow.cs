namespace Paxi.Protocols.WPaxos;

/// <summary>How many events the last minute saw, in buckets of a second. Its size does not depend on how many there were.</summary>
internal sealed class MinuteWindow
{
    private const int Seconds = 60;

    private readonly long[] _buckets = new long[Seconds];
    private long _second;

    /// <param name="now">Monotonic; not before any earlier one.</param>
    public void Add(TimeSpan now)
    {
        MoveTo(now);
        _buckets[_second % Seconds]++;
    }

    /// <summary>The events of the last 59 whole seconds and of the one that runs.</summary>
    public long Count(TimeSpan now)
    {
        MoveTo(now);
        return _buckets.Sum();
    }

    private void MoveTo(TimeSpan now)
    {
        var second = now.Ticks / TimeSpan.TicksPerSecond;
        for (var passed = Math.Min(second - _second, Seconds); passed > 0; passed--)
        {
            _buckets[(second - passed + 1) % Seconds] = 0;
        }

        _second = Math.Max(_second, second);
    }
}
