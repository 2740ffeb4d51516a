using System.Diagnostics.Metrics;

namespace Paxi.Actors.Journal;

/// <summary>What the journals of this process write: counters and a histogram of the meter <c>Paxi</c>, tagged with the replica.</summary>
internal static class JournalMetrics
{
    private static readonly Meter Meter = new("Paxi");

    internal static readonly Counter<long> Commits =
        Meter.CreateCounter<long>("paxi.journal.commits", "{commit}", "Write batches made durable, a sync each");

    internal static readonly Counter<long> Records =
        Meter.CreateCounter<long>("paxi.journal.records", "{record}", "Puts, deletes and range deletes made durable");

    internal static readonly Counter<long> Bytes =
        Meter.CreateCounter<long>("paxi.journal.bytes", "By", "Bytes of keys and values made durable");

    internal static readonly Histogram<double> SyncDuration =
        Meter.CreateHistogram<double>("paxi.journal.sync.duration", "s", "Time to write and sync a batch");
}
