using Paxi.Protocols.Tests.Paxos;
using Xunit;
using Xunit.Abstractions;

namespace Paxi.Protocols.Tests.WPaxos;

/// <summary>WPaxos and its family.</summary>
public abstract class ObjectMemberChangeTests(ITestOutputHelper output, string algorithm) : MemberChangeSpec(output, ProtocolList.Find(algorithm))
{
    /// <summary>Whatever is asked at any time of a change is answered within this.</summary>
    private static readonly TimeSpan s_longestStall = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData("")]
    [InlineData("grid.fz = 1")]
    [InlineData("steal.adaptive = off")]
    public void A_zone_joins_and_another_leaves_while_clients_work(string settings)
    {
        Start(settings);
        var joined = Change([.. Cluster.Spares], []);
        Assert.Null(joined.Error);
        Assert.Equal(3, joined.Epoch.Number);
        Assert.True(Slowest < s_longestStall, $"{Slowest}");
        Work(1);
        var left = Change([], [.. Cluster.Replicas.Where(static id => id.Zone == 1)]);
        Assert.Null(left.Error);
        Assert.Equal(5, left.Epoch.Number);
        Assert.Equal([2, 3, 4], left.Epoch.Voters.Select(static id => (int)id.Zone).Distinct());
        Assert.True(Slowest < s_longestStall, $"{Slowest}");
        Work(2);
        Finish();
    }

    [Theory]
    [InlineData("")]
    [InlineData("grid.fz = 1")]
    public void A_zone_joins_although_the_network_loses_and_replicas_crash(string settings) => JoinAmongFaults(settings, 6);
}

public sealed class WPaxosMemberChangeTests(ITestOutputHelper output) : ObjectMemberChangeTests(output, "wpaxos");

public sealed class M2PaxosMemberChangeTests(ITestOutputHelper output) : ObjectMemberChangeTests(output, "m2paxos");

public sealed class KPaxosMemberChangeTests(ITestOutputHelper output) : ObjectMemberChangeTests(output, "kpaxos");
