using HdrHistogram;
using Paxi.Bench.Measurement;

namespace Paxi.Bench.Runs;

/// <summary>Everything that a run leaves: what <c>RunFolder</c> writes and what the report draws. Times are seconds since the window was opened.</summary>
public sealed record RunResult
{
    /// <summary>What was run, in one line.</summary>
    public required string Title { get; init; }

    public required LoadReport Report { get; init; }

    /// <summary>The command line.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The configuration in HOCON, as the replicas had it; empty when there is none.</summary>
    public string Configuration { get; init; } = "";

    /// <summary>Name and value of what the figures depend on: versions, operating system, processor, cores, memory, date.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Host { get; init; }

    /// <summary>All latencies, in nanoseconds.</summary>
    public required LongHistogram Latencies { get; init; }

    /// <summary>A sample for each second of the window.</summary>
    public required IReadOnlyList<SecondSample> Seconds { get; init; }

    /// <summary>The latencies of the clients of each zone; empty when the clients have no zones.</summary>
    public IReadOnlyList<ZoneLatency> Zones { get; init; } = [];

    /// <summary>Faults during the run, in the order of their starts.</summary>
    public IReadOnlyList<FaultMark> Faults { get; init; } = [];

    /// <summary>How many objects each zone owned, over time; empty but for protocols with owners.</summary>
    public IReadOnlyList<OwnershipSample> Ownership { get; init; } = [];

    /// <summary>Why the run does not count, in one line; null when it does.</summary>
    public string? Invalid { get; init; }
}

/// <summary>What ended in one second.</summary>
/// <param name="P50">Milliseconds; 0 when nothing was done.</param>
/// <param name="P99">Milliseconds; 0 when nothing was done.</param>
public readonly record struct SecondSample(int Second, long Operations, long Errors, long Unknown, double P50, double P99);

/// <param name="Zone">From 1.</param>
/// <param name="Name">Of the region; the number when it has none.</param>
/// <param name="Latencies">In nanoseconds.</param>
public sealed record ZoneLatency(int Zone, string Name, LongHistogram Latencies);

/// <param name="From">Seconds since the window was opened.</param>
/// <param name="To">When it was over; null when it lasted to the end.</param>
/// <param name="Recovery">Seconds from its start until the throughput was back; null when it never was, or nobody looked.</param>
/// <param name="Lowest">The lowest throughput of a tenth of a second meanwhile, as a part of that before the fault; null when nobody looked.</param>
/// <param name="Silence">The longest time meanwhile, in seconds, in which nothing was answered; null when nobody looked.</param>
public sealed record FaultMark(double From, double? To, string Text, double? Recovery = null, double? Lowest = null, double? Silence = null);

/// <param name="Zone">From 1.</param>
/// <param name="Objects">That replicas of the zone own.</param>
public readonly record struct OwnershipSample(double At, int Zone, long Objects);
