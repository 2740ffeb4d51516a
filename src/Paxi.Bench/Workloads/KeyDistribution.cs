namespace Paxi.Bench.Workloads;

/// <summary>
/// Which key an operation is for: Paxi's six distributions, and one of YCSB's. One instance serves all clients of a run, from any thread; what differs from client to client
/// (its generator, its counter) is handed in.
/// </summary>
public abstract class KeyDistribution
{
    /// <summary>How Paxi spells the fifth.</summary>
    public const string PaxiZipf = "zipfan";

    /// <summary>As in <c>Distribution</c>.</summary>
    public static readonly IReadOnlyList<string> Names = ["order", "uniform", "conflict", "normal", "zipfian", "exponential", "latest"];

    /// <summary>The next key, 0 to K - 1.</summary>
    /// <param name="random">The client's generator.</param>
    /// <param name="own">The client's own counter, which the distribution may advance.</param>
    /// <param name="elapsed">Since the load began.</param>
    public abstract int Next(Random random, ref long own, TimeSpan elapsed);

    /// <param name="settings">Without a <see cref="WorkloadSettings.Fault"/>.</param>
    /// <param name="zone">Of the clients, from 0; matters when <see cref="WorkloadSettings.PerZone"/>.</param>
    /// <param name="zones">How many there are.</param>
    /// <param name="keys">How many keys there are by now; null for K.</param>
    public static KeyDistribution Of(WorkloadSettings settings, int zone = 0, int zones = 1, Func<int>? keys = null) => settings.Distribution switch
    {
        "order" => new Order(settings.K),
        "uniform" => new Uniform(settings.K),
        "conflict" => new Conflict(settings.K, settings.Conflicts),
        "normal" when settings.UniformPart => new Part(settings.K, zone, zones),
        "normal" => new Normal(settings, settings.Mu + (settings.PerZone ? (zone + 0.5) * settings.K / zones : 0)),
        "zipfian" or PaxiZipf => new Zipfian(settings.K, settings.ZipfianS, settings.ZipfianV),
        "exponential" => new Exponential(settings.K, settings.Lambda),
        "latest" => new Latest(new Zipfian(settings.K, settings.ZipfianS, settings.ZipfianV), keys ?? (() => settings.K)),
        _ => throw new ArgumentException(settings.Fault(), nameof(settings)),
    };

    /// <summary>A number of any size, wrapped into 0 to K - 1.</summary>
    private static int Wrap(double key, int count)
    {
        var wrapped = (int)(Math.Floor(key) % count);
        return wrapped < 0 ? wrapped + count : wrapped;
    }

    /// <summary>All clients together walk through the keys, one after another.</summary>
    private sealed class Order(int count) : KeyDistribution
    {
        private long _next = -1;

        public override int Next(Random random, ref long own, TimeSpan elapsed) => (int)(Interlocked.Increment(ref _next) % count);
    }

    private sealed class Uniform(int count) : KeyDistribution
    {
        public override int Next(Random random, ref long own, TimeSpan elapsed) => random.Next(count);
    }

    /// <summary>Key 0 with the given probability, else the next of the client's own walk through the other keys.</summary>
    private sealed class Conflict(int count, int percent) : KeyDistribution
    {
        public override int Next(Random random, ref long own, TimeSpan elapsed) =>
            count == 1 || random.Next(100) < percent ? 0 : 1 + (int)(own++ % (count - 1));
    }

    /// <summary>Uniform over the zone's own part of the keys.</summary>
    private sealed class Part(int count, int zone, int zones) : KeyDistribution
    {
        private readonly int _first = (int)((long)count * zone / zones);
        private readonly int _end = (int)((long)count * (zone + 1) / zones);

        // With fewer keys than zones a part may be empty; then it is one key all the same.
        public override int Next(Random random, ref long own, TimeSpan elapsed) => random.Next(_first, Math.Max(_first + 1, _end)) % count;
    }

    /// <summary>So many keys before the newest one, by a Zipf distribution.</summary>
    private sealed class Latest(Zipfian ages, Func<int> keys) : KeyDistribution
    {
        public override int Next(Random random, ref long own, TimeSpan elapsed) => Math.Max(0, keys() - 1 - ages.Next(random, ref own, elapsed));
    }

    /// <summary>Around a mean that may move, by Box and Muller; what falls outside wraps around.</summary>
    private sealed class Normal(WorkloadSettings settings, double centre) : KeyDistribution
    {
        public override int Next(Random random, ref long own, TimeSpan elapsed)
        {
            var mean = centre + (settings.Move ? Math.Floor(elapsed.TotalMilliseconds / settings.Speed) : 0);
            var radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            return Wrap(mean + (settings.Sigma * radius * Math.Cos(2 * Math.PI * random.NextDouble())), settings.K);
        }
    }

    /// <summary>Key k with a weight of (v + k)^-s; by the table of cumulative weights, so that any s from 0 on will do.</summary>
    private sealed class Zipfian : KeyDistribution
    {
        private readonly double[] _cumulative;

        public Zipfian(int count, double s, double v)
        {
            _cumulative = new double[count];
            var sum = 0.0;
            for (var key = 0; key < count; key++)
            {
                // Relative to the first, which keeps the largest weight at 1 whatever v and s are.
                sum += Math.Pow((v + key) / v, -s);
                _cumulative[key] = sum;
            }
        }

        public override int Next(Random random, ref long own, TimeSpan elapsed)
        {
            var index = Array.BinarySearch(_cumulative, random.NextDouble() * _cumulative[^1]);
            return Math.Min(index < 0 ? ~index : index + 1, _cumulative.Length - 1);
        }
    }

    /// <summary>Key k with a probability that falls by e^-Lambda from key to key; what falls outside wraps around.</summary>
    private sealed class Exponential(int count, double lambda) : KeyDistribution
    {
        public override int Next(Random random, ref long own, TimeSpan elapsed) => Wrap(-Math.Log(1 - random.NextDouble()) / lambda, count);
    }
}
