using Paxi.Actors.Journal;
using Paxi.TestKit.World;
using Xunit;

namespace Paxi.TestKit.Tests.World;

public sealed class SimulatedDiskTests : IDisposable
{
    private const byte Table = 1;

    private static readonly DiskOptions Even = new()
    {
        WriteDelay = DelayDistribution.Constant(TimeSpan.FromMilliseconds(1)),
        UnsyncedSurvival = 0,
        TornTail = 0,
    };

    private readonly SimulatedWorld _world = new(seed: 1);
    private readonly List<string> _log = [];
    private readonly SimulatedDisk _disk;
    private SimulatedSystem _system;
    private IJournalStore _store;

    public SimulatedDiskTests()
    {
        _disk = new SimulatedDisk(_world, "d", Even);
        _system = _world.CreateSystem("s0");
        _store = _disk.Open(_system);
    }

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Commits_follow_each_other_and_are_there_when_they_say_so()
    {
        Commit(1);
        Commit(2);
        _world.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(["1 done"], _log);
        Assert.Equal(1, _disk.Count(Table));
        _world.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(["1 done", "2 done"], _log);
        Assert.Equal([1L, 2L], Keys());
    }

    [Fact]
    public void A_crash_loses_what_was_not_synced_and_nobody_is_told()
    {
        Commit(1);
        _world.Run();
        Commit(2);
        Commit(3);
        Crash();
        _world.Run();
        Assert.Equal(["1 done"], _log);
        Assert.Equal([1L], Keys());
        Assert.Equal(2, _disk.Counters.Lost);
    }

    [Fact]
    public void A_crash_may_leave_a_prefix_of_what_was_not_synced()
    {
        _disk.Options = Even with { UnsyncedSurvival = 0.6 };
        var left = new SortedSet<int>();
        for (var round = 0; round < 60; round++)
        {
            _disk.Wipe();
            for (var key = 1; key <= 3; key++)
            {
                Commit(key);
            }

            Crash();
            var keys = Keys();
            Assert.Equal(Enumerable.Range(1, keys.Count).Select(key => (long)key), keys);
            left.Add(keys.Count);
        }

        Assert.Equal([0, 1, 2, 3], left);
        Assert.Empty(_log);
        Assert.True(_disk.Counters.Survived > 0);
    }

    [Fact]
    public void A_torn_record_is_cut_off_by_recovery()
    {
        _disk.Options = Even with { TornTail = 1 };
        Commit(1);
        _world.Run();
        Commit(2);
        Crash();
        Assert.Equal(1, _disk.Counters.TornTails);
        Assert.Equal([1L], Keys());
    }

    [Fact]
    public void After_a_failed_write_the_store_never_writes_again_until_it_is_opened_anew()
    {
        _disk.IsFailing = true;
        Commit(1);
        _world.Run();
        Assert.Equal(["1 the disk d failed a write"], _log);
        Assert.True(_disk.HasFault);
        _disk.IsFailing = false;
        Commit(2);
        _world.Run();
        Assert.Equal("2 the disk d failed a write", _log[^1]);
        Crash();
        Assert.False(_disk.HasFault);
        Commit(3);
        _world.Run();
        Assert.Equal("3 done", _log[^1]);
    }

    [Fact]
    public void A_stalled_disk_makes_commits_wait()
    {
        _disk.Stall(TimeSpan.FromMilliseconds(50));
        Commit(1);
        _world.Advance(TimeSpan.FromMilliseconds(50));
        Assert.Empty(_log);
        _world.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(["1 done"], _log);
    }

    [Fact]
    public void A_paused_replica_hears_of_its_commit_when_it_goes_on()
    {
        Commit(1);
        _system.Pause();
        _world.Advance(TimeSpan.FromMilliseconds(10));
        Assert.Empty(_log);
        Assert.Equal(1, _disk.Count(Table));
        _system.Resume();
        _world.Settle();
        Assert.Equal(["1 done"], _log);
    }

    [Fact]
    public void Ranges_are_deleted_and_reading_starts_anywhere()
    {
        for (var key = 1; key <= 9; key++)
        {
            Commit(key);
        }

        _store.Commit([JournalWrite.DeleteRange(Table, JournalKey.Of(2), JournalKey.Of(5))], _ => { });
        _world.Run();
        Assert.Equal([1L, 5L, 6L, 7L, 8L, 9L], Keys());
        Assert.Equal([6L, 7L, 8L, 9L], _store.Read(Table, JournalKey.Of(6)).Select(pair => JournalKey.ToInt64(pair.Key)));
        Assert.Empty(_store.Read(2));
    }

    [Fact]
    public void Damage_is_named_and_two_systems_do_not_share_a_disk()
    {
        Assert.Contains("in use by the system s0", Assert.Throws<JournalException>(() => _disk.Open(_world.CreateSystem("other"))).Message, StringComparison.Ordinal);
        _disk.Corrupt(Table);
        Assert.Contains("does not match its checksum", Assert.Throws<JournalException>(() => _store.Read(Table)).Message, StringComparison.Ordinal);
    }

    private void Commit(long key) => _store.Commit(
        [JournalWrite.Put(Table, JournalKey.Of(key), new byte[] { 1 })], fault => _log.Add($"{key} {fault?.Message ?? "done"}"));

    private void Crash()
    {
        _system.Kill();
        _system = _world.CreateSystem($"s{_world.Systems.Count}");
        _store = _disk.Open(_system);
    }

    private List<long> Keys() => [.. _store.Read(Table).Select(pair => JournalKey.ToInt64(pair.Key))];
}
