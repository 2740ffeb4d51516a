using Paxi.Actors;
using Paxi.Actors.StateMachines;
using Paxi.Protocols.WPaxos;
using Xunit;

namespace Paxi.Protocols.Tests.WPaxos;

/// <summary>What the status tells of ownership.</summary>
public sealed class OwnershipCountsTests
{
    private static readonly ReplicaId One = new(1, 1);
    private static readonly ReplicaId Other = new(2, 1);

    [Fact]
    public void A_minute_is_sixty_seconds_and_what_is_older_is_gone()
    {
        var window = new MinuteWindow();
        window.Add(At(0.5));
        window.Add(At(0.9));
        window.Add(At(30));
        window.Add(At(59.9));
        Assert.Equal(4, window.Count(At(59.9)));
        Assert.Equal(2, window.Count(At(60)));
        Assert.Equal(1, window.Count(At(118.9)));
        Assert.Equal(0, window.Count(At(119)));
        Assert.Equal(0, window.Count(At(1e6)));
        window.Add(At(1e6 + 1));
        Assert.Equal(1, window.Count(At(1e6 + 60)));
    }

    /// <summary>Against every event remembered.</summary>
    [Fact]
    public void A_minute_of_any_events()
    {
        var random = new Random(7);
        var window = new MinuteWindow();
        var events = new List<double>();
        var now = 1000.0;
        for (var step = 0; step < 5000; step++)
        {
            now += random.NextDouble() * (random.Next(50) == 0 ? 200 : 2);
            if (random.Next(3) > 0)
            {
                window.Add(At(now));
                events.Add(now);
            }

            Assert.Equal(events.Count(at => Math.Floor(at) > Math.Floor(now) - 60), window.Count(At(now)));
        }
    }

    [Fact]
    public void Objects_move_from_owner_to_owner()
    {
        var table = new OwnerTable();
        Assert.Equal("", table.Owners.ToString());
        table[Key("a")] = new OwnerRow(Ballot.Zero.Next(One), 0, IsOwned: true);
        table[Key("b")] = new OwnerRow(Ballot.Zero.Next(Other), 0, IsOwned: false);
        table[Key("c")] = new OwnerRow(Ballot.Zero.Next(Other), 0, IsOwned: false);
        Assert.Equal(("1.1=1 2.1=2", 1), (table.Owners.ToString(), table.Owned));

        Assert.True(table.See(Key("a"), Ballot.Zero.Next(Other).Next(Other)));
        Assert.Equal(("2.1=3", 0), (table.Owners.ToString(), table.Owned));

        table[Key("b")] = table[Key("b")] with { Decided = 7 };
        Assert.Equal("2.1=3", table.Owners.ToString());
        table[Key("d")] = default;
        Assert.Equal("2.1=3", table.Owners.ToString());
    }

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    private static ObjectKey Key(string text) => new(text);
}

/// <summary>What the owners role counts: a first touch is no steal, an object taken from another owner is.</summary>
public sealed class StealCountTests() : OwnersSpec("retransmit-interval = 50ms, heartbeat-interval = 20ms, election-timeout = 100ms")
{
    [Fact]
    public void First_touches_and_steals_are_told_apart()
    {
        Own("x");
        Assert.Equal(("1", "0", "0", "1.1=1"), (Status("first-touches"), Status("steals"), Status("steals-per-minute"), Status("owners")));

        Take("y", Ballot(3, "2.1"));
        Assert.Equal(("1", "1", "1", "2"), (Status("first-touches"), Status("steals"), Status("steals-per-minute"), Status("owned")));
        Advance(61_000);
        Assert.Equal(("1", "0"), (Status("steals"), Status("steals-per-minute")));
    }

    [Fact]
    public void What_a_replica_owned_before_it_restarted_is_no_steal()
    {
        Known = (Ballot(5, "1.1"), 9);
        Propose("z=1");
        PromisedByAll("z", Ballot(6, "1.1"), first: 10);
        Assert.Equal(("1", "0"), (Status("owned"), Status("steals")));
    }

    [Fact]
    public void Who_loses_an_object_owns_one_less()
    {
        Own("x");
        Tell(new BallotSeen(Key("x"), Ballot(2, "3.1")));
        Assert.Equal(("0", "3.1=1"), (Status("owned"), Status("owners")));
    }

    private void Take(string key, Ballot from)
    {
        Tell(new BallotSeen(Key(key), from));
        Known = (from, 0);
        Tell(new Handover(from.Owner, Key(key), from));
        PromisedByAll(key, from.Next(Replica("1.1")));
    }
}
