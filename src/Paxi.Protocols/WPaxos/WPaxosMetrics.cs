using System.Diagnostics.Metrics;

namespace Paxi.Protocols.WPaxos;

/// <summary>What the owners role counts: instruments of the meter <c>Paxi</c>, tagged with the replica.</summary>
internal static class WPaxosMetrics
{
    private static readonly Meter Meter = new("Paxi");

    internal static readonly UpDownCounter<long> Owned =
        Meter.CreateUpDownCounter<long>("paxi.objects.owned", "{object}", "Objects that the replica owns");

    internal static readonly Counter<long> FirstTouches =
        Meter.CreateCounter<long>("paxi.objects.first.touches", "{object}", "Objects that the replica owns because nobody had owned them, or because it had before");

    internal static readonly Counter<long> Steals =
        Meter.CreateCounter<long>("paxi.objects.steals", "{object}", "Objects that the replica took over from another owner");

    internal static readonly Counter<long> Losses =
        Meter.CreateCounter<long>("paxi.objects.losses", "{ballot}", "Ballots of the replica for an object that a higher one of another replica ended");

    internal static readonly Counter<long> Handovers =
        Meter.CreateCounter<long>("paxi.objects.handovers", "{object}", "Times that the policy gave an object to the replica that asks for it most");

    internal static readonly Counter<long> Inherited =
        Meter.CreateCounter<long>("paxi.objects.inherited", "{object}", "Objects that the replica took over, unasked, because their owner is no voter any more");

    internal static readonly Counter<long> PassedOn =
        Meter.CreateCounter<long>("paxi.commands.passed.on", "{command}", "Commands that the replica passed on to the object's owner");

    internal static readonly Counter<long> Dropped =
        Meter.CreateCounter<long>("paxi.commands.dropped", "{command}", "Commands that were given up because no phase-1 quorum answered; their clients ask again");
}
