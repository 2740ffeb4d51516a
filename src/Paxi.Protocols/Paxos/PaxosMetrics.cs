using System.Diagnostics.Metrics;
using System.Globalization;
using Paxi.Actors;

namespace Paxi.Protocols.Paxos;

/// <summary>What the roles count: instruments of the meter <c>Paxi</c>, tagged with the replica.</summary>
internal static class PaxosMetrics
{
    private static readonly Meter Meter = new("Paxi");

    internal static readonly Counter<long> Refused =
        Meter.CreateCounter<long>("paxi.paxos.refused", "{message}", "Messages of strangers, or that no correct peer sends");

    internal static readonly Counter<long> RefusedCommands =
        Meter.CreateCounter<long>("paxi.paxos.refused.commands", "{command}", "Commands and reads not taken: no leader, or overloaded");

    internal static readonly Counter<long> Rejected =
        Meter.CreateCounter<long>("paxi.paxos.rejected", "{message}", "Messages of a ballot below the promised one");

    internal static readonly Counter<long> Reads =
        Meter.CreateCounter<long>("paxi.paxos.reads", "{command}", "Reads that came outside the log");

    internal static readonly Counter<long> Executed =
        Meter.CreateCounter<long>("paxi.paxos.executed", "{command}", "Commands of the log that were executed");

    internal static readonly Counter<long> Elections =
        Meter.CreateCounter<long>("paxi.paxos.elections", "{election}", "Times that a replica stood for election");

    internal static readonly Counter<long> Resent =
        Meter.CreateCounter<long>("paxi.paxos.resent", "{message}", "Accepts sent again because they were not answered");

    internal static readonly Histogram<int> BatchCommands =
        Meter.CreateHistogram<int>("paxi.paxos.batch", "{command}", "Commands that share a slot");
}

/// <summary>A counter of one role: for its status, and for the metrics.</summary>
internal sealed class RoleCounter(Counter<long> metric, ReplicaId replica)
{
    private readonly KeyValuePair<string, object?> _tag = new("replica", replica.ToString());
    private long _count;

    public void Add(long count = 1)
    {
        _count += count;
        metric.Add(count, _tag);
    }

    public override string ToString() => _count.ToString(CultureInfo.InvariantCulture);
}
