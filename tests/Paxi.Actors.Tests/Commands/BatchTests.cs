using Paxi.Actors.Commands;
using Paxi.Actors.Wire;
using Xunit;

namespace Paxi.Actors.Tests.Commands;

/// <summary>What is written as a batch is read as one; what comes from outside is checked.</summary>
public sealed class BatchTests
{
    [Fact]
    public void What_was_written_is_read()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var blocks = Enumerable.Range(0, random.Next(0, 5)).Select(_ => RandomBlock(random)).ToList();
            var joined = BatchWriter.Join(blocks);
            Assert.Equal(blocks.Sum(block => block.Count), joined.Count);
            Assert.Equal(blocks.SelectMany(Show), Show(joined));
            Assert.Equal(blocks.Count == 0, joined.IsNoOp);
            Assert.All(blocks, block => Assert.True(BatchReader.TryValidate(block, out _)));
        }
    }

    [Fact]
    public void Joining_one_makes_an_equal_batch_without_what_was_attached()
    {
        var one = new Tagged(RandomBlock(new Random(1)));
        var joined = BatchWriter.Join([one]);
        Assert.IsType<Batch>(joined);
        Assert.True(joined.ContentEquals(one));
        Assert.False(joined.ContentEquals(Batch.NoOp));
    }

    [Fact]
    public void A_block_may_be_left_before_its_end()
    {
        var batch = BatchWriter.Join([Block(1, 1, 1, 2, 3), Block(2, 5, 5)]);
        var reader = new BatchReader(batch);
        Assert.True(reader.NextBlock() && reader.NextCommand());
        Assert.True(reader.NextBlock() && reader.NextCommand());
        Assert.Equal((2UL, 5L, 1, 5L), (reader.Session, reader.Lowest, reader.Count, reader.Sequence));
        Assert.False(reader.NextCommand() || reader.NextBlock() || reader.NextBlock());
    }

    public static TheoryData<string, string> Faults => new()
    {
        { "no command", "a request without a command" },
        { "empty block", "a block of 0 commands" },
        { "count above", "a block of 2 commands in a batch of 3" },
        { "count below", "a block of 2 commands in a batch of 1" },
        { "lowest 0", "lowest 0" },
        { "below lowest", "sequence number 4 after 4" },
        { "repeated", "sequence number 7 after 7" },
        { "descending", "sequence number 6 after 7" },
        { "two blocks", "more than one block" },
        { "trailing byte", "expected" },
        { "cut", "left" },
        { "forged count", "does not fit" },
        { "too many", "a block of 65537 commands" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_malformed_request_is_refused_with_the_reason(string kind, string reason)
    {
        var good = Block(1, 5, 6, 7);
        var bad = kind switch
        {
            "no command" => Batch.NoOp,
            "empty block" => Block(1, 1),
            "count above" => new Batch(3, good.Payload),
            "count below" => new Batch(1, good.Payload),
            "lowest 0" => Block(1, 0, 1),
            "below lowest" => Block(1, 5, 4),
            "repeated" => Block(1, 5, 7, 7),
            "descending" => Block(1, 5, 7, 6),
            "two blocks" => new Batch(2, BatchWriter.Join([good, Block(2, 1, 1)]).Payload),
            "trailing byte" => new Batch(2, (byte[])[.. good.Payload.Span, 0]),
            "cut" => new Batch(2, good.Payload[..^1]),
            "forged count" => new Batch(int.MaxValue, Forged()),
            _ => Block(1, 1, [.. Enumerable.Range(1, BatchReader.MaxCommandsPerBlock + 1).Select(sequence => (long)sequence)]),
        };
        Assert.False(BatchReader.TryValidate(bad, out var error));
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Damage_never_throws()
    {
        var refused = 0;
        for (var seed = 0; seed < 5_000; seed++)
        {
            var random = new Random(seed);
            var block = RandomBlock(random);
            var payload = block.Payload.ToArray();
            payload[random.Next(payload.Length)] ^= (byte)(1 << random.Next(8));
            payload = random.Next(3) == 0 ? payload[..random.Next(payload.Length)] : payload;
            refused += BatchReader.TryValidate(new Batch(block.Count, payload), out _) ? 0 : 1;
        }

        Assert.InRange(refused, 1_000, 4_900);
    }

    private static byte[] Forged()
    {
        var writer = new WireWriter();
        writer.UInt64(1);
        writer.VarInt(1);
        writer.VarInt(int.MaxValue);
        return writer.ToArray();
    }

    private static Batch Block(ulong session, long lowest, params long[] sequences) =>
        BatchWriter.Block(session, lowest, [.. sequences.Select(sequence => (sequence, (ReadOnlyMemory<byte>)new byte[] { 1 }))]);

    private static Batch RandomBlock(Random random)
    {
        var lowest = random.NextInt64(1, random.Next(2) == 0 ? 1_000 : long.MaxValue / 2);
        var sequence = lowest;
        var commands = new List<(long, ReadOnlyMemory<byte>)>();
        for (var count = random.Next(1, 20); count > 0; count--, sequence += random.Next(1, 4))
        {
            var body = new byte[random.Next(random.Next(4) == 0 ? 500 : 20)];
            random.NextBytes(body);
            commands.Add((sequence, body));
        }

        return BatchWriter.Block((ulong)random.NextInt64(), lowest, commands);
    }

    private static List<string> Show(Batch batch)
    {
        var shown = new List<string>();
        for (var reader = new BatchReader(batch); reader.NextBlock();)
        {
            shown.Add($"{reader.Session} from {reader.Lowest}: {reader.Count}");
            while (reader.NextCommand())
            {
                shown.Add($"{reader.Sequence} {Convert.ToHexString(reader.Body.Span)}");
            }
        }

        return shown;
    }

    private sealed class Tagged(Batch batch) : Batch(batch.Count, batch.Payload);
}
