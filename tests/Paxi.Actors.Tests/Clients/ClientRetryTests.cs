using Akka.Actor;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Xunit;

namespace Paxi.Actors.Tests.Clients;

/// <summary>Silence, hints and refusals.</summary>
public sealed class ClientRetryTests : ClientSpec
{
    private static readonly TimeSpan LongestInterval = Defaults.RetryInterval * 1.25 + TimeSpan.FromMilliseconds(20);

    [Fact]
    public void The_replica_that_answers_for_the_leader_names_whom_to_ask_next()
    {
        StartOpen(leader: Third);
        Send(new Get("k"));
        Assert.Equal(Third, Next().To);
    }

    [Fact]
    public void A_leader_that_is_not_on_the_list_is_not_followed()
    {
        StartOpen(leader: new ReplicaId(9, 9));
        Send(new Get("k"));
        Assert.Equal(First, Next().To);
    }

    [Fact]
    public void Whoever_answers_a_read_from_any_replica_does_not_become_the_leader()
    {
        Start();
        Send(new Get("k") { Mode = ReadMode.Any });
        Answer(Next(), leader: Third);
        Ended();
        Send(new Get("k") { Mode = ReadMode.Any });
        Assert.Equal(First, Next().To);
    }

    [Fact]
    public void Silence_sends_the_same_numbers_to_the_next_replica()
    {
        StartOpen();
        Send(new Set("k", Bytes("v")), new Get("k"));
        var sent = Next();
        ExpectNothing(TimeSpan.FromMilliseconds(499), Wire);

        var again = Next(LongestInterval);
        Assert.Equal((First, Second), (sent.To, again.To));
        Assert.Equal(sent.Sequences, again.Sequences);
        Assert.Equal(sent.Session, again.Session);
        Assert.NotEqual(sent.Requests.Request, again.Requests.Request);
        Assert.Equal(sent.Requests.Block.Payload.ToArray(), again.Requests.Block.Payload.ToArray());

        Assert.Equal(Third, Next(LongestInterval).To);
        var fourth = Next(LongestInterval);
        Assert.Equal(First, fourth.To);

        // New commands ask the one that was tried last, too.
        Send(new Get("k"));
        Assert.Equal(First, Next(TimeSpan.FromMilliseconds(100)).To);
    }

    [Fact]
    public void A_retried_command_takes_effect_once_and_ends_once()
    {
        StartOpen();
        Send(new CompareAndSet("k", null, Bytes("v")));
        var first = Execute(Next());
        var second = Execute(Next(LongestInterval), leader: Second);

        Client.Tell(second);
        Assert.True(Ended().Swapped);
        Client.Tell(first);
        Client.Tell(second);
        ExpectSilence(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void Only_what_was_not_answered_is_sent_again()
    {
        StartOpen();
        Send(new Get("a"));
        Next();
        Send(new Get("b"));
        Answer(Next());
        Ended();
        Send(new Get("c"));
        Next();
        Assert.Equal([3L, 5L], Next(LongestInterval).Sequences);
    }

    [Fact]
    public void A_replica_that_answers_others_stays_the_one_to_ask()
    {
        StartOpen();
        Send(new Get("lost"));
        Next();
        World.Advance(TimeSpan.FromMilliseconds(450));
        Send(new Get("b"));
        Answer(Next());
        Ended();

        Assert.Equal(Second, Next(LongestInterval).To);
        Send(new Get("c"));
        Assert.Equal(First, Next(TimeSpan.FromMilliseconds(100)).To);
    }

    [Fact]
    public void A_client_with_own_replicas_leaves_them_when_they_are_silent_and_comes_back()
    {
        var other = new ReplicaId(2, 1);
        StartOpen(Defaults with { Replicas = [First, Second, other], Own = 2, Timeout = TimeSpan.FromMinutes(1) }, leader: other);
        Send(new Get("a"));
        Assert.Equal(First, Next().To);
        Assert.Equal(Second, Next(LongestInterval).To);
        var away = Next(LongestInterval);
        Assert.Equal(other, away.To);
        Answer(away);
        Ended();
        Send(new Get("b"));
        var stays = Next();
        Assert.Equal(other, stays.To);
        Answer(stays);
        Ended();

        // After ten intervals one block tries an own one, which is silent: what was in it goes to whoever answers, and so does what comes meanwhile.
        World.Advance(Defaults.RetryInterval * 10);
        Send(new Get("c"));
        Assert.Equal(Second, Next().To);
        var again = Next(LongestInterval);
        Assert.Equal(other, again.To);
        Answer(again);
        Ended();

        World.Advance(Defaults.RetryInterval * 10);
        Send(new Get("d"));
        var back = Next();
        Assert.Equal(First, back.To);
        Answer(back, leader: other);
        Ended();
        Send(new Get("e"));
        Assert.Equal(First, Next().To);
    }

    [Fact]
    public void The_retries_of_many_blocks_go_together_and_to_one_replica()
    {
        StartOpen();
        for (var n = 0; n < 20; n++)
        {
            Send(new Get($"k{n}"));
            Next();
            World.Advance(TimeSpan.FromMilliseconds(5));
        }

        var again = Next(LongestInterval);
        Assert.Equal((Second, 20), (again.To, again.Sequences.Length));
        ExpectNothing(TimeSpan.FromMilliseconds(499), Wire);
    }

    [Fact]
    public void What_a_replica_that_answers_was_sent_last_is_not_sent_again_before_its_time()
    {
        StartOpen();
        Send(new Get("lost"));
        Next();
        World.Advance(TimeSpan.FromMilliseconds(400));
        Send(new Get("b"));
        Answer(Next());
        Ended();
        Send(new Get("c"));
        Next();
        Assert.Equal([3L], Next(LongestInterval).Sequences);
    }

    [Fact]
    public void The_opening_is_retried_too_until_nobody_waits()
    {
        Start();
        Send(new Get("k") { Timeout = TimeSpan.FromSeconds(1) });
        var first = Next();
        var second = Next(LongestInterval);
        Assert.Equal((first.Session, 1L), (second.Session, second.Sequences.Single()));
        Assert.Equal(Outcome.Failed, Ended().Outcome);
        World.Run();
        ExpectSilence(TimeSpan.FromSeconds(60));

        Send(new Get("k"));
        var third = Next(TimeSpan.Zero);
        Assert.Equal(first.Session, third.Session);
        Answer(third);
        Answer(Next());
        Assert.Equal(Outcome.Done, Ended().Outcome);
    }

    [Fact]
    public void Overloaded_means_the_same_replica_after_a_pause()
    {
        StartOpen();
        Send(new Set("k", Bytes("v")));
        var sent = Next();
        Refuse(sent, RefusalReason.Overloaded);
        World.Settle();
        Send(new Get("k"));
        ExpectSilence(TimeSpan.FromMilliseconds(4));

        var again = Next(TimeSpan.FromMilliseconds(30));
        Assert.Equal((First, sent.Sequences.Single()), (again.To, again.Sequences[0]));
        Answer(again);
        Ended();
        Answer(Next());
        Assert.Equal("v", Text(Ended().Value));
    }

    [Fact]
    public void Refusals_one_after_another_make_the_pauses_longer_up_to_a_bound()
    {
        StartOpen();
        Send(new Get("k") { Timeout = TimeSpan.FromMinutes(1) });
        var pauses = new List<TimeSpan>();
        for (var round = 0; round < 12; round++)
        {
            var sent = Next();
            Refuse(sent, RefusalReason.Overloaded);
            var start = World.Now;
            World.Run(() => Wire.HasMessages, TimeSpan.FromSeconds(2));
            pauses.Add(World.Now - start);
        }

        Assert.True(pauses[0] < TimeSpan.FromMilliseconds(25), $"{pauses[0]}");
        Assert.All(pauses.Skip(8), pause => Assert.InRange(pause, Defaults.RetryInterval / 2, LongestInterval));
    }

    [Fact]
    public void Many_refusals_of_one_pause_count_once()
    {
        StartOpen();
        var blocks = new List<SentRequests>();
        for (var n = 0; n < 20; n++)
        {
            Send(new Get($"k{n}"));
            blocks.Add(Next());
        }

        blocks.ForEach(block => Refuse(block, RefusalReason.Overloaded));
        Assert.Equal(20, Next(TimeSpan.FromMilliseconds(25)).Sequences.Length);
    }

    [Fact]
    public void Interrupted_means_the_same_replica_at_once()
    {
        StartOpen();
        Send(new Set("k", Bytes("v")), new Get("k"));
        var sent = Next();
        Client.Tell(new ClientInterrupted(sent.Session));
        var again = Next(TimeSpan.Zero);
        Assert.Equal((First, sent.Session), (again.To, again.Session));
        Assert.Equal(sent.Sequences, again.Sequences);
        ExpectNothing(TimeSpan.FromMilliseconds(499), Wire);

        Answer(Next(LongestInterval));
        Ended();
        Ended();
        Client.Tell(new ClientInterrupted(sent.Session));
        ExpectSilence(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void Interrupted_does_not_end_a_pause()
    {
        StartOpen();
        Send(new Set("k", Bytes("v")));
        var sent = Next();
        Refuse(sent, RefusalReason.Overloaded);
        Client.Tell(new ClientInterrupted(sent.Session));
        ExpectSilence(TimeSpan.FromMilliseconds(4));
        Assert.Equal(First, Next(TimeSpan.FromMilliseconds(30)).To);
    }

    [Fact]
    public void No_leader_means_another_replica_or_the_one_that_is_named()
    {
        StartOpen();
        Send(new Get("k"));
        Refuse(Next(), RefusalReason.NoLeader);
        var second = Next(TimeSpan.FromMilliseconds(100));
        Assert.Equal(Second, second.To);
        Refuse(second, RefusalReason.NoLeader, leader: First);
        Assert.Equal(First, Next(TimeSpan.FromMilliseconds(100)).To);
    }

    [Fact]
    public void A_refusal_of_an_earlier_copy_changes_nothing()
    {
        StartOpen();
        Send(new Set("k", Bytes("v")));
        var first = Next();
        Next(LongestInterval);
        Refuse(first, RefusalReason.Unsupported);
        Refuse(first, RefusalReason.Overloaded);
        ExpectSilence(TimeSpan.FromMilliseconds(400));
    }

    [Fact]
    public void The_only_copy_refused_as_unsupported_has_failed()
    {
        StartOpen();
        Send(new Set("k", Bytes("v")));
        Refuse(Next(), RefusalReason.Unsupported);
        Assert.Equal(Outcome.Failed, Ended().Outcome);

        Send(new Get("k") { Mode = ReadMode.Quorum });
        Refuse(Next(), RefusalReason.Unsupported);
        var reply = Ended();
        Assert.Equal(Outcome.Failed, reply.Outcome);
        Assert.Contains("no quorum reads", reply.Error, StringComparison.Ordinal);
        ExpectSilence(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void A_later_copy_refused_as_unsupported_leaves_a_write_unknown()
    {
        StartOpen();
        Send(new Set("k", Bytes("v")));
        Next();
        Refuse(Next(LongestInterval), RefusalReason.Unsupported);
        Assert.Equal(Outcome.Unknown, Ended().Outcome);
    }

    [Fact]
    public void An_opening_refused_as_unsupported_fails_what_waits_for_it()
    {
        Start();
        Send(new Set("a", Bytes("v")), new Get("b"));
        Refuse(Next(), RefusalReason.Unsupported);
        Assert.Equal(Outcome.Failed, Ended().Outcome);
        Assert.Equal(Outcome.Failed, Ended().Outcome);
        ExpectSilence(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void One_replica_alone_is_asked_again()
    {
        StartOpen(Defaults with { Replicas = [First] });
        Send(new Get("k"));
        Next();
        Assert.Equal(First, Next(LongestInterval).To);
        Assert.Equal(First, Next(LongestInterval).To);
    }
}
