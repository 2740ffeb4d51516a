using Akka.Actor;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.StateMachines;
using Xunit;

namespace Paxi.Actors.Tests.Clients;

/// <summary>What a client does while nothing goes wrong.</summary>
public sealed class ClientActorTests : ClientSpec
{
    [Fact]
    public void The_first_command_waits_while_the_session_opens()
    {
        Start();
        Send(new Set("k", Bytes("v")));

        var open = Next();
        Assert.Equal(First, open.To);
        Assert.Equal([1L], open.Sequences);
        ExpectSilence(TimeSpan.FromMilliseconds(400));

        Answer(open);
        var set = Next();
        Assert.Equal(open.Session, set.Session);
        Assert.Equal([2L], set.Sequences);
        Assert.Equal(2, set.Lowest);
        Answer(set);

        var reply = Ended();
        Assert.Equal(Outcome.Done, reply.Outcome);
        Assert.Null(reply.Value);
        Assert.Null(reply.Error);
        Assert.Equal((7L, 9L, First), (reply.Slot, reply.Executed, reply.Leader));
        Assert.Equal(new Ballot(3, First), reply.Ballot);
    }

    [Fact]
    public void Every_kind_of_command_gets_its_result()
    {
        StartOpen();
        Reply Do(Command command)
        {
            Send(command);
            Answer(Next());
            var reply = Ended();
            Assert.Equal(Outcome.Done, reply.Outcome);
            return reply;
        }

        Assert.Null(Text(Do(new Set("k", Bytes("a"))).Value));
        Assert.Equal("a", Text(Do(new Get("k")).Value));
        Assert.True(Do(new CompareAndSet("k", Bytes("a"), Bytes("b"))).Swapped);
        Assert.False(Do(new CompareAndSet("k", null, Bytes("c"))).Swapped);
        Assert.Equal(["a", "b"], Do(new GetHistory("k")).Versions!.Select(version => Text(version)));
        var parts = Do(new Transact([new Get("k"), new Delete("k"), new Get("k")])).Parts!;
        Assert.Equal(["b", "b", null], parts.Select(part => Text(part.Value)));
        Assert.Null(Do(new Get("k")).Value);
    }

    [Fact]
    public void Commands_that_come_together_go_in_one_block()
    {
        StartOpen();
        Send([.. Enumerable.Range(0, 50).Select(n => new Set($"k{n}", Bytes("v")))]);

        var block = Next();
        Assert.Equal(Enumerable.Range(3, 50).Select(n => (long)n), block.Sequences);
        Answer(block);
        for (var left = 50; left > 0; left--)
        {
            Assert.Equal(Outcome.Done, Ended().Outcome);
        }

        ExpectSilence(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void A_lone_command_leaves_without_delay()
    {
        StartOpen();
        var before = World.Now;
        Send(new Get("k"));
        Next();
        Assert.Equal(before, World.Now);
    }

    [Fact]
    public void Commands_do_not_wait_for_the_answers_to_earlier_ones()
    {
        StartOpen();
        Send(new Get("a"));
        var first = Next();
        Send(new Get("b"));
        var second = Next();
        Assert.Equal([3L], first.Sequences);
        Assert.Equal([4L], second.Sequences);
        Assert.Equal(3, second.Lowest);
    }

    [Fact]
    public void Under_load_commands_wait_for_others_to_go_with_until_an_answer_comes()
    {
        StartOpen();
        SendAtOnce(40);
        var block = Next();
        Send(new Get("late"));
        ExpectSilence(TimeSpan.FromMilliseconds(9));
        Answer(block);
        Assert.Equal([43L], Next(TimeSpan.Zero).Sequences);
    }

    [Fact]
    public void Under_load_commands_wait_until_nearly_as_many_wait_as_are_under_way()
    {
        StartOpen();
        SendAtOnce(40);
        Next();
        SendAtOnce(30);
        ExpectSilence(TimeSpan.Zero);
        SendAtOnce(1);
        Assert.Equal(31, Next(TimeSpan.Zero).Sequences.Length);
    }

    [Fact]
    public void No_command_waits_long_for_others()
    {
        StartOpen();
        SendAtOnce(40);
        Next();
        Send(new Get("late"));
        var start = World.Now;
        Assert.Equal([43L], Next().Sequences);
        Assert.Equal(TimeSpan.FromMilliseconds(10), World.Now - start);
    }

    [Fact]
    public void After_a_while_with_few_commands_none_waits()
    {
        StartOpen();
        SendAtOnce(90);
        Answer(Next());
        for (var left = 90; left > 0; left--)
        {
            Ended();
        }

        for (var left = 80; left > 0; left--)
        {
            Send(new Get("k"));
            Answer(Next(TimeSpan.Zero));
            Ended();
        }

        Send(new Get("a"));
        Next(TimeSpan.Zero);
        Send(new Get("b"));
        Next(TimeSpan.Zero);
    }

    [Fact]
    public void Answers_may_come_in_any_order()
    {
        StartOpen();
        Send(new Set("a", Bytes("1")));
        var first = Next();
        Send(new Set("b", Bytes("2")));
        var second = Next();
        Send(new Get("b"));
        var third = Next();
        var (one, two, three) = (Execute(first), Execute(second), Execute(third));

        Client.Tell(three);
        Assert.Equal("2", Text(Ended().Value));
        Client.Tell(two);
        Ended();

        // 3 is still outstanding, so the lowest number stands.
        Send(new Get("c"));
        Assert.Equal(3, Next().Lowest);
        Client.Tell(one);
        Ended();
        Send(new Get("d"));
        Assert.Equal(6, Next().Lowest);
    }

    [Fact]
    public void A_block_is_bounded_in_bytes_and_a_larger_command_goes_alone()
    {
        StartOpen();
        var half = new byte[300 << 10];
        Send(new Set("a", half), new Set("b", half), new Set("c", new byte[1 << 20]), new Get("d"), new Get("e"));

        Assert.Equal([3L], Next().Sequences);
        Assert.Equal([4L], Next().Sequences);
        Assert.Equal([5L], Next().Sequences);
        Assert.Equal([6L, 7L], Next().Sequences);
    }

    [Fact]
    public void No_more_than_the_window_is_under_way_and_no_more_than_the_bound_wait()
    {
        StartOpen(Defaults with { MaxOutstanding = 4, MaxWaiting = 3 });
        Send([.. Enumerable.Range(0, 8).Select(n => new Get($"k{n}"))]);

        var first = Next();
        var second = Next();
        Assert.Equal([3L, 4L, 5L, 6L], [.. first.Sequences, .. second.Sequences]);
        var refused = Ended();
        Assert.Equal((Outcome.Failed, "overloaded, retry"), (refused.Outcome, refused.Error));
        ExpectSilence(TimeSpan.FromMilliseconds(100));

        Answer(second);
        Ended();
        ExpectSilence(TimeSpan.FromMilliseconds(100));
        Answer(first);
        var rest = Next();
        Assert.Equal([7L, 8L, 9L], rest.Sequences);
        Answer(rest);
        for (var left = 6; left > 0; left--)
        {
            Assert.Equal(Outcome.Done, Ended().Outcome);
        }
    }

    [Fact]
    public void The_bytes_that_wait_are_bounded()
    {
        StartOpen();
        var most = (int)(ClientActor.MaxPendingBytes >> 20);
        Client.Tell(new Set("first", new byte[1 << 20]), TestActor);
        Next();
        for (var left = most; left > 0; left--)
        {
            Send(new Set("k", new byte[KeyValueStore.MaxValueBytes]));
        }

        Assert.Equal((Outcome.Failed, "overloaded, retry"), (Ended() is var reply ? reply.Outcome : default, reply.Error));
    }

    [Fact]
    public void Reads_in_another_mode_go_in_blocks_of_their_own_and_need_no_session()
    {
        Start();
        Send(new Get("a") { Mode = ReadMode.Any }, new Get("b") { Mode = ReadMode.Leader }, new Get("c") { Mode = ReadMode.Any });

        var leader = Next();
        var any = Next();
        Assert.Equal((ReadMode.Leader, 1), (leader.Mode, leader.Sequences.Length));
        Assert.Equal((ReadMode.Any, 2), (any.Mode, any.Sequences.Length));
        Assert.NotEqual(leader.Session, any.Session);
        Answer(any);
        Assert.Equal(Outcome.Done, Ended().Outcome);
        Assert.Equal(Outcome.Done, Ended().Outcome);
        Answer(leader);
        Assert.Equal(Outcome.Done, Ended().Outcome);
    }

    [Fact]
    public void The_mode_of_a_write_means_nothing_and_that_of_a_read_has_a_default()
    {
        StartOpen(Defaults with { ReadMode = ReadMode.Log });
        Send(new Set("k", Bytes("v")) { Mode = ReadMode.Any });
        Assert.Equal(ReadMode.Log, Next().Mode);
        Send(new Transact([new Get("a"), new Set("b", Bytes("v"))]) { Mode = ReadMode.Any });
        Assert.Equal(ReadMode.Log, Next().Mode);
        Send(new Transact([new Get("a"), new Get("b")]) { Mode = ReadMode.Any });
        Assert.Equal(ReadMode.Any, Next().Mode);
    }

    [Fact]
    public void A_user_s_own_command_comes_back_as_it_went()
    {
        Start();
        State = new ReplicatedState(new Echo(), new SessionLimits());
        Send(new Invoke(Bytes("hello"), IsReadOnly: false));
        Answer(Next());
        Answer(Next());
        Assert.Equal("hello", Text(Ended().Value));
    }

    [Fact]
    public void What_cannot_be_encoded_fails_at_once()
    {
        StartOpen();
        Send(new Set("", Bytes("v")));
        Assert.Equal(Outcome.Failed, Ended().Outcome);
        Send(new Set("k", new byte[KeyValueStore.MaxValueBytes + 1]));
        Assert.Equal(Outcome.Failed, Ended().Outcome);
        Send(new Invoke(default, IsReadOnly: false));
        Assert.Equal(Outcome.Failed, Ended().Outcome);
        Send(new Get("k") { Timeout = TimeSpan.Zero });
        Assert.Equal(Outcome.Failed, Ended().Outcome);
        ExpectSilence(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void An_idle_client_has_no_timer()
    {
        StartOpen();
        var start = World.Now;
        World.Run();
        Assert.True(World.Now - start < TimeSpan.FromSeconds(1), "the world should come to rest soon");
    }

    [Fact]
    public void Status_shows_what_goes_on()
    {
        StartOpen(leader: Second);
        Send(new Get("a"), new Get("b"));
        Next();
        Client.Tell(Actors.Replicas.StatusQuery.Instance, TestActor);
        var status = Expect<Actors.Replicas.RoleStatus>().Values.ToDictionary();
        Assert.Equal(("open", "1.2", "2", "0", "1"),
            (status["session"], status["asks"], status["outstanding"], status["waiting"], status["done"]));
    }

    private void SendAtOnce(int count) => Send([.. Enumerable.Range(0, count).Select(n => new Get($"k{n}"))]);

    private sealed class Echo : IStateMachine
    {
        public void Execute(ReadOnlySpan<byte> command, System.Buffers.IBufferWriter<byte> result)
        {
            command.CopyTo(result.GetSpan(command.Length));
            result.Advance(command.Length);
        }

        public bool IsReadOnly(ReadOnlySpan<byte> command) => false;

        public bool Conflicts(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => true;

        public void WriteSnapshot(System.Buffers.IBufferWriter<byte> snapshot)
        {
        }

        public void ReadSnapshot(ReadOnlyMemory<byte> snapshot)
        {
        }
    }
}
