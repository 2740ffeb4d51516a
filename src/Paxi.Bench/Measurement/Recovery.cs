namespace Paxi.Bench.Measurement;

/// <summary>What a fault did to the throughput.</summary>
/// <param name="Seconds">From the fault until the throughput was back; null when it never was.</param>
/// <param name="Lowest">The lowest throughput of a tick meanwhile, as a part of that before; null when there was none before.</param>
/// <param name="Silence">The longest time meanwhile, in seconds, in which nothing was answered.</param>
public readonly record struct Recovery(double? Seconds, double? Lowest, double Silence)
{
    /// <summary>Back is this part of the median throughput before the fault.</summary>
    public const double Back = 0.9;

    private const double SecondsBefore = 3;
    private const double SecondsSteady = 1;

    /// <summary>
    /// The throughput before is the median of the ticks of up to three seconds before the fault. It is back at the first tick after which the mean of one second is
    /// 90 % of that; a fault that does no such harm has a recovery of 0.
    /// </summary>
    /// <param name="ticks">Operations done in each tick of the window.</param>
    /// <param name="tick">Its length in seconds.</param>
    /// <param name="from">When the fault began, in seconds since the window was opened.</param>
    /// <param name="until">When the next fault began, or the end of the window: until then it is looked for.</param>
    public static Recovery Of(IReadOnlyList<long> ticks, double tick, double from, double until)
    {
        var first = (int)(from / tick);
        // Where nothing was done at the end there are no ticks.
        var end = (int)Math.Max(first, Math.Floor(until / tick));
        long At(int index) => index < ticks.Count ? ticks[index] : 0;

        var before = Enumerable.Range(0, first).TakeLast((int)(SecondsBefore / tick)).Select(At).Order().ToArray();
        var usual = before.Length == 0 ? 0 : before[before.Length / 2];
        var (silent, longest, lowest) = (0, 0, long.MaxValue);
        for (var index = first; index < end; index++)
        {
            silent = At(index) == 0 ? silent + 1 : 0;
            longest = Math.Max(longest, silent);
            lowest = Math.Min(lowest, At(index));
        }

        if (usual == 0)
        {
            return new Recovery(null, null, longest * tick);
        }

        return new Recovery(BackAt(At, first, end, (int)(SecondsSteady / tick), Back * usual) is { } back ? (back - first) * tick : null,
            lowest == long.MaxValue ? null : (double)lowest / usual, longest * tick);
    }

    private static int? BackAt(Func<int, long> at, int first, int end, int steady, double enough)
    {
        for (var index = first; index + steady <= end; index++)
        {
            // The first tick of it must do, too, so that the end of a silence is not counted in.
            if (at(index) >= enough && Enumerable.Range(index, steady).Average(at) >= enough)
            {
                return index;
            }
        }

        return null;
    }
}
