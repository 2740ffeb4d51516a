using Paxi.Actors;
using Paxi.Bench.Measurement;
using Xunit;

namespace Paxi.Bench.Tests.Measurement;

public sealed class ReplicaCountersTests
{
    [Fact]
    public void Counts_are_summed_and_links_kept_apart()
    {
        var before = (ReplicaCount[])[Count(1, ("links.sent", 10), ("links.sent.1.2", 10), ("links.bytes.1.2", 100)), Count(2, ("links.sent", 4), ("links.sent.1.1", 4))];
        var after = (ReplicaCount[])[Count(1, ("links.sent", 25), ("links.sent.1.2", 25), ("links.bytes.1.2", 350)), Count(2, ("links.sent", 5), ("links.sent.1.1", 5))];
        Assert.Equal([new KeyValuePair<string, long>("links.sent", 16)], ReplicaCounters.Difference(before, after));
        Assert.Equal([new LinkUse("1.1", "1.2", 15, 250), new LinkUse("1.2", "1.1", 1, 0)], ReplicaCounters.Links(before, after));
    }

    [Fact]
    public void Who_was_restarted_counts_from_nothing_and_who_is_silent_not_at_all()
    {
        var before = (ReplicaCount[])[Count(1, ("links.sent", 10)), Count(2, ("links.sent", 100))];
        var after = (ReplicaCount[])[Count(1, ("links.sent", 3)), Count(3, ("links.sent", 7))];
        Assert.Equal([new KeyValuePair<string, long>("links.sent", 3)], ReplicaCounters.Difference(before, after));
    }

    private static ReplicaCount Count(ushort node, params (string Name, long Count)[] counters) =>
        new(new ReplicaId(1, node), counters.ToDictionary(static counter => counter.Name, static counter => counter.Count));
}
