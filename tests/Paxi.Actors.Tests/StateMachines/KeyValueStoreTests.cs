using Paxi.Actors.Clients;
using Paxi.Actors.StateMachines;
using Xunit;

namespace Paxi.Actors.Tests.StateMachines;

/// <summary>What each command of the key-value store does, one by one.</summary>
public sealed class KeyValueStoreTests
{
    private readonly KeyValueStore _store = new(maxVersions: 3);

    [Fact]
    public void An_absent_key_has_no_value_and_no_versions()
    {
        Assert.Null(_store.Apply(new Get("k")).Value);
        Assert.Empty(_store.Apply(new GetHistory("k")).Versions!);
    }

    [Fact]
    public void A_write_reports_what_was_there_before()
    {
        Assert.Null(Set("k", "one").Value);
        Assert.Equal("one", Text(Set("k", "two")));
        Assert.Equal("two", Text(_store.Apply(new Delete("k"))));
        Assert.Null(_store.Apply(new Delete("k")).Value);
        Assert.Null(_store.Apply(new Get("k")).Value);
    }

    [Fact]
    public void An_empty_value_is_not_absence()
    {
        Set("k", "");
        Assert.Equal("", Text(_store.Apply(new Get("k"))));
        Assert.False(_store.Apply(new CompareAndSet("k", null, "new".Bytes())).Swapped);
        Assert.True(_store.Apply(new CompareAndSet("k", "".Bytes(), "new".Bytes())).Swapped);
    }

    [Fact]
    public void A_compare_and_set_writes_only_where_it_finds_what_it_expects()
    {
        var created = _store.Apply(new CompareAndSet("k", null, "one".Bytes()));
        Assert.True(created.Swapped);
        Assert.Null(created.Value);
        var refused = _store.Apply(new CompareAndSet("k", "two".Bytes(), "three".Bytes()));
        Assert.False(refused.Swapped);
        Assert.Equal("one", Text(refused));
        var swapped = _store.Apply(new CompareAndSet("k", "one".Bytes(), "two".Bytes()));
        Assert.True(swapped.Swapped);
        Assert.Equal("one", Text(swapped));
        Assert.False(_store.Apply(new CompareAndSet("absent", "x".Bytes(), "y".Bytes())).Swapped);
        Assert.Equal(1, _store.Count);
    }

    [Fact]
    public void The_history_has_the_newest_versions_and_a_delete_ends_it()
    {
        foreach (var value in new[] { "1", "2", "2", "3", "4" })
        {
            Set("k", value);
        }

        _store.Apply(new CompareAndSet("k", "no".Bytes(), "5".Bytes()));
        Assert.Equal(["2", "3", "4"], History("k"));
        _store.Apply(new Delete("k"));
        Assert.Empty(History("k"));
        Set("k", "6");
        Assert.Equal(["6"], History("k"));
    }

    [Fact]
    public void A_single_version_is_kept_where_no_more_are_asked_for()
    {
        var store = new KeyValueStore(maxVersions: 1);
        store.Apply(new Set("k", "1".Bytes()));
        store.Apply(new Set("k", "2".Bytes()));
        Assert.Equal("2", Assert.Single(store.Apply(new GetHistory("k")).Versions!).Text());
    }

    [Fact]
    public void Long_versions_are_dropped_before_short_ones_reach_the_limit()
    {
        var half = new byte[KeyValueStore.MaxValueBytes];
        for (byte version = 0; version < 3; version++)
        {
            half[0] = version;
            _store.Apply(new Set("k", half));
        }

        Assert.Equal([1, 2], _store.Apply(new GetHistory("k")).Versions!.Select(version => (int)version.Span[0]));
        Set("k", "short");
        Assert.Equal([KeyValueStore.MaxValueBytes, 5], _store.Apply(new GetHistory("k")).Versions!.Select(version => version.Length));
    }

    [Fact]
    public void A_transaction_sees_its_own_writes_and_reports_each_command()
    {
        Set("a", "1");
        var reply = _store.Apply(new Transact(
        [
            new Get("a"),
            new CompareAndSet("a", "0".Bytes(), "x".Bytes()),
            new Set("a", "2".Bytes()),
            new CompareAndSet("a", "2".Bytes(), "3".Bytes()),
            new Delete("b"),
            new Get("a"),
        ]));
        Assert.Equal(
            ["1 False", "1 False", "1 False", "2 True", "absent False", "3 False"],
            reply.Parts!.Select(part => $"{(part.Value is { } value ? value.Text() : "absent")} {part.Swapped}"));
        Assert.Equal("3", Text(_store.Apply(new Get("a"))));
    }

    [Fact]
    public void A_transaction_whose_results_are_too_long_changes_nothing()
    {
        // As many versions as are kept, of one length: a further write moves them in their place.
        Set("a", "1");
        Set("a", "2");
        Set("a", "3");
        Set("b", "1");
        Set("b", "2");
        _store.Apply(new Set("long", new byte[KeyValueStore.MaxValueBytes]));
        var before = _store.Snapshot();
        var fault = Assert.Throws<InvalidCommandException>(() => _store.Apply(new Transact(
        [
            new Set("a", "2".Bytes()), new Set("new", "2".Bytes()), new Delete("b"), new Set("b", "3".Bytes()), new Set("b", "4".Bytes()),
            new Get("long"), new Set("a", "3".Bytes()), new Get("long"), new Get("long"),
        ])));
        Assert.Contains("2097152", fault.Message, StringComparison.Ordinal);
        Assert.Equal(before, _store.Snapshot());
        Assert.Equal(["1", "2", "3"], History("a"));
        Assert.Equal(["1", "2"], History("b"));
    }

    [Fact]
    public void Equal_stores_write_equal_snapshots_whatever_came_before()
    {
        var other = new KeyValueStore(maxVersions: 3);
        string[] keys = ["b", "a", "ab", "é", "aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaab", "aaaaaaaa", "aaaaaaaa\0", "z"];
        foreach (var key in keys)
        {
            Set(key, $"value of {key}");
        }

        other.Apply(new Set("gone", "x".Bytes()));
        foreach (var key in keys.Reverse())
        {
            other.Apply(new Set(key, "old".Bytes()));
            other.Apply(new Delete(key));
            other.Apply(new Set(key, $"value of {key}".Bytes()));
        }

        other.Apply(new Delete("gone"));
        Assert.Equal(_store.Snapshot(), other.Snapshot());
        var restored = new KeyValueStore(maxVersions: 3);
        restored.Apply(new Set("other", "x".Bytes()));
        restored.ReadSnapshot(_store.Snapshot());
        Assert.Equal(_store.Snapshot(), restored.Snapshot());
    }

    private Reply Set(string key, string value) => _store.Apply(new Set(key, value.Bytes()));

    private IEnumerable<string> History(string key) => _store.Apply(new GetHistory(key)).Versions!.Select(version => version.Text());

    private static string Text(Reply reply) => reply.Value!.Value.Text();
}
