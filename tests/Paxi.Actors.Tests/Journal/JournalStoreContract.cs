using Paxi.Actors.Journal;
using Xunit;
using static Paxi.Actors.Tests.Journal.StoreExtensions;

namespace Paxi.Actors.Tests.Journal;

/// <summary>What every <see cref="IJournalStore"/> keeps to.</summary>
public abstract class JournalStoreContract : IDisposable
{
    protected IJournalStore Store { get; set; } = null!;

    public virtual void Dispose()
    {
        Store.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void A_new_store_is_empty() => Assert.Equal("", Store.Text(0) + Store.Text(1) + Store.Text(255));

    [Fact]
    public void What_was_put_is_read_in_the_order_of_the_keys()
    {
        Assert.Null(Store.CommitAndWait(Put(1, "b", "2"), Put(1, "a", "1"), Put(1, "ab", "3")));
        Assert.Equal("a=1 ab=3 b=2", Store.Text(1));
    }

    [Fact]
    public void Keys_are_ordered_as_unsigned_bytes()
    {
        byte[][] keys = [[0xFF], [0x7F], [0x80], [0x00], [0x80, 0x00]];
        Store.CommitAndWait([.. keys.Select(key => JournalWrite.Put(3, key, key))]);
        Assert.Equal(["00", "7F", "80", "8000", "FF"], Store.Read(3).Select(pair => Convert.ToHexString(pair.Key)));
    }

    [Fact]
    public void Numbers_as_keys_keep_their_order()
    {
        long[] numbers = [300, 0, 1, long.MaxValue, 256, 255];
        Store.CommitAndWait([.. numbers.Select(number => JournalWrite.Put(2, JournalKey.Of(number), "x".Bytes()))]);
        Assert.Equal([0, 1, 255, 256, 300, long.MaxValue], Store.Read(2).Select(pair => JournalKey.ToInt64(pair.Key)));
    }

    [Fact]
    public void A_later_write_of_the_same_commit_wins()
    {
        Store.CommitAndWait(Put(1, "a", "1"), Put(1, "a", "2"), Put(1, "b", "1"), JournalWrite.Delete(1, "b".Bytes()));
        Assert.Equal("a=2", Store.Text(1));
        Store.CommitAndWait(JournalWrite.Delete(1, "a".Bytes()), Put(1, "a", "3"));
        Assert.Equal("a=3", Store.Text(1));
    }

    [Fact]
    public void Tables_do_not_see_each_other()
    {
        Store.CommitAndWait(Put(0, "k", "zero"), Put(1, "k", "one"), Put(255, "k", "last"));
        Store.CommitAndWait(JournalWrite.DeleteRange(1, "".Bytes(), "z".Bytes()));
        Assert.Equal("k=zero||k=last", $"{Store.Text(0)}|{Store.Text(1)}|{Store.Text(255)}");
    }

    [Theory]
    [InlineData("", "a=1 b=2 c=3")]
    [InlineData("b", "b=2 c=3")]
    [InlineData("bb", "c=3")]
    [InlineData("d", "")]
    public void Reading_starts_at_or_above_a_key(string from, string expected)
    {
        Store.CommitAndWait(Put(1, "a", "1"), Put(1, "b", "2"), Put(1, "c", "3"), Put(2, "z", "9"));
        Assert.Equal(expected, Store.Text(1, from));
    }

    [Theory]
    [InlineData("b", "d", "a=1 d=4")]
    [InlineData("", "c", "c=3 d=4")]
    [InlineData("bb", "zz", "a=1 b=2")]
    [InlineData("b", "b", "a=1 b=2 c=3 d=4")]
    [InlineData("d", "b", "a=1 b=2 c=3 d=4")]
    [InlineData("b", "", "a=1 b=2 c=3 d=4")]
    public void A_range_goes_from_its_first_key_up_to_the_one_that_stays(string from, string until, string expected)
    {
        Store.CommitAndWait(Put(1, "a", "1"), Put(1, "b", "2"), Put(1, "c", "3"), Put(1, "d", "4"));
        Assert.Null(Store.CommitAndWait(JournalWrite.DeleteRange(1, from.Bytes(), until.Bytes())));
        Assert.Equal(expected, Store.Text(1));
    }

    [Fact]
    public void A_put_after_a_range_of_the_same_commit_stays()
    {
        Store.CommitAndWait(Put(1, "a", "1"), Put(1, "b", "2"));
        Store.CommitAndWait(JournalWrite.DeleteRange(1, "a".Bytes(), "z".Bytes()), Put(1, "b", "3"));
        Assert.Equal("b=3", Store.Text(1));
    }

    [Fact]
    public void Empty_keys_and_values_are_allowed_but_for_table_0()
    {
        Assert.Null(Store.CommitAndWait(Put(1, "", "empty key"), Put(1, "k", "")));
        Assert.Equal("=empty key k=", Store.Text(1));
        Assert.Throws<ArgumentException>(() => Store.Commit([Put(0, "", "x")], _ => { }));
    }

    [Fact]
    public void Commits_end_once_each_in_the_order_of_their_calls()
    {
        var ends = new List<int>();
        for (var number = 0; number < 500; number++)
        {
            var mine = number;
            Store.Commit([JournalWrite.Put(1, JournalKey.Of(mine % 7), JournalKey.Of(mine))], fault =>
            {
                Assert.Null(fault);
                ends.Add(mine);
            });
        }

        Assert.Null(Store.CommitAndWait());
        Assert.Equal(Enumerable.Range(0, 500), ends);
        Assert.Equal([497, 498, 499, 493, 494, 495, 496], Store.Read(1).Select(pair => JournalKey.ToInt64(pair.Value)));
    }

    [Fact]
    public void Reading_sees_a_commit_that_was_called_before()
    {
        Store.Commit([Put(1, "a", "1")], _ => { });
        Assert.Equal("a=1", Store.Text(1));
    }

    [Fact]
    public void A_caller_may_commit_while_it_reads()
    {
        Store.CommitAndWait(Put(1, "a", "1"), Put(1, "b", "2"), Put(1, "c", "3"));
        var seen = 0;
        foreach (var pair in Store.Read(1))
        {
            seen++;
            Store.CommitAndWait(JournalWrite.Delete(1, pair.Key));
        }

        Assert.Equal(3, seen);
        Assert.Equal("", Store.Text(1));
    }

    [Fact]
    public void After_its_end_a_store_refuses_commits_and_reads()
    {
        Store.Dispose();
        Assert.NotNull(Store.CommitAndWait(Put(1, "a", "1")));
        Assert.Throws<ObjectDisposedException>(() => Store.Read(1).ToList());
    }
}

public sealed class MemoryJournalStoreSpec : JournalStoreContract
{
    public MemoryJournalStoreSpec() => Store = new MemoryJournalStore();

    [Fact]
    public void It_says_that_it_forgets() => Assert.True(Store.IsVolatile);

    [Fact]
    public void What_is_read_is_a_copy()
    {
        var value = "1".Bytes();
        Store.CommitAndWait(JournalWrite.Put(1, "a".Bytes(), value));
        value[0] = (byte)'9';
        Store.Read(1).Single().Value[0] = (byte)'8';
        Assert.Equal("a=1", Store.Text(1));
    }
}
