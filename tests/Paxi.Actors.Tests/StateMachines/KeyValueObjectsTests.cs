using Paxi.Actors.Clients;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;
using Xunit;

namespace Paxi.Actors.Tests.StateMachines;

/// <summary>The keys of the store as objects.</summary>
public sealed class KeyValueObjectsTests
{
    private static readonly ObjectKey Key = new("key");

    private readonly KeyValueStore _store = new(maxVersions: 3);

    [Fact]
    public void The_objects_of_a_command_are_its_keys_each_once_ascending()
    {
        Assert.Equal(["k"], Objects(new Get("k")));
        Assert.Equal(["k"], Objects(new GetHistory("k")));
        Assert.Equal(["a", "b", "é"], Objects(new Transact([new Set("b", default), new Get("é"), new Delete("a"), new CompareAndSet("b", null, default)])));
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 9, 1, 65 })]
    [InlineData(new byte[] { 1, 0 })]
    [InlineData(new byte[] { 1, 1, 0xFF })]
    [InlineData(new byte[] { 1, 1, 65, 0 })]
    [InlineData(new byte[] { 6, 2, 1, 1, 65 })]
    [InlineData(new byte[] { 6, 1, 1, 1, 65, 0 })]
    [InlineData(new byte[] { 6, 0 })]
    public void Malformed_commands_have_no_objects(byte[] command)
    {
        var objects = new List<ObjectKey>();
        Assert.Throws<InvalidCommandException>(() => _store.ListObjects(command, objects));
        Assert.Empty(objects);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 10)]
    [InlineData(5, 10)]
    [InlineData(3, 2_000)]
    public void An_object_is_what_was_written_with_its_versions(int writes, int length)
    {
        for (var write = 0; write < writes; write++)
        {
            _store.Apply(new Set("key", new byte[length + write]));
        }

        _store.Apply(new Set("other", "o".Bytes()));
        var other = new KeyValueStore(maxVersions: 3);
        other.Apply(new Set("key", "overwritten".Bytes()));
        other.Apply(new Set("other", "o".Bytes()));
        other.ReadObject(Key, State(_store));
        Assert.Equal(_store.Snapshot(), other.Snapshot());
        Assert.Equal(State(_store), State(other));
        Assert.Equal(writes == 0, State(other).Length == 0);
    }

    [Fact]
    public void A_deleted_key_is_absent()
    {
        _store.Apply(new Set("key", "v".Bytes()));
        _store.Apply(new Delete("key"));
        Assert.Empty(State(_store));
    }

    [Theory]
    [InlineData(new byte[] { 0 })]
    [InlineData(new byte[] { 1 })]
    [InlineData(new byte[] { 1, 5, 1 })]
    [InlineData(new byte[] { 1, 1, 65, 0 })]
    [InlineData(new byte[] { 2, 1, 65 })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x0F })]
    public void What_is_no_object_is_refused(byte[] state)
    {
        _store.Apply(new Set("key", "v".Bytes()));
        var before = _store.Snapshot();
        Assert.Throws<WireFormatException>(() => _store.ReadObject(Key, state));
        Assert.Throws<WireFormatException>(() => _store.ReadObject(new ObjectKey(new byte[KeyValueStore.MaxKeyBytes + 1]), new byte[] { 1, 1, 65 }));
        Assert.Throws<WireFormatException>(() => _store.ReadObject(default, new byte[] { 1, 1, 65 }));
        Assert.Equal(before, _store.Snapshot());
    }

    private static byte[] State(KeyValueStore store)
    {
        var writer = new WireWriter();
        store.WriteObject(Key, writer.Buffer);
        return writer.ToArray();
    }

    private string[] Objects(Command command)
    {
        var objects = new List<ObjectKey>();
        _store.ListObjects(command.Encode().Span, objects);
        return [.. objects.Select(key => key.ToString())];
    }
}
