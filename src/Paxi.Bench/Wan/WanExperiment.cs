using System.Globalization;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Replicas;
using Paxi.Bench.Measurement;
using Paxi.Bench.Runs;
using Paxi.TestKit.Linearizability;
using Paxi.TestKit.Simulation;
using Paxi.TestKit.World;

namespace Paxi.Bench.Wan;

/// <summary>
/// A cluster over regions and its clients in virtual time: the replicas and clients that run live, in the simulated world, with delays from
/// a matrix. The same settings give the same run.
/// While it runs every check of the world looks at every step; a violated one ends it.
/// </summary>
public sealed class WanExperiment : IDisposable
{
    private static readonly TimeSpan SampleInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ElectionPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PreloadPatience = TimeSpan.FromSeconds(300);

    private readonly WanSettings _settings;
    private readonly SimulatedCluster _cluster;
    private readonly WanSamples _samples;
    private readonly List<OwnershipSample> _ownership = [];

    private WanExperiment(WanSettings settings)
    {
        _settings = settings;
        _samples = new WanSamples(settings.Length);
        _cluster = new SimulatedCluster(settings.Protocol, new ClusterOptions
        {
            Seed = settings.Seed,
            Zones = settings.Matrix.Regions.Count,
            Nodes = settings.Nodes,
            Settings = $"{WanSettings.Defaults}\n{settings.Configuration}",
            Network = new NetworkOptions { Delay = new RegionDelay(settings.Matrix, settings.Distances), ReplicaCosts = settings.Costs },
            Disk = new DiskOptions { WriteDelay = DelayDistribution.Constant(TimeSpan.Zero) },
        });
    }

    /// <summary>Runs it to its end.</summary>
    /// <param name="arguments">What is noted as the command line.</param>
    /// <exception cref="ArgumentException">The settings are wrong; one line.</exception>
    /// <exception cref="TestKit.Checks.ViolationException">The protocol broke a property.</exception>
    public static WanResult Run(WanSettings settings, IReadOnlyList<string>? arguments = null, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        Check(settings);
        using var experiment = new WanExperiment(settings);
        return experiment.Run(arguments ?? [], progress, cancellation);
    }

    /// <summary>Runs nothing.</summary>
    /// <exception cref="ArgumentException">The settings are wrong; one line.</exception>
    public static void Check(WanSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.Fault() is { } fault)
        {
            throw new ArgumentException(fault);
        }

        using var experiment = new WanExperiment(settings);
    }

    public void Dispose() => _cluster.Dispose();

    private WanResult Run(IReadOnlyList<string> arguments, IProgress<double>? progress, CancellationToken cancellation)
    {
        WanStart.Elect(_cluster, _settings, ElectionPatience);
        WanStart.Preload(_cluster, _settings, PreloadPatience);
        var load = new WanClients(_cluster, _settings, _samples);
        load.Begin();
        Pass(_settings.WarmUp, cancellation);
        var before = Counters();
        var (beforeMessages, beforeBytes) = (_cluster.Network.Counters.Messages, _cluster.Network.Counters.Bytes);
        var faults = RunMeasured(progress, cancellation);
        var counters = Difference(before, Counters());
        var messages = _cluster.Network.Counters.Messages - beforeMessages;
        var bytes = _cluster.Network.Counters.Bytes - beforeBytes;
        load.Stop();
        _cluster.World.Run(() => load.UnderWay == 0, _cluster.Settings.GetTimeSpan("client.timeout") + SampleInterval);
        _cluster.ThrowIfFailed();
        return new WanResult(_settings, ToResult(arguments, faults, counters), _samples, counters, messages, bytes, _cluster.World.Hash.ToString())
        {
            History = _settings.IsChecked ? _cluster.History.ToHistory() : null,
        };
    }

    /// <summary>A second at a time, so that owners are counted; faults come and go at their times.</summary>
    private List<FaultMark> RunMeasured(IProgress<double>? progress, CancellationToken cancellation)
    {
        var marks = new List<FaultMark>();
        var due = new List<(TimeSpan At, Action<SimulatedCluster> Do)>();
        foreach (var fault in _settings.Faults.OrderBy(static fault => fault.At))
        {
            due.Add((fault.At, fault.Do));
            if (fault is { Until: { } until, Undo: { } undo })
            {
                due.Add((until, undo));
            }

            marks.Add(new FaultMark(fault.At.TotalSeconds, fault.Until?.TotalSeconds, fault.Text));
        }

        var now = TimeSpan.Zero;
        due.Add((_settings.Length, Nothing));
        foreach (var (at, act) in due.OrderBy(static item => item.At).Where(item => item.At <= _settings.Length))
        {
            while (now < at)
            {
                var step = now.Ticks % SampleInterval.Ticks == 0 ? SampleInterval : TimeSpan.FromTicks(SampleInterval.Ticks - (now.Ticks % SampleInterval.Ticks));
                step = at - now < step ? at - now : step;
                if (now.Ticks % SampleInterval.Ticks == 0)
                {
                    CountOwners(now);
                }

                Pass(step, cancellation);
                now += step;
                progress?.Report(now / _settings.Length);
            }

            act(_cluster);
        }

        CountOwners(now);
        return marks;
    }

    private static void Nothing(SimulatedCluster cluster)
    {
    }

    private void Pass(TimeSpan time, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        _cluster.World.Advance(time);
        _cluster.ThrowIfFailed();
    }

    private void CountOwners(TimeSpan now)
    {
        if (!_settings.Protocol.Promises.Owners)
        {
            return;
        }

        var owned = new long[_settings.Matrix.Regions.Count];
        foreach (var replica in _cluster.Replicas)
        {
            if (_cluster.StatusOf(replica)?.Find("owners", "owned") is { } text && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            {
                owned[replica.Zone - 1] += count;
            }
        }

        for (var region = 0; region < owned.Length; region++)
        {
            _ownership.Add(new OwnershipSample(now.TotalSeconds, region + 1, owned[region]));
        }
    }

    /// <summary>The whole numbers of all roles, by <c>role.name</c>, summed over the replicas that run.</summary>
    private SortedDictionary<string, long> Counters()
    {
        var sums = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var status in _cluster.Replicas.Select(_cluster.StatusOf).OfType<ReplicaStatus>())
        {
            foreach (var role in status.Roles)
            {
                foreach (var (name, value) in role.Values)
                {
                    if (long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
                    {
                        var key = $"{role.Role}.{name}";
                        sums[key] = sums.GetValueOrDefault(key) + number;
                    }
                }
            }
        }

        return sums;
    }

    private static SortedDictionary<string, long> Difference(SortedDictionary<string, long> before, SortedDictionary<string, long> after)
    {
        var difference = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (key, value) in after)
        {
            difference[key] = value - before.GetValueOrDefault(key);
        }

        return difference;
    }

    private RunResult ToResult(IReadOnlyList<string> arguments, List<FaultMark> faults, SortedDictionary<string, long> counters)
    {
        var histogram = _samples.Histogram();
        var seconds = _samples.Seconds();
        var report = new LoadReport
        {
            Algorithm = _settings.Protocol.Name,
            Replicas = _cluster.Replicas.Length,
            Clients = _settings.Clients * _settings.Matrix.Regions.Count,
            Seconds = _settings.Length.TotalSeconds,
            Operations = _samples.Operations,
            Errors = _samples.Count(WanOutcome.Failed),
            Unknown = _samples.Count(WanOutcome.Unknown),
            Latency = LatencySummary.Of(histogram),
            PerSecond = [.. seconds.Select(static second => second.Operations)],
            FirstError = _samples.FirstError,
            Counters = counters,
        };
        return new RunResult
        {
            Title = Title(),
            Report = _settings.IsChecked ? Judge(report) : report,
            Arguments = arguments,
            Configuration = $"paxi {{\n{WanSettings.Defaults}\n{_settings.Configuration}\n}}",
            Host = [.. HostFacts.Gather(), new("time", "virtual"), new("seed", _settings.Seed.ToString(CultureInfo.InvariantCulture)), new("matrix", _settings.Matrix.Name)],
            Latencies = histogram,
            Seconds = seconds,
            Zones = [.. _settings.Matrix.Regions.Select((name, region) => new ZoneLatency(region + 1, name, _samples.Histogram(region)))],
            Faults = faults,
            Ownership = _ownership,
        };
    }

    private string Title() =>
        $"{_settings.Protocol.Name}: {_settings.Nodes} replicas in each of {string.Join(", ", _settings.Matrix.Regions)} ({_settings.Matrix.Name}), virtual time, " +
        (_settings.Rate is { } rate ? FormattableString.Invariant($"{rate}/s in each region") : $"{_settings.Clients} clients in each region") + $", {_settings.Workload.Text}";

    private LoadReport Judge(LoadReport report)
    {
        var check = LinearizabilityChecker.Check(_cluster.History.ToHistory());
        return report with
        {
            Linearizable = check.Verdict switch { Verdict.Yes => true, Verdict.No => false, _ => null },
            Check = $"{check.Verdict}: {check.Operations} operations, warm-up included{(check.Reason is { Length: > 0 } reason ? $"; {reason}" : "")}",
        };
    }
}
