using HdrHistogram;

namespace Paxi.Bench.Measurement;

/// <summary>Latencies in milliseconds.</summary>
public sealed record LatencySummary(double Mean, double P50, double P95, double P99, double P999, double Max)
{
    private const double PerMillisecond = 1e6;

    /// <param name="nanoseconds">Without a value, everything is 0.</param>
    public static LatencySummary Of(LongHistogram nanoseconds)
    {
        if (nanoseconds.TotalCount == 0)
        {
            return new LatencySummary(0, 0, 0, 0, 0, 0);
        }

        double At(double percentile) => nanoseconds.GetValueAtPercentile(percentile) / PerMillisecond;
        return new LatencySummary(
            nanoseconds.GetMean() / PerMillisecond, At(50), At(95), At(99), At(99.9), nanoseconds.GetMaxValue() / PerMillisecond);
    }
}

/// <summary>What a replica sent to another one.</summary>
/// <param name="Messages">Several of them may share an envelope, which is what Akka.Remote carries.</param>
/// <param name="Bytes">Of the envelopes, serialized, before Akka.Remote and TCP put their frames around them.</param>
public readonly record struct LinkUse(string From, string To, long Messages, long Bytes);

/// <summary>What a run measured.</summary>
public sealed record LoadReport
{
    /// <summary>The protocol, or the system that stands beside it: <c>echo</c>, <c>etcd</c>.</summary>
    public required string Algorithm { get; init; }

    public required int Replicas { get; init; }

    public required int Clients { get; init; }

    /// <summary>The length of the window.</summary>
    public required double Seconds { get; init; }

    /// <summary>Operations done in the window.</summary>
    public required long Operations { get; init; }

    /// <summary>Operations that certainly had no effect.</summary>
    public required long Errors { get; init; }

    /// <summary>Operations of which nobody knows.</summary>
    public required long Unknown { get; init; }

    public required LatencySummary Latency { get; init; }

    /// <summary>Arrivals per second of an open loop; 0 for a closed one.</summary>
    public double Rate { get; init; }

    /// <summary>Arrivals of an open loop that were not started, since as many operations were outstanding as there are clients.</summary>
    public long Missed { get; init; }

    /// <summary>How late the load generator started the operations of an open loop; null for a closed one. It is a part of the latencies.</summary>
    public LatencySummary? Lateness { get; init; }

    /// <summary>Null: not checked, or a limit of the checker was reached.</summary>
    public bool? Linearizable { get; init; }

    /// <summary>What the checker said, in one line; null when it was not asked.</summary>
    public string? Check { get; init; }

    /// <summary>Operations done in each second.</summary>
    public IReadOnlyList<long> PerSecond { get; init; } = [];

    /// <summary>The load generator first, then the replicas.</summary>
    public IReadOnlyList<ProcessUse> Processes { get; init; } = [];

    /// <summary>The part of the machine that was busy, 0 to 1; null when it cannot be told.</summary>
    public double? MachineBusy { get; init; }

    /// <summary>What the replicas counted together, by <c>role.name</c>; empty when they could not be asked.</summary>
    public IReadOnlyDictionary<string, long> Counters { get; init; } = ReplicaCounters.None;

    /// <summary>What went over each link between replicas; empty when they could not be asked.</summary>
    public IReadOnlyList<LinkUse> Links { get; init; } = [];

    /// <summary>The first error in words.</summary>
    public string? FirstError { get; init; }

    public double OperationsPerSecond => Seconds > 0 ? Operations / Seconds : 0;

    /// <summary>Microseconds of processor time that this process used for each operation.</summary>
    public double MicrosecondsPerOperation(ProcessUse use) => Operations > 0 ? use.Processor.TotalMicroseconds / Operations : 0;

    /// <summary>How many of what that counter counts there were for each of what the other one counts; null when there were none of the latter.</summary>
    public double? Ratio(string counter, string per) =>
        Counters.TryGetValue(counter, out var count) && Counters.TryGetValue(per, out var each) && each > 0 ? (double)count / each : null;

    /// <summary>How many of what that counter counts there were for each operation; null when the replicas could not be asked.</summary>
    public double? PerOperation(string counter) => Operations > 0 && Counters.TryGetValue(counter, out var count) ? (double)count / Operations : null;

    /// <summary>The cores that this process kept busy.</summary>
    public double Cores(ProcessUse use) => Seconds > 0 ? use.Processor.TotalSeconds / Seconds : 0;
}
