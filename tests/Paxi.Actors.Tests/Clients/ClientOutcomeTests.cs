using Akka.Actor;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;
using Xunit;

namespace Paxi.Actors.Tests.Clients;

/// <summary>Done, failed and unknown are never mixed up: a test for each way in which a command ends.</summary>
public sealed class ClientOutcomeTests : ClientSpec
{
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(20);

    [Fact]
    public void A_write_that_was_sent_and_not_answered_is_unknown_at_its_deadline()
    {
        StartOpen(Defaults with { Timeout = TimeSpan.FromSeconds(2) });
        Send(new Set("k", Bytes("v")));
        Next();
        ExpectNothing(TimeSpan.FromSeconds(1.999));
        Assert.Equal(Outcome.Unknown, Ended(Late).Outcome);
    }

    [Fact]
    public void So_is_a_read_since_it_returned_nothing()
    {
        StartOpen();
        Send(new Get("k") { Timeout = TimeSpan.FromSeconds(1) });
        Assert.Equal(Outcome.Unknown, Ended(TimeSpan.FromSeconds(1) + Late).Outcome);
    }

    [Fact]
    public void A_command_has_a_deadline_of_its_own()
    {
        StartOpen();
        Send(new Set("slow", Bytes("v")) { Timeout = TimeSpan.FromSeconds(30) });
        Next();
        Send(new Set("fast", Bytes("v")) { Timeout = TimeSpan.FromMilliseconds(100) });
        Next();
        Assert.Equal(Outcome.Unknown, Ended(TimeSpan.FromMilliseconds(100) + Late).Outcome);
        ExpectNothing(TimeSpan.FromSeconds(29));
        Assert.Equal(Outcome.Unknown, Ended(TimeSpan.FromSeconds(1)).Outcome);
    }

    [Fact]
    public void What_was_never_sent_has_failed_at_its_deadline()
    {
        StartOpen(Defaults with { MaxOutstanding = 1 });
        Send(new Get("first") { Timeout = TimeSpan.FromSeconds(9) });
        Next();
        Send(new Set("k", Bytes("v")) { Timeout = TimeSpan.FromSeconds(1) });
        Assert.Equal(Outcome.Failed, Ended(TimeSpan.FromSeconds(1) + Late).Outcome);
    }

    [Fact]
    public void What_was_refused_as_overloaded_is_unknown_at_its_deadline()
    {
        StartOpen();
        Send(new Set("k", Bytes("v")) { Timeout = TimeSpan.FromMilliseconds(3) });
        Refuse(Next(), RefusalReason.Overloaded);
        Assert.Equal(Outcome.Unknown, Ended(Late).Outcome);
    }

    [Fact]
    public void A_number_given_up_does_not_hold_the_lowest_and_its_late_copy_has_no_effect()
    {
        StartOpen();
        Send(new Set("k", Bytes("old")) { Timeout = TimeSpan.FromMilliseconds(100) });
        var lost = Next();
        Assert.Equal(Outcome.Unknown, Ended().Outcome);

        Send(new Set("k", Bytes("new")));
        var next = Next();
        Assert.Equal((4L, 4L), (next.Sequences.Single(), next.Lowest));
        Answer(next);
        Ended();

        // Now the first copy comes through after all.
        Answer(lost);
        Send(new Get("k"));
        Answer(Next());
        Assert.Equal("new", Text(Ended().Value));
    }

    [Fact]
    public void Invalid_is_failed()
    {
        Start();
        State = new ReplicatedState(new PickyMachine(), new SessionLimits());
        Send(new Invoke(Bytes("no"), IsReadOnly: false));
        Answer(Next());
        Answer(Next());
        var reply = Ended();
        Assert.Equal((Outcome.Failed, "invalid: too picky"), (reply.Outcome, reply.Error));
    }

    [Fact]
    public void Invalid_is_failed_also_when_every_copy_was_alike()
    {
        Start();
        State = new ReplicatedState(new PickyMachine(), new SessionLimits());
        Send(new Invoke(Bytes("no"), IsReadOnly: false));
        Answer(Next());
        Next();
        Answer(Next());
        Assert.Equal(Outcome.Failed, Ended().Outcome);
    }

    [Fact]
    public void Invalid_is_unknown_when_another_copy_may_have_passed()
    {
        // The replicas keep a smaller window than this client was told of.
        StartOpen();
        State = new ReplicatedState(new KeyValueStore(), new SessionLimits(MaxOutstanding: 1));
        Send(new Get("a"));
        var first = Next();
        Send(new Set("b", Bytes("v")));
        Next();
        Send(new Set("k", Bytes("v")));
        var tooFar = Next();
        Answer(first);
        Ended();
        var again = Next();
        Assert.Equal([4L, 5L], again.Sequences);
        Client.Tell(Results(tooFar, (5, CommandStatus.Invalid, Bytes("too far"))));
        Assert.Equal(Outcome.Unknown, Ended().Outcome);
    }

    [Fact]
    public void Already_answered_without_our_having_the_answer_is_unknown()
    {
        StartOpen();
        Send(new Set("k", Bytes("v")));
        Client.Tell(Results(Next(), (3, CommandStatus.AlreadyAnswered, default)));
        Assert.Equal(Outcome.Unknown, Ended().Outcome);
    }

    [Fact]
    public void A_result_that_was_dropped_is_unknown()
    {
        StartOpen();
        Send(new CompareAndSet("k", null, Bytes("v")));
        Client.Tell(Results(Next(), (3, CommandStatus.ResultDropped, default)));
        Assert.Equal(Outcome.Unknown, Ended().Outcome);
    }

    [Fact]
    public void A_result_that_cannot_be_read_is_unknown()
    {
        StartOpen();
        Send(new Set("k", Bytes("v")));
        Client.Tell(Results(Next(), (3, CommandStatus.Done, Bytes("nonsense"))));
        Assert.Equal(Outcome.Unknown, Ended().Outcome);
    }

    [Fact]
    public void A_malformed_answer_harms_nothing()
    {
        StartOpen();
        Send(new Get("k"));
        var sent = Next();
        Client.Tell(Execute(sent) with { Results = Bytes("\u0003") });
        Client.Tell(Execute(sent) with { Count = 1000 });
        Assert.Equal(Outcome.Done, Ended().Outcome);
        Send(new Get("k"));
        Answer(Next());
        Assert.Equal(Outcome.Done, Ended().Outcome);
    }

    [Fact]
    public void A_client_that_stops_ends_everything()
    {
        StartOpen(Defaults with { MaxOutstanding = 1 });
        Send(new Set("sent", Bytes("v")));
        Next();
        Send(new Set("waiting", Bytes("v")));
        World.Settle();
        Sys.Stop(Client);
        var ends = new[] { Ended().Outcome, Ended().Outcome };
        Assert.Equal([Outcome.Unknown, Outcome.Failed], ends);
    }

    [Fact]
    public void Late_and_foreign_answers_find_nobody()
    {
        StartOpen();
        Send(new Get("k"));
        var sent = Next();
        Client.Tell(Execute(sent) with { Session = sent.Session + 1 });
        Client.Tell(Results(sent, (1, CommandStatus.Done, default), (2, CommandStatus.Done, default), (99, CommandStatus.Done, default)));
        ExpectSilence(TimeSpan.FromMilliseconds(100));
        Answer(sent);
        Assert.Equal(Outcome.Done, Ended().Outcome);
    }

    internal static ClientReplies Results(SentRequests sent, params (long Sequence, CommandStatus Status, ReadOnlyMemory<byte> Body)[] results)
    {
        var writer = new WireWriter();
        foreach (var (sequence, status, body) in results)
        {
            writer.VarInt(sequence);
            writer.Byte((byte)status);
            writer.Bytes(body.Span);
        }

        return new ClientReplies(sent.Session, sent.To, 1, new Ballot(1, sent.To), 1, results.Length, writer.ToArray());
    }

    private sealed class PickyMachine : IStateMachine
    {
        public void Execute(ReadOnlySpan<byte> command, System.Buffers.IBufferWriter<byte> result) =>
            throw new InvalidCommandException("too picky");

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
