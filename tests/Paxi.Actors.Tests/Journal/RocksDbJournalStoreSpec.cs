using Paxi.Actors.Journal;
using Xunit;
using static Paxi.Actors.Tests.Journal.StoreExtensions;

namespace Paxi.Actors.Tests.Journal;

public sealed class RocksDbJournalStoreSpec : JournalStoreContract
{
    private static readonly JournalIdentity Identity = new(new ReplicaId(1, 1), "paxos");
    private readonly TemporaryDirectory _directory = new();

    public RocksDbJournalStoreSpec() => Store = Open();

    public override void Dispose()
    {
        base.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void It_says_that_it_remembers() => Assert.False(Store.IsVolatile);

    [Fact]
    public void Everything_is_there_after_reopening()
    {
        Store.CommitAndWait(Put(1, "a", "1"), Put(1, "b", "2"), Put(0, "kernel", "x"));
        Store.CommitAndWait(JournalWrite.Delete(1, "a".Bytes()), Put(2, "c", "3"));
        Reopen();
        Assert.Equal("b=2|c=3|kernel=x", $"{Store.Text(1)}|{Store.Text(2)}|{Store.Text(0)}");
        Store.CommitAndWait(Put(1, "a", "4"));
        Reopen();
        Assert.Equal("a=4 b=2", Store.Text(1));
    }

    [Fact]
    public void What_was_queued_is_written_before_it_closes()
    {
        for (var number = 0; number < 100; number++)
        {
            Store.Commit([JournalWrite.Put(1, JournalKey.Of(number), "x".Bytes())], _ => { });
        }

        Reopen();
        Assert.Equal(100, Store.Read(1).Count());
    }

    [Fact]
    public void A_range_that_went_stays_away_after_reopening()
    {
        for (var number = 0; number < 1000; number++)
        {
            Store.Commit([JournalWrite.Put(1, JournalKey.Of(number), new byte[1000])], _ => { });
        }

        Store.CommitAndWait(JournalWrite.DeleteRange(1, JournalKey.Of(0), JournalKey.Of(990)));
        Reopen();
        Assert.Equal(990, JournalKey.ToInt64(Store.Read(1).First().Key));
        Assert.Equal(10, Store.Read(1).Count());
    }

    [Fact]
    public void Closing_ends_a_reading_that_still_runs()
    {
        Store.CommitAndWait(Put(1, "a", "1"), Put(1, "b", "2"));
        using var reading = Store.Read(1).GetEnumerator();
        Assert.True(reading.MoveNext());
        Store.Dispose();
        Assert.Throws<ObjectDisposedException>(() => reading.MoveNext());
    }

    private RocksDbJournalStore Open() => new(_directory.Path, Identity);

    private void Reopen()
    {
        Store.Dispose();
        Store = Open();
    }
}
