using System.Globalization;

namespace Paxi.TestKit.World;

/// <summary>
/// How long a message or a write takes. Samples are ticks of 100 ns, never negative, and depend on the generator alone.
/// </summary>
public abstract record DelayDistribution
{
    /// <summary>Always the same.</summary>
    public static DelayDistribution Constant(TimeSpan delay) => new ConstantDelay(NotNegative(delay));

    /// <summary>Anything from <paramref name="least"/> to <paramref name="most"/>, equally likely.</summary>
    public static DelayDistribution Uniform(TimeSpan least, TimeSpan most) =>
        most >= least
            ? new UniformDelay(NotNegative(least), most)
            : throw new ArgumentException($"the most, {most}, is below the least, {least}", nameof(most));

    /// <summary><paramref name="least"/> and an exponential part of mean <paramref name="mean"/> on top.</summary>
    public static DelayDistribution Exponential(TimeSpan least, TimeSpan mean) =>
        new ExponentialDelay(NotNegative(least), NotNegative(mean));

    /// <summary>A normal distribution, cut off at zero.</summary>
    public static DelayDistribution Normal(TimeSpan mean, TimeSpan deviation) =>
        new NormalDelay(NotNegative(mean), NotNegative(deviation));

    /// <summary>
    /// One-way delays between zones. Zones are numbered from 1; a zone beyond the matrix takes the largest entry.
    /// </summary>
    /// <param name="milliseconds">Square: row from, column to.</param>
    /// <param name="jitter">A uniform part, 0 to this fraction of the entry, on top.</param>
    public static DelayDistribution Zones(double[,] milliseconds, double jitter = 0.0)
    {
        ArgumentNullException.ThrowIfNull(milliseconds);
        ArgumentOutOfRangeException.ThrowIfNegative(jitter);
        if (milliseconds.GetLength(0) != milliseconds.GetLength(1) || milliseconds.Length == 0)
        {
            throw new ArgumentException(
                $"a zone matrix is square; this one is {milliseconds.GetLength(0)} by {milliseconds.GetLength(1)}");
        }

        foreach (var entry in milliseconds)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(entry, nameof(milliseconds));
        }

        return new ZoneDelay((double[,])milliseconds.Clone(), jitter);
    }

    /// <summary>Draws one delay, in ticks.</summary>
    /// <param name="random">The generator.</param>
    /// <param name="fromZone">The zone of the sender; only a zone matrix looks at it.</param>
    /// <param name="toZone">The zone of the receiver.</param>
    public abstract long Sample(Random random, int fromZone = 0, int toZone = 0);

    private static string Show(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:0.###} ms");

    private static TimeSpan NotNegative(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        return delay;
    }

    private sealed record ConstantDelay(TimeSpan Delay) : DelayDistribution
    {
        public override long Sample(Random random, int fromZone, int toZone) => Delay.Ticks;

        public override string ToString() => Show(Delay);
    }

    private sealed record UniformDelay(TimeSpan Least, TimeSpan Most) : DelayDistribution
    {
        public override long Sample(Random random, int fromZone, int toZone) =>
            random.NextInt64(Least.Ticks, Most.Ticks + 1);

        public override string ToString() => $"{Show(Least)} to {Show(Most)}";
    }

    private sealed record ExponentialDelay(TimeSpan Least, TimeSpan Mean) : DelayDistribution
    {
        public override long Sample(Random random, int fromZone, int toZone) =>
            Least.Ticks + (long)(-Math.Log(1.0 - random.NextDouble()) * Mean.Ticks);

        public override string ToString() => $"{(Least > TimeSpan.Zero ? $"{Show(Least)} + " : "")}exponential of {Show(Mean)}";
    }

    private sealed record NormalDelay(TimeSpan Mean, TimeSpan Deviation) : DelayDistribution
    {
        public override long Sample(Random random, int fromZone, int toZone)
        {
            // Box and Muller, 1958; the second value is thrown away so that a sample has no memory.
            var radius = Math.Sqrt(-2.0 * Math.Log(1.0 - random.NextDouble()));
            var standard = radius * Math.Cos(2.0 * Math.PI * random.NextDouble());
            return Math.Max(0, Mean.Ticks + (long)(standard * Deviation.Ticks));
        }

        public override string ToString() => $"normal of {Show(Mean)} +- {Show(Deviation)}";
    }

    private sealed record ZoneDelay(double[,] Milliseconds, double Jitter) : DelayDistribution
    {
        private readonly double _largest = Milliseconds.Cast<double>().Max();

        public override long Sample(Random random, int fromZone, int toZone)
        {
            var zones = Milliseconds.GetLength(0);
            var isInside = fromZone >= 1 && fromZone <= zones && toZone >= 1 && toZone <= zones;
            var delay = isInside ? Milliseconds[fromZone - 1, toZone - 1] : _largest;
            return (long)(delay * (1.0 + (Jitter * random.NextDouble())) * TimeSpan.TicksPerMillisecond);
        }

        public override string ToString() => $"a matrix of {Milliseconds.GetLength(0)} zones";
    }
}
