using Akka.Actor;
using Paxi.Actors.StateMachines;
using Paxi.Protocols.WPaxos;
using Xunit;

namespace Paxi.Protocols.Tests.WPaxos;

/// <summary>Which owner actors give way.</summary>
public sealed class OwnerTableTests
{
    private const int Most = 32;

    private readonly OwnerTable _table = new();
    private int _now;

    [Fact]
    public void Objects_that_are_written_once_do_not_drive_out_those_at_work()
    {
        for (var index = 0; index < Most / 2; index++)
        {
            Use($"hot{index}");
            Use($"hot{index}");
        }

        for (var index = 0; index < 100; index++)
        {
            Use($"cold{index}");
        }

        Assert.Equal((Most / 2) + (Most / 16), _table.Active);
        Assert.All(Enumerable.Range(0, Most / 2), index => Assert.NotNull(_table.Find(new ObjectKey($"hot{index}"))));
        Assert.NotNull(_table.Find(new ObjectKey("cold99")));
    }

    [Fact]
    public void Objects_that_are_all_used_again_come_to_fill_the_room()
    {
        for (var round = 0; round < 20; round++)
        {
            for (var index = 0; index < Most - (Most / 16); index++)
            {
                Use($"{index}");
                Use($"{index}");
            }
        }

        Assert.Equal(Most - (Most / 16), _table.Active);
        Use("a new one");
        Use("a new one");
        Use("and another");
        Assert.Equal(Most - (Most / 16) + 1, _table.Active);
        Assert.NotNull(_table.Find(new ObjectKey("a new one")));
        Assert.NotNull(_table.Find(new ObjectKey("and another")));
    }

    [Fact]
    public void The_longest_unused_is_found_among_both()
    {
        Use("again");
        Use("once");
        Use("again");
        Assert.Equal("once", _table.LongestUnused?.Key.ToString());
        _table.Postpone(_table.LongestUnused!, TimeSpan.FromSeconds(++_now));
        Assert.Equal("again", _table.LongestUnused?.Key.ToString());
        _table.Remove(_table.LongestUnused!);
        Assert.Equal("once", _table.LongestUnused?.Key.ToString());
        _table.Remove(_table.LongestUnused!);
        Assert.Null(_table.LongestUnused);
    }

    private void Use(string name)
    {
        var now = TimeSpan.FromSeconds(++_now);
        var key = new ObjectKey(name);
        if (_table.Find(key) is { } owner)
        {
            _table.Use(owner, now);
            return;
        }

        _table.Add(new ActiveOwner(key, ActorRefs.Nobody) { UsedAt = now });
        if (_table.TooMany(Most) is { } oldest)
        {
            _table.Remove(oldest);
        }
    }
}
