using Paxi.Actors.Clients;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;
using Xunit;

namespace Paxi.Actors.Tests.StateMachines;

/// <summary>Limits, and what lies at them; the same words on the client's side and in the store.</summary>
public sealed class KeyValueCodecTests
{
    // The first bytes of the commands, written out: a journal that holds them must stay readable.
    private const byte GetByte = 1;
    private const byte SetByte = 2;
    private const byte DeleteByte = 3;
    private const byte HistoryByte = 5;
    private const byte TransactionByte = 6;

    private static readonly byte[] Longest = new byte[KeyValueStore.MaxValueBytes];
    private static readonly byte[] TooLong = new byte[KeyValueStore.MaxValueBytes + 1];

    public static TheoryData<string> Keys => ["k", "\0", new string('k', 1024), string.Concat(Enumerable.Repeat("日", 341)), "🙂 é"];

    [Theory]
    [MemberData(nameof(Keys))]
    public void Any_key_within_the_limit_is_stored_and_found(string key)
    {
        var store = new KeyValueStore();
        store.Apply(new Set(key, "v".Bytes()));
        Assert.Equal("v", store.Apply(new Get(key)).Value!.Value.Text());
        Assert.Null(store.Apply(new Get("another")).Value);
    }

    [Fact]
    public void The_longest_value_goes_through_every_command()
    {
        var store = new KeyValueStore();
        store.Apply(new Set("k", Longest));
        Assert.True(store.Apply(new CompareAndSet("k", Longest, Longest)).Swapped);
        Assert.Equal(2, store.Apply(new GetHistory("k")).Versions!.Count);
        Assert.Equal(Longest.Length, store.Apply(new Transact([new Delete("k"), new Set("k", Longest)])).Parts![0].Value!.Value.Length);
    }

    public static TheoryData<Command, string> Refused => new()
    {
        { new Get(""), "1024" },
        { new Set(new string('k', 1025), default), "1024" },
        { new Delete(new string('é', 513)), "1026" },
        { new Get("half \uD800 pair"), "surrogate" },
        { new Set("k", TooLong), "1048576" },
        { new CompareAndSet("k", TooLong, default), "1048576" },
        { new CompareAndSet("k", null, TooLong), "1048577" },
        { new Transact([]), "256" },
        { new Transact([.. Enumerable.Repeat(new Get("k"), 257)]), "257" },
        { new Transact([new GetHistory("k")]), "history" },
        { new Transact([new Get("k"), new Set("k", TooLong)]), "1048576" },
        { new Transact([new Set("k", Longest), new Set("k", Longest)]), "2097152" },
        { new Invoke(default, IsReadOnly: false), "at least one byte" },
        { new Foreign(), "Foreign" },
        { new Transact([new ForeignKey()]), "ForeignKey" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_is_over_a_limit_is_refused_with_the_limit_and_nothing_is_written(Command command, string part)
    {
        var writer = new WireWriter();
        var fault = Assert.Throws<InvalidCommandException>(() => KeyValueCodec.Write(command, writer));
        Assert.Contains(part, fault.Message, StringComparison.Ordinal);
        Assert.Equal(0, writer.Length);
    }

    [Fact]
    public void The_store_has_the_same_limits()
    {
        Assert.Contains("1 to 1024", Executing(GetByte, new byte[1025]), StringComparison.Ordinal);
        Assert.Contains("1 to 1024", Executing(DeleteByte, []), StringComparison.Ordinal);
        Assert.Contains("UTF-8", Executing(GetByte, [0xFF]), StringComparison.Ordinal);
        Assert.Contains("1048576", Executing(SetByte, [1], TooLong), StringComparison.Ordinal);
        Assert.Contains("no command", Executing(SetByte, [1]), StringComparison.Ordinal);
        Assert.Contains("77", Executing(77, [1]), StringComparison.Ordinal);
        Assert.Contains("no command", Executing(writer => { }), StringComparison.Ordinal);
        Assert.Contains("1 to 256", Executing(writer => Head(writer, 0)), StringComparison.Ordinal);
        Assert.Contains("257", Executing(writer => Head(writer, 257)), StringComparison.Ordinal);
        Assert.Contains("2097152", Executing(writer => Long(writer, 3)), StringComparison.Ordinal);
        Assert.Contains("that a transaction may hold", Executing(writer => Part(writer, HistoryByte)), StringComparison.Ordinal);
        Assert.Contains("that a transaction may hold", Executing(writer => Part(writer, TransactionByte)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_result_of_another_command_is_told()
    {
        foreach (var bytes in new byte[][] { [], [2], [1], [1, 5, 1], [0, 0], [1, 1, 65, 0] })
        {
            Assert.Throws<WireFormatException>(() => KeyValueCodec.ReadResult(new Get("k"), bytes));
        }

        Assert.Throws<WireFormatException>(() => KeyValueCodec.ReadResult(new GetHistory("k"), new byte[] { 200, 1 }));
        Assert.Throws<WireFormatException>(() => KeyValueCodec.ReadResult(new Transact([new Get("a"), new Get("b")]), new byte[] { 0 }));
    }

    [Fact]
    public void The_users_own_commands_pass_as_they_are()
    {
        var body = new byte[] { 1, 2, 3 };
        Assert.Equal(body, new Invoke(body, IsReadOnly: false).Encode().ToArray());
        Assert.Equal(body, KeyValueCodec.ReadResult(new Invoke(body, IsReadOnly: false), body).Value!.Value.ToArray());
    }

    private static void Head(WireWriter writer, int count)
    {
        writer.Byte(TransactionByte);
        writer.VarInt(count);
    }

    private static void Part(WireWriter writer, byte operation)
    {
        Head(writer, 1);
        writer.Byte(operation);
        writer.Text("k");
    }

    private static void Long(WireWriter writer, int count)
    {
        Head(writer, count);
        for (; count > 0; count--)
        {
            writer.Byte(SetByte);
            writer.Text("k");
            writer.Bytes(Longest);
        }
    }

    private static string Executing(byte operation, byte[] key, byte[]? value = null) => Executing(writer =>
    {
        writer.Byte(operation);
        writer.Bytes(key);
        if (value is not null)
        {
            writer.Bytes(value);
        }
    });

    private static string Executing(Action<WireWriter> write)
    {
        var writer = new WireWriter();
        write(writer);
        var store = new KeyValueStore();
        var fault = Assert.Throws<InvalidCommandException>(() => store.Execute(writer.WrittenSpan, new WireWriter().Buffer));
        Assert.Equal(0, store.Count);
        return fault.Message;
    }

    private sealed record Foreign : Command;

    private sealed record ForeignKey() : KeyCommand("k");
}
