using System.Collections.Immutable;
using Paxi.Actors.Replicas;
using Paxi.Bench.Workloads;

namespace Paxi.Bench.Wan;

/// <summary>A part of what a region's clients ask for.</summary>
/// <param name="Weight">How often, relative to the other parts of the region.</param>
/// <param name="Settings">Its keys and operations.</param>
public sealed record WanPart(double Weight, WorkloadSettings Settings);

/// <summary>
/// What the clients of each region ask for: a mixture of workloads, so that a region can have keys of its own, keys near a mean of its own,
/// and keys that it shares with others. Parts of one region
/// share no keys, unless they are equal.
/// </summary>
public sealed class WanWorkload
{
    private readonly ImmutableArray<ImmutableArray<WanPart>> _regions;

    /// <param name="regions">The parts of each region, in the order of the matrix.</param>
    /// <param name="text">In words.</param>
    /// <exception cref="ArgumentException">A field is out of range, or a region has nothing; one line.</exception>
    public WanWorkload(IEnumerable<IEnumerable<WanPart>> regions, string text)
    {
        _regions = [.. regions.Select(static parts => ImmutableArray.CreateRange(parts))];
        Text = text;
        foreach (var parts in _regions)
        {
            if (parts.Select(static part => part.Settings.Fault()).FirstOrDefault(static fault => fault is not null) is { } fault)
            {
                throw new ArgumentException(fault);
            }

            if (parts.IsEmpty || !parts.All(static part => part.Weight >= 0) || parts.Sum(static part => part.Weight) <= 0)
            {
                throw new ArgumentException("each region needs a part of the workload with a weight above 0");
            }
        }
    }

    public string Text { get; }

    public int Regions => _regions.Length;

    /// <summary>The same in every region.</summary>
    public static WanWorkload Same(int regions, WorkloadSettings settings) =>
        new(Enumerable.Repeat<IEnumerable<WanPart>>([new WanPart(1, settings)], regions), settings.Distribution);

    /// <summary>
    /// Normal, around a mean for each region: the middles of equal parts of the K keys, as in the locality experiments of WPaxos (TPDS
    /// 2020, section 6). With five regions and K = 1000 a sigma of 100 is
    /// a locality of 68 %, one of 50 is 95 %.
    /// </summary>
    public static WanWorkload Normal(int regions, WorkloadSettings settings) => new(
        Enumerable.Range(0, regions).Select(region => (IEnumerable<WanPart>)[new WanPart(1, settings with { Distribution = "normal", Mu = MeanOf(region, regions, settings.K) })]),
        FormattableString.Invariant($"normal, sigma {settings.Sigma} of {settings.K} keys"));

    /// <summary>The middle of the region's part of the keys.</summary>
    public static double MeanOf(int region, int regions, int keys) => (region + 0.5) * keys / regions;

    /// <summary>One hot key that everybody asks for with that probability, and keys of the region's own, each as likely as the others.</summary>
    /// <param name="percent">0 to 100.</param>
    /// <param name="settings">K: the keys of each region's own; W, ValueBytes and so on. The hot key is the one before them.</param>
    public static WanWorkload Conflict(int regions, int percent, WorkloadSettings settings) => new(
        Enumerable.Range(0, regions).Select(region => (IEnumerable<WanPart>)
        [
            new WanPart(percent, settings with { Distribution = "uniform", K = 1 }),
            new WanPart(100 - percent, OwnKeys(settings with { Min = settings.Min + 1 }, region)),
        ]),
        $"{percent} % on one hot key");

    /// <summary>Keys of the region's own with that probability, else those of any other region, all alike.</summary>
    /// <param name="locality">0 to 1.</param>
    /// <param name="settings">K: the keys of each region's own.</param>
    public static WanWorkload Local(int regions, double locality, WorkloadSettings settings) => new(
        Enumerable.Range(0, regions).Select(region => Enumerable.Range(0, regions).Select(home =>
            new WanPart(regions == 1 ? 1 : home == region ? locality : (1 - locality) / (regions - 1), OwnKeys(settings, home)))),
        FormattableString.Invariant($"{100 * locality:0.#} % of the operations on the region's own {settings.K} keys"));

    /// <summary>The part of the keys that is a region's own, each as likely as the others.</summary>
    private static WorkloadSettings OwnKeys(WorkloadSettings settings, int region) =>
        settings with { Distribution = "uniform", Min = settings.Min + (region * settings.K) };

    /// <summary>The operations of all clients of a run.</summary>
    internal WanOperations Begin(ulong seed) => new(_regions, seed);
}

/// <summary>The operations of a run; parts that are equal are one.</summary>
internal sealed class WanOperations(ImmutableArray<ImmutableArray<WanPart>> regions, ulong seed)
{
    private readonly Dictionary<WorkloadSettings, Workload> _workloads = [];
    private readonly SeededRandom _random = new(seed);

    /// <param name="region">From 0.</param>
    /// <param name="client">Over all regions, from 0.</param>
    public RegionClient ForClient(int region, int client)
    {
        var parts = regions[region];
        var workloads = new Workload[parts.Length];
        for (var index = 0; index < parts.Length; index++)
        {
            var settings = parts[index].Settings;
            if (!_workloads.TryGetValue(settings, out var workload))
            {
                _workloads.Add(settings, workload = new Workload(settings, seed + (ulong)_workloads.Count));
            }

            workloads[index] = workload;
        }

        return new RegionClient(parts, workloads, client, _random.Fork(FormattableString.Invariant($"mixture {client}")));
    }
}

/// <summary>The operations of one client, one after another.</summary>
internal sealed class RegionClient
{
    private readonly double[] _cumulative;
    private readonly ClientWorkload[] _parts;
    private readonly Random _random;

    public RegionClient(ImmutableArray<WanPart> parts, Workload[] workloads, int client, Random random)
    {
        _random = random;
        _parts = Array.ConvertAll(workloads, workload => workload.ForClient(client));
        _cumulative = new double[parts.Length];
        var sum = 0.0;
        for (var index = 0; index < parts.Length; index++)
        {
            sum += parts[index].Weight;
            _cumulative[index] = sum;
        }
    }

    /// <param name="elapsed">Since the load began.</param>
    public LoadOperation Next(TimeSpan elapsed)
    {
        var drawn = _parts.Length == 1 ? 0 : _random.NextDouble() * _cumulative[^1];
        var part = 0;
        while (part < _parts.Length - 1 && drawn >= _cumulative[part])
        {
            part++;
        }

        return _parts[part].Next(elapsed);
    }
}
