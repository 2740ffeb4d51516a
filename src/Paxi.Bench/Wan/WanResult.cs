using Paxi.Bench.Runs;
using Paxi.TestKit.Histories;

namespace Paxi.Bench.Wan;

/// <summary>What an experiment gave.</summary>
/// <param name="Run">As of any run: the whole, by second, by region, owners over time.</param>
/// <param name="Samples">Every operation.</param>
/// <param name="Counters">What the replicas counted in the measured time, by <c>role.name</c>, summed.</param>
/// <param name="Messages">Messages between replicas, and with clients, in the measured time.</param>
/// <param name="Bytes">Of them.</param>
/// <param name="TraceHash">Of everything that happened; equal runs have equal ones.</param>
public sealed record WanResult(
    WanSettings Settings, RunResult Run, WanSamples Samples, IReadOnlyDictionary<string, long> Counters, long Messages, long Bytes, string TraceHash)
{
    /// <summary>Of all clients; null when it was not judged.</summary>
    public History? History { get; init; }

    /// <summary>Commands that a replica passed on to another one.</summary>
    public long Forwarded => Counters.GetValueOrDefault("owners.passed-on") + Counters.GetValueOrDefault("gateway.forwarded");

    /// <summary>Objects that a replica became the owner of.</summary>
    public long Steals => Counters.GetValueOrDefault("owners.steals");
}
