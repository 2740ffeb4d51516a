using Paxi.Actors.Clients;
using Paxi.Protocols.Tests.Paxos;
using Xunit;
using Xunit.Abstractions;

namespace Paxi.Protocols.Tests.WPaxos;

/// <summary>WPaxos and its family.</summary>
public abstract class ObjectMemberChangeTests(ITestOutputHelper output, string algorithm) : MemberChangeSpec(output, ProtocolList.Find(algorithm), longestStall: 100)
{
    private readonly ITestOutputHelper _output = output;

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
        Work(1);
        var left = Change([], [.. Cluster.Replicas.Where(static id => id.Zone == 1)]);
        Assert.Null(left.Error);
        Assert.Equal(5, left.Epoch.Number);
        Assert.Equal([2, 3, 4], left.Epoch.Voters.Select(static id => (int)id.Zone).Distinct());
        Work(2);
        Finish();
    }

    /// <summary>An epoch ends with a checkpoint: who asks in the next one waits for his own command, and not for all those before it.</summary>
    [Fact]
    public void What_was_decided_is_not_proposed_again_in_the_next_epoch()
    {
        Start("");
        Stop();
        var (slots, votes) = (Cluster.Coverage.Slots, Cluster.Coverage.Votes);
        Assert.True(slots > 500, $"{slots} slots");
        Assert.Null(Change([.. Cluster.Spares], []).Error);
        var client = Cluster.AddClient();
        var done = 0;
        for (var key = 0; key < 4; key++)
        {
            client.Send(new Get($"k{key}"), reply => done += reply.Outcome == Outcome.Done ? 1 : 0);
        }

        Work(3, () => done == 4);
        Assert.Equal(4, done);
        _output.WriteLine($"{slots} slots before, {Cluster.Coverage.Votes - votes} votes since");
        Assert.InRange(Cluster.Coverage.Votes - votes, 4, 100);
        Finish();
    }

    /// <summary>Of the zone that leaves nothing remains to be taken over when a request comes: the objects of which nobody asks have new owners, too.</summary>
    protected void LeaveUnasked(string settings)
    {
        // More than are taken over at a time, on each of the nine that stay.
        const int Objects = 900;
        Start(settings);
        Assert.Null(Change([.. Cluster.Spares], []).Error);
        var there = Cluster.AddClient(Cluster.Spares);
        var done = 0;
        string[] keys = [.. Enumerable.Range(0, Objects).Select(static number => $"o{number}")];
        foreach (var key in keys)
        {
            there.Send(new Set(key, "v"u8.ToArray()), reply => done += reply.Outcome == Outcome.Done ? 1 : 0);
        }

        Work(20, () => done == Objects);
        Assert.All(keys, key => Assert.True(Cluster.LeaderOf(key) is { Zone: 4 }, key));

        Assert.Null(Change([], [.. Cluster.Spares]).Error);
        Stop();
        Assert.All(keys, key => Assert.True(Cluster.LeaderOf(key) is { Zone: < 4 }, key));
        Assert.Equal(9, keys.Select(Cluster.LeaderOf).Distinct().Count());

        var elections = Cluster.Coverage.Elections;
        var here = Cluster.AddClient();
        done = 0;
        foreach (var key in keys)
        {
            here.Send(new Get(key), reply => done += reply.Outcome == Outcome.Done ? 1 : 0);
        }

        Work(20, () => done == Objects);
        Assert.Equal(Objects, done);
        Assert.Equal(elections, Cluster.Coverage.Elections);
        Assert.True(Cluster.Coverage["handed over at leave"] >= Objects);
        Finish();
    }

    [Theory]
    [InlineData("")]
    [InlineData("grid.fz = 1")]
    public void A_zone_joins_although_the_network_loses_and_replicas_crash(string settings) => JoinAmongFaults(settings, 6);
}

public sealed class WPaxosMemberChangeTests(ITestOutputHelper output) : ObjectMemberChangeTests(output, "wpaxos")
{
    [Theory]
    [InlineData("")]
    [InlineData("grid.fz = 1")]
    public void The_objects_of_a_zone_that_leaves_have_new_owners_before_anybody_asks_for_them(string settings) => LeaveUnasked(settings);
}

public sealed class M2PaxosMemberChangeTests(ITestOutputHelper output) : ObjectMemberChangeTests(output, "m2paxos")
{
    [Fact]
    public void The_objects_of_a_zone_that_leaves_have_new_owners_before_anybody_asks_for_them() => LeaveUnasked("");
}

public sealed class KPaxosMemberChangeTests(ITestOutputHelper output) : ObjectMemberChangeTests(output, "kpaxos");
