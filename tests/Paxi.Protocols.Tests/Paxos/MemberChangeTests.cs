using Paxi.Protocols.Paxos;
using Xunit;
using Xunit.Abstractions;

namespace Paxi.Protocols.Tests.Paxos;

/// <summary>Multi-Paxos.</summary>
public sealed class MemberChangeTests(ITestOutputHelper output) : MemberChangeSpec(output, new PaxosProtocol(), longestStall: 500)
{
    [Theory]
    [InlineData("")]
    [InlineData("quorum { q1 = 8, q2 = 5 }")]
    public void A_zone_joins_and_another_leaves_while_clients_work(string settings)
    {
        Start(settings);
        var joined = Change([.. Cluster.Spares], []);
        Assert.Null(joined.Error);
        Assert.Equal(3, joined.Epoch.Number);
        Work(1);
        var left = Change([], [.. Cluster.Replicas.Where(static id => id.Zone == 1)]);
        Assert.Null(left.Error);
        Assert.Equal(5, left.Epoch.Number);
        Assert.Equal([2, 3, 4], left.Epoch.Voters.Select(static id => (int)id.Zone).Distinct());
        Work(2);
        Finish();
    }

    [Fact]
    public void A_zone_joins_although_the_network_loses_and_replicas_crash() => JoinAmongFaults("", 12);
}
