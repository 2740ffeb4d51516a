using Akka.Actor;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.StateMachines;
using Xunit;

namespace Paxi.Actors.Tests.Clients;

/// <summary>Sessions that expire.</summary>
public sealed class ClientSessionTests : ClientSpec
{
    [Fact]
    public void An_opening_below_the_floor_is_tried_again_above_it()
    {
        // A table of one session, which forgot one with a very high id.
        State = new ReplicatedState(new KeyValueStore(), new SessionLimits(MaxSessions: 1));
        Open(ulong.MaxValue - (1UL << 50));
        Open(ulong.MaxValue - (1UL << 49));
        Start();
        Send(new Set("k", Bytes("v")));

        var first = Next();
        Answer(first);
        var second = Next();
        Assert.True(second.Session > ulong.MaxValue - (1UL << 50), $"{second.Session}");
        Assert.Equal([1L], second.Sequences);
    }

    [Fact]
    public void When_the_session_expired_a_write_that_was_sent_is_unknown_and_the_rest_goes_on_in_a_new_one()
    {
        State = new ReplicatedState(new KeyValueStore(), new SessionLimits(MaxSessions: 1));
        StartOpen(Defaults with { MaxOutstanding = 2 });
        Send(new Set("sent", Bytes("v")));
        var sent = Next();
        Send(new Get("read"));
        Next();
        Send(new Set("unsent", Bytes("v")));
        World.Settle();
        Open(sent.Session + 1);

        Answer(sent);
        Assert.Equal(Outcome.Unknown, Ended().Outcome);
        var open = Next();
        Assert.True(open.Session > sent.Session);
        Assert.Equal([1L], open.Sequences);
        Answer(open);
        var moved = Next();
        Assert.Equal(open.Session, moved.Session);
        Assert.Equal([2L, 3L], moved.Sequences);
        Answer(moved);
        Assert.Equal([Outcome.Done, Outcome.Done], [Ended().Outcome, Ended().Outcome]);
        ExpectSilence(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void A_read_that_moved_and_timed_out_is_unknown()
    {
        State = new ReplicatedState(new KeyValueStore(), new SessionLimits(MaxSessions: 1));
        StartOpen();
        Send(new Set("sent", Bytes("v")), new Get("read"));
        var sent = Next();
        Open(sent.Session + 1);
        Client.Tell(ClientOutcomeTests.Results(sent, (3, CommandStatus.SessionExpired, new byte[8])));
        Assert.Equal(Outcome.Unknown, Ended().Outcome);
        Assert.Equal(Outcome.Unknown, Ended(TimeSpan.FromSeconds(11)).Outcome);
    }

    [Fact]
    public void A_user_s_read_through_the_log_is_not_trusted_to_have_no_effect()
    {
        StartOpen();
        Send(new Invoke(Bytes("x"), IsReadOnly: true));
        var sent = Next();
        Client.Tell(ClientOutcomeTests.Results(sent, (3, CommandStatus.SessionExpired, new byte[8])));
        Assert.Equal(Outcome.Unknown, Ended().Outcome);
    }

    [Fact]
    public void What_a_block_says_before_and_after_the_expiry_counts()
    {
        StartOpen();
        Send(new Set("a", Bytes("v")), new Get("b"), new Set("c", Bytes("v")));
        var sent = Next();
        Client.Tell(ClientOutcomeTests.Results(sent,
            (3, CommandStatus.SessionExpired, new byte[8]), (4, CommandStatus.Done, new byte[] { 0 }), (5, CommandStatus.SessionExpired, new byte[8])));
        Assert.Equal([Outcome.Done, Outcome.Unknown, Outcome.Unknown], [Ended().Outcome, Ended().Outcome, Ended().Outcome]);
    }

    [Fact]
    public void Answers_of_the_old_session_find_nobody()
    {
        StartOpen();
        Send(new Set("a", Bytes("v")));
        var sent = Next();
        var answer = Execute(sent);
        Client.Tell(ClientOutcomeTests.Results(sent, (3, CommandStatus.SessionExpired, new byte[8])));
        Assert.Equal(Outcome.Unknown, Ended().Outcome);
        Client.Tell(answer);
        Client.Tell(ClientOutcomeTests.Results(sent, (3, CommandStatus.SessionExpired, new byte[8])));
        ExpectSilence(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void A_late_word_of_the_expiry_renews_an_idle_client_without_harm()
    {
        StartOpen();
        Send(new Set("a", Bytes("v")));
        var sent = Next();
        Answer(sent);
        Ended();
        Client.Tell(ClientOutcomeTests.Results(sent, (3, CommandStatus.SessionExpired, new byte[8])));
        Send(new Set("b", Bytes("v")));
        var open = Next();
        Assert.NotEqual(sent.Session, open.Session);
        Answer(open);
        Answer(Next());
        Assert.Equal(Outcome.Done, Ended().Outcome);
    }

    [Fact]
    public void When_no_id_is_left_the_command_fails()
    {
        Start();
        Send(new Set("k", Bytes("v")));
        Client.Tell(ClientOutcomeTests.Results(Next(), (1, CommandStatus.SessionExpired, BitConverter.GetBytes(ulong.MaxValue))));
        var reply = Ended();
        Assert.Equal(Outcome.Failed, reply.Outcome);
        Assert.Contains("no session id", reply.Error, StringComparison.Ordinal);
        ExpectSilence(TimeSpan.FromSeconds(5));
    }

    /// <summary>Another client's opening.</summary>
    private void Open(ulong session) =>
        Assert.Single(State.Execute(BatchWriter.Block(session, 1, [(1, default)]), wantsResults: true));
}
