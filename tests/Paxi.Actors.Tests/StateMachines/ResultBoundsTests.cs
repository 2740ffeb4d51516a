using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.StateMachines;
using Xunit;
using static Paxi.Actors.Tests.StateMachines.Batches;

namespace Paxi.Actors.Tests.StateMachines;

/// <summary>Long results: cut to fit a frame, bounded in the batch and in the session, and never told as something they are not.</summary>
public sealed class ResultBoundsTests
{
    private const int Frame = 4 << 20;
    private static readonly byte[] Long = new byte[KeyValueStore.MaxValueBytes];

    private readonly ReplicatedState _state = new(new KeyValueStore(maxVersions: 1), new SessionLimits());

    public ResultBoundsTests() => _state.Run(Open(1), Block(1, 1, (2, new Set("long", Long)), (3, new Set("short", "s".Bytes()))));

    [Fact]
    public void A_blocks_results_are_cut_to_fit_a_frame()
    {
        string[] keys = ["short", "long", "short", "long", "short"];
        var blocks = _state.Read(Block(1, 1, [.. keys.Select((key, index) => (index + 4L, (Command?)new Get(key)))]));
        Assert.Equal([4, 5, 6, 7, 8], blocks.Decode().Select(ended => ended.Sequence));
        Assert.All(blocks, block => Assert.InRange(block.Results.Length, 1, Frame / 2));
        Assert.All(blocks, block => Assert.Equal(1UL, block.Session));
    }

    [Fact]
    public void Results_past_the_bound_of_a_batch_are_left_out_and_given_on_the_next_attempt()
    {
        var gets = Enumerable.Range(4, 100).Select(sequence => ((long)sequence, (Command?)new Get("long"))).ToArray();
        var first = _state.Run(Block(1, 1, gets), Block(1, 1, (200, new Set("short", "t".Bytes()))));
        Assert.Equal(Enumerable.Range(4, 63).Select(sequence => (long)sequence), first.Select(ended => ended.Sequence));
        var rest = _state.Run(Block(1, 67, [.. gets[63..], (200, new Set("short", "t".Bytes()))]));
        Assert.Equal(38, rest.Count);
        Assert.Equal("s", KeyValueCodec.ReadResult(new Set("short", default), rest[^1].Result).Value!.Value.Text());
    }

    [Fact]
    public void A_session_keeps_its_latest_results_and_tells_of_the_others_that_they_took_effect()
    {
        for (var sequence = 4; sequence < 14; sequence++)
        {
            Assert.Equal(CommandStatus.Done, Assert.Single(_state.Run(Block(1, 1, (sequence, new Set("long", Long))))).Status);
        }

        var again = _state.Run(Block(1, 1, [.. Enumerable.Range(4, 10).Select(
            sequence => ((long)sequence, (Command?)new Set("long", "!".Bytes())))]));
        Assert.Equal(
            [.. Enumerable.Repeat(CommandStatus.ResultDropped, 3), .. Enumerable.Repeat(CommandStatus.Done, 7)],
            again.Select(ended => ended.Status));
        Assert.All(again.Take(3), ended => Assert.True(ended.Result.IsEmpty));
        var read = _state.Run(Block(1, 1, (20, new Get("long"))))[0].Result;
        Assert.Equal(Long.Length, KeyValueCodec.ReadResult(new Get("long"), read).Value!.Value.Length);
        Assert.InRange(_state.Snapshot().Length, 7 << 20, 10 << 20);
    }

    [Fact]
    public void All_sessions_together_are_bounded_too()
    {
        var state = new ReplicatedState(new KeyValueStore(maxVersions: 1), new SessionLimits { MaxResultBytes = 4 << 20 });
        for (ulong session = 1; session <= 6; session++)
        {
            state.Run(Open(session), Block(session, 1, (2, new Set("long", Long))));
        }

        var again = Enumerable.Range(1, 6).SelectMany(session => state.Run(Block((ulong)session, 1, (2, new Set("long", Long)))));
        // The first found nothing, a result of one byte, and is the oldest: it goes too. Three of a mebibyte and their lengths fit.
        Assert.Equal(
            [.. Enumerable.Repeat(CommandStatus.ResultDropped, 3), .. Enumerable.Repeat(CommandStatus.Done, 3)],
            again.Select(ended => ended.Status));
    }

    [Theory]
    [InlineData(0, 1, 1, 1)]
    [InlineData(1, 0, 1, 1)]
    [InlineData(1, 1, 0, 1)]
    [InlineData(1, 1, 1, 0)]
    public void Limits_are_at_least_one(int sessions, int outstanding, int sessionBytes, long bytes) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReplicatedState(
            new KeyValueStore(), new SessionLimits(sessions, outstanding) { MaxSessionResultBytes = sessionBytes, MaxResultBytes = bytes }));

    [Fact]
    public void Versions_are_at_least_one() => Assert.Throws<ArgumentOutOfRangeException>(() => new KeyValueStore(0));
}
