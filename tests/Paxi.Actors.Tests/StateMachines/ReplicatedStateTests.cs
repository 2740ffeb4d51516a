using System.Text;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.StateMachines;
using Xunit;
using static Paxi.Actors.Tests.StateMachines.Batches;

namespace Paxi.Actors.Tests.StateMachines;

/// <summary>Exactly once, one rule at a time.</summary>
public sealed class ReplicatedStateTests
{
    private readonly ReplicatedState _state = new(new KeyValueStore(), new SessionLimits(MaxSessions: 3, MaxOutstanding: 8));

    [Fact]
    public void A_session_is_opened_by_an_empty_command_however_often_it_comes()
    {
        for (var copy = 0; copy < 2; copy++)
        {
            var ended = Assert.Single(_state.Run(Open(7)));
            Assert.Equal((7UL, 1L, CommandStatus.Done, 0), (ended.Session, ended.Sequence, ended.Status, ended.Result.Length));
        }
    }

    [Fact]
    public void A_duplicate_gets_the_first_result_again_and_has_no_effect()
    {
        _state.Run(Open(7));
        var block = Block(7, 1, (2, Append("a", null)), (3, new Set("k", "b".Bytes())));
        var first = _state.Run(block);
        Assert.Equal([CommandStatus.Done, CommandStatus.Done], first.Select(ended => ended.Status));
        _state.Run(Block(7, 1, (4, new Set("k", "c".Bytes()))));
        Assert.Equal(Shown(first), Shown(_state.Run(block)));
        Assert.Equal("c", Value("k"));
    }

    [Fact]
    public void A_block_that_opens_its_session_runs_on()
    {
        var ended = _state.Run(Block(7, 1, (1, null), (2, new Set("k", "v".Bytes())), (3, new Get("k"))));
        Assert.Equal([CommandStatus.Done, CommandStatus.Done, CommandStatus.Done], ended.Select(one => one.Status));
        Assert.Equal("v", Value("k"));
    }

    [Fact]
    public void A_late_copy_of_an_answered_command_has_no_effect()
    {
        _state.Run(Open(7), Block(7, 1, (2, new Set("k", "a".Bytes()))), Block(7, 3, (3, new Set("k", "b".Bytes()))));
        Assert.Equal(CommandStatus.AlreadyAnswered, Assert.Single(_state.Run(Block(7, 1, (2, new Set("k", "a".Bytes()))))).Status);
        Assert.Equal("b", Value("k"));
    }

    [Fact]
    public void Without_a_session_nothing_but_reads_is_executed()
    {
        var ended = _state.Run(Block(7, 1, (1, new Set("k", "a".Bytes())), (2, new Get("k"))));
        Assert.Equal([CommandStatus.SessionExpired, CommandStatus.Done], ended.Select(one => one.Status));
        Assert.Equal(0UL, ended[0].Floor);
        Assert.Null(Reply(ended[1], new Get("k")).Value);
    }

    [Fact]
    public void A_sequence_number_too_far_ahead_is_refused_with_the_limit()
    {
        _state.Run(Open(7));
        var ended = _state.Run(Block(7, 2, (10, new Set("k", "in".Bytes())), (11, new Set("k", "out".Bytes()))));
        Assert.Equal([CommandStatus.Done, CommandStatus.Invalid], ended.Select(one => one.Status));
        Assert.Contains("8", ended[1].Text, StringComparison.Ordinal);
        Assert.Equal("in", Value("k"));
    }

    [Fact]
    public void An_invalid_command_says_why_each_time()
    {
        _state.Run(Open(7));
        var block = BatchWriter.Block(7, 1, [(2, new byte[] { 99 }), (3, new Set("k", "v".Bytes()).Encode())]);
        for (var copy = 0; copy < 2; copy++)
        {
            var ended = _state.Run(block);
            Assert.Equal([CommandStatus.Invalid, CommandStatus.Done], ended.Select(one => one.Status));
            Assert.Contains("99", ended[0].Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_session_used_longest_ago_makes_room_and_never_comes_back()
    {
        _state.Run(Open(10), Open(20), Open(30));
        _state.Run(Block(10, 1, (2, new Set("k", "a".Bytes()))));
        Assert.Equal(CommandStatus.Done, Assert.Single(_state.Run(Open(40))).Status);
        var late = _state.Run(Open(20), Block(20, 1, (2, new Set("k", "b".Bytes()))), Open(15));
        Assert.All(late, ended => Assert.Equal((CommandStatus.SessionExpired, 21UL), (ended.Status, ended.Floor)));
        Assert.Equal("a", Value("k"));
        Assert.Equal(CommandStatus.Done, Assert.Single(_state.Run(Block(10, 1, (2, new Set("k", "a".Bytes()))))).Status);
    }

    [Fact]
    public void The_highest_id_is_never_opened() =>
        Assert.Equal(CommandStatus.SessionExpired, Assert.Single(_state.Run(Open(ulong.MaxValue))).Status);

    [Fact]
    public void Reads_outside_the_log_touch_nothing()
    {
        _state.Run(Block(7, 1, (1, null), (2, new Set("k", "v".Bytes()))));
        var before = _state.Snapshot().ToArray();
        var ended = _state.Read(Block(9, 5, (5, new Get("k")), (6, new Set("k", "w".Bytes())), (7, null))).Decode();
        Assert.Equal([CommandStatus.Done, CommandStatus.Invalid, CommandStatus.Invalid], ended.Select(one => one.Status));
        Assert.Equal("v", Reply(ended[0], new Get("k")).Value!.Value.Text());
        Assert.Equal(before, _state.Snapshot().ToArray());
    }

    [Fact]
    public void Without_anyone_waiting_the_effect_is_the_same()
    {
        var other = new ReplicatedState(new KeyValueStore(), new SessionLimits(3, 8));
        var batch = BatchWriter.Join([Open(7), Block(7, 1, (2, new Set("k", "v".Bytes())), (3, new Get("k"))), Block(8, 1, (1, new Delete("k")))]);
        Assert.Empty(other.Execute(batch, wantsResults: false));
        _state.Run(batch);
        Assert.Equal(_state.Snapshot().ToArray(), other.Snapshot().ToArray());
        Assert.Empty(_state.Execute(Batch.NoOp, wantsResults: true));
    }

    private static CompareAndSet Append(string value, string? expected) => new("k", expected?.Bytes(), value.Bytes());

    private static Reply Reply(Ended ended, Command command) => KeyValueCodec.ReadResult(command, ended.Result);

    private string? Value(string key) => Reply(_state.Read(Block(1, 1, (1, new Get(key)))).Decode()[0], new Get(key)).Value?.Text();

    private static string Shown(IEnumerable<Ended> results)
    {
        var text = new StringBuilder();
        foreach (var (session, sequence, status, result) in results)
        {
            text.Append(session).Append('/').Append(sequence).Append(' ').Append(status).Append(' ').Append(Convert.ToHexString(result.Span)).Append('\n');
        }

        return text.ToString();
    }
}
