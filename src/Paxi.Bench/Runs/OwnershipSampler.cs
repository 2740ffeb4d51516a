using System.Diagnostics;
using Paxi.Actors.Configuration;
using Paxi.Bench.Measurement;
using Paxi.Protocols;

namespace Paxi.Bench.Runs;

/// <summary>Asks the replicas of a protocol with owners, now and then, how many objects they own.</summary>
internal sealed class OwnershipSampler(PaxiSettings settings, ReplicaCounters counters)
{
    private const string Owned = "owners.owned";

    /// <summary>Of samples; so many hours are enough.</summary>
    private const int MaxSamples = 100_000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly List<OwnershipSample> _samples = [];

    /// <summary>After the load; empty but for protocols with owners.</summary>
    public IReadOnlyList<OwnershipSample> Samples
    {
        get
        {
            lock (_samples)
            {
                return [.. _samples];
            }
        }
    }

    public static bool Serves(PaxiSettings settings) => ProtocolList.Find(settings.Algorithm).Promises.Owners;

    /// <summary>Asks until it is cancelled; what is answered before the window is open counts for nothing.</summary>
    public async Task RunAsync(LoadMeter meter, CancellationToken cancellation)
    {
        var zones = settings.Ids.Select(static id => id.Zone).Distinct().Order().ToArray();
        try
        {
            while (Samples.Count < MaxSamples)
            {
                var from = meter.From;
                var at = Stopwatch.GetElapsedTime(from).TotalSeconds;
                var counts = await counters.ReadAsync(cancellation);
                if (from != long.MaxValue)
                {
                    Add(at, zones, counts);
                }

                await Task.Delay(Interval, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The load is over.
        }
    }

    private void Add(double at, ushort[] zones, IReadOnlyList<ReplicaCount> counts)
    {
        lock (_samples)
        {
            _samples.AddRange(zones.Select(zone => new OwnershipSample(
                at, zone, counts.Where(count => count.Replica.Zone == zone).Sum(static count => count.Counters.GetValueOrDefault(Owned)))));
        }
    }
}
