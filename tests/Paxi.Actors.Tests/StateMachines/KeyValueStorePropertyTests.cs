using System.Security.Cryptography;
using System.Text;
using Paxi.Actors.Clients;
using Paxi.Actors.StateMachines;
using Xunit;

namespace Paxi.Actors.Tests.StateMachines;

/// <summary>The store against the plain model, command by command.</summary>
public sealed class KeyValueStorePropertyTests
{
    [Theory]
    [InlineData(1, 300, 3)]
    [InlineData(2_000, 200, 60)]
    [InlineData(KeyValueStore.MaxValueBytes, 120, 6)]
    public void Every_reply_is_the_models(int longest, int commands, int seeds)
    {
        var refused = 0;
        for (var seed = 0; seed < seeds; seed++)
        {
            var random = new Random(seed);
            var maxVersions = random.Next(1, 7);
            var store = new KeyValueStore(maxVersions);
            var model = new KeyValueModel(maxVersions);
            var source = new RandomCommands(random, longest, shortPercent: longest == KeyValueStore.MaxValueBytes ? 10 : 66);
            for (var count = 0; count < commands; count++)
            {
                refused += Step(store, model, source.Next()) ? 0 : 1;
                if (random.Next(20) == 0)
                {
                    var restored = new KeyValueStore(maxVersions);
                    restored.ReadSnapshot(store.Snapshot());
                    store = restored;
                }
            }

            Assert.Equal(model.Keys.Count, store.Count);
            Assert.Equal(FromModel(model, maxVersions).Snapshot(), store.Snapshot());
        }

        // A run that never refused a long transaction would prove nothing about undoing one.
        Assert.True(refused > 0 || longest < KeyValueStore.MaxValueBytes);
    }

    [Fact]
    public void Commands_that_do_not_conflict_commute()
    {
        var commuted = 0;
        for (var seed = 0; seed < 3_000; seed++)
        {
            var source = new RandomCommands(new Random(seed), longest: 8);
            var before = new KeyValueStore(maxVersions: 2);
            for (var count = 0; count < 10; count++)
            {
                before.Apply(source.Next());
            }

            var (left, right) = (source.Next(), source.Next());
            var conflict = before.Conflicts(left.Encode().Span, right.Encode().Span);
            Assert.Equal(conflict, before.Conflicts(right.Encode().Span, left.Encode().Span));
            Assert.Equal(conflict, Writes(left).Intersect(Touches(right)).Any() || Writes(right).Intersect(Touches(left)).Any());
            if (!conflict)
            {
                commuted++;
                Assert.Equal(After(before, left, right), After(before, right, left));
            }
        }

        Assert.InRange(commuted, 500, 2_900);
    }

    [Fact]
    public void A_command_is_read_only_if_the_store_stays_as_it_is()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var command = new RandomCommands(new Random(seed), longest: 8).Next();
            var isReadOnly = new KeyValueStore().IsReadOnly(command.Encode().Span);
            Assert.Equal(!Writes(command).Any(), isReadOnly);
            Assert.Equal(isReadOnly, KeyValueCodec.IsReadOnly(command));
        }

        Assert.True(KeyValueCodec.IsReadOnly(new Invoke(new byte[] { 1 }, IsReadOnly: true)));
        Assert.False(KeyValueCodec.IsReadOnly(new Invoke(new byte[] { 1 }, IsReadOnly: false)));
    }

    /// <summary>A damaged command is refused without effect, or is another command; nothing else ever happens.</summary>
    [Fact]
    public void Garbage_is_refused_without_effect()
    {
        var refused = 0;
        for (var seed = 0; seed < 3_000; seed++)
        {
            var random = new Random(seed);
            var source = new RandomCommands(random, longest: 300);
            var store = new KeyValueStore();
            store.Apply(new Set("a", "v".Bytes()));
            var before = store.Snapshot();
            var command = Damage(source.Next().Encode().ToArray(), random);
            _ = store.IsReadOnly(command);
            _ = store.Conflicts(command, source.Next().Encode().Span);
            try
            {
                store.Execute(command, new System.Buffers.ArrayBufferWriter<byte>());
            }
            catch (InvalidCommandException fault)
            {
                refused++;
                Assert.DoesNotContain('\n', fault.Message);
                Assert.Equal(before, store.Snapshot());
            }
        }

        Assert.InRange(refused, 1_000, 2_999);
    }

    /// <summary>False where both refuse it.</summary>
    private static bool Step(KeyValueStore store, KeyValueModel model, Command command)
    {
        if (model.Apply(command) is { } expected)
        {
            Assert.Equal(Show(expected), Show(store.Apply(command)));
            return true;
        }

        var before = store.Snapshot();
        Assert.Throws<InvalidCommandException>(() => store.Apply(command));
        Assert.Equal(before, store.Snapshot());
        return false;
    }

    /// <summary>A store that came to the model's state by writes alone, in the order of the keys reversed.</summary>
    private static KeyValueStore FromModel(KeyValueModel model, int maxVersions)
    {
        var store = new KeyValueStore(maxVersions);
        foreach (var (key, versions) in model.Keys.OrderByDescending(pair => pair.Key, StringComparer.Ordinal))
        {
            foreach (var version in versions)
            {
                store.Apply(new Set(key, version));
            }
        }

        return store;
    }

    private static byte[] After(KeyValueStore before, Command first, Command second)
    {
        var store = new KeyValueStore(before.MaxVersions);
        store.ReadSnapshot(before.Snapshot());
        store.Apply(first);
        store.Apply(second);
        return store.Snapshot();
    }

    private static byte[] Damage(byte[] command, Random random)
    {
        switch (random.Next(3))
        {
            case 0:
                return command[..random.Next(command.Length)];
            case 1:
                return [.. command, (byte)random.Next(256)];
            default:
                command[random.Next(Math.Min(command.Length, 12))] ^= (byte)(1 << random.Next(8));
                return command;
        }
    }

    private static IEnumerable<KeyCommand> Parts(Command command) =>
        command is Transact transaction ? transaction.Commands : [(KeyCommand)command];

    private static IEnumerable<string> Touches(Command command) => Parts(command).Select(part => part.Key);

    private static IEnumerable<string> Writes(Command command) =>
        Parts(command).Where(part => part is not (Get or GetHistory)).Select(part => part.Key);

    private static string Show(Reply reply)
    {
        var text = new StringBuilder();
        text.Append(reply.Outcome).Append(' ').Append(reply.Swapped).Append(' ').Append(Hex(reply.Value));
        foreach (var version in reply.Versions ?? [])
        {
            text.Append(' ').Append(Hex(version));
        }

        foreach (var part in reply.Parts ?? [])
        {
            text.Append(" [").Append(Show(part)).Append(']');
        }

        return text.ToString();
    }

    private static string Hex(ReadOnlyMemory<byte>? value) => value is { } bytes
        ? bytes.Length <= 32 ? Convert.ToHexString(bytes.Span) : $"{bytes.Length}:{Convert.ToHexString(SHA256.HashData(bytes.Span))}"
        : "absent";
}
