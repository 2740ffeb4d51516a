using System.Buffers;
using System.Text;
using Paxi.Actors.Clients;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;
using Paxi.TestKit.Checks;
using Paxi.TestKit.Histories;
using Paxi.TestKit.Simulation;
using Xunit;

namespace Paxi.TestKit.Tests.Checks;

/// <summary>The model and the store were written apart; they agree on what commands mean.</summary>
public sealed class StoreModelTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Model_and_store_give_the_same_answers(ulong seed)
    {
        var random = new SeededRandom(seed);
        var model = new StoreModel();
        var store = new KeyValueStore();
        for (var number = 1; number <= 2_000; number++)
        {
            Command command = random.Next(6) == 0
                ? new Transact([.. Enumerable.Range(0, 1 + random.Next(4)).Select(part => Draw(random, number, part))])
                : Draw(random, number, 0);
            var body = new WireWriter();
            KeyValueCodec.Write(command, body);
            var digest = BatchView.DigestOf(body.WrittenSpan);
            var operation = HistoryCommands.ToOperation(command)!;
            model.Issue(digest, operation);
            model.Apply(digest);
            var result = new ArrayBufferWriter<byte>();
            store.Execute(body.WrittenSpan, result);
            var answered = HistoryCommands.Complete(operation, KeyValueCodec.ReadResult(command, result.WrittenMemory));
            Compare(answered, model.ResultsOf(digest)[^1]);
        }
    }

    [Fact]
    public void Absence_has_versions_too()
    {
        var model = new StoreModel();
        model.Issue(1, new Operation { Kind = OperationKind.Set, Key = "k", Value = "v" });
        model.Issue(2, new Operation { Kind = OperationKind.Delete, Key = "k" });
        Assert.Equal(0, model.VersionOf("k", null, 0));
        model.Apply(1);
        Assert.Equal(-1, model.VersionOf("k", null, 1));
        model.Apply(2);
        Assert.Equal(2, model.VersionOf("k", null, 1));
        Assert.Equal(0, model.VersionOf("k", null, 0));
        Assert.Equal(-1, model.VersionOf("k", "v", 2));
    }

    private static KeyCommand Draw(SeededRandom random, int number, int part)
    {
        var key = $"k{random.Next(3)}";
        var value = Encoding.UTF8.GetBytes($"{number}.{part}");
        return random.Next(4) switch
        {
            0 => new Get(key),
            1 => new Delete(key),
            2 => new CompareAndSet(key, random.Next(2) == 0 ? null : Encoding.UTF8.GetBytes($"{number - 1 - random.Next(4)}.0"), value),
            _ => new Set(key, value),
        };
    }

    private static void Compare(Operation answered, IReadOnlyList<ModelResult> expected)
    {
        IReadOnlyList<Operation> parts = answered.Kind == OperationKind.Transaction ? answered.Parts : [answered];
        Assert.Equal(parts.Count, expected.Count);
        for (var index = 0; index < parts.Count; index++)
        {
            Assert.Equal(expected[index].Found, parts[index].Result);
            if (parts[index].Kind == OperationKind.CompareAndSet)
            {
                Assert.Equal(expected[index].Swapped, parts[index].Swapped);
            }
        }
    }
}
