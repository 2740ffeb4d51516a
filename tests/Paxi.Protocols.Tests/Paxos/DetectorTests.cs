using Paxi.Actors;
using Paxi.Actors.Detector;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;
using Xunit;

namespace Paxi.Protocols.Tests.Paxos;

/// <summary>The kernel's detector as Multi-Paxos has it. Heartbeats every 100 ms, an election timeout of 500 ms to 1 s.</summary>
public sealed class DetectorTests() : RoleSpec(KernelRoles.Detector)
{
    private static readonly Ballot Leader = Ballot(1, Second);

    /// <summary>The members start in the order of their ids: the first one is the first to ask, before the others would.</summary>
    [Fact]
    public void The_first_election_is_quick()
    {
        Tell(new Watch(IsNew: true));
        Advance(60);
        var poll = Assert.Single(Sent<Poll>(Second));
        Assert.Empty(Told<ElectionDue>());
        Receive(new PollAnswer(Second, poll.Round, true));
        Assert.Single(Told<ElectionDue>());
    }

    [Fact]
    public void A_replica_that_restarts_waits_for_the_leader_first()
    {
        Tell(new Watch(IsNew: false));
        Advance(490);
        Assert.Empty(Sent<Poll>());
        Advance(520);
        Assert.NotEmpty(Sent<Poll>());
    }

    [Fact]
    public void It_does_not_stand_while_others_hear_the_leader()
    {
        Tell(new Watch(IsNew: false));
        Advance(1100);
        foreach (var poll in Sent<Poll>(Second))
        {
            Receive(new PollAnswer(Second, poll.Round, false));
            Receive(new PollAnswer(Third, poll.Round, false));
        }

        Advance(3000);
        Assert.Empty(Told<ElectionDue>());
    }

    [Fact]
    public void An_answer_to_an_earlier_poll_does_not_count()
    {
        Tell(new Watch(IsNew: false));
        Advance(2000);
        var polls = Sent<Poll>(Second);
        Assert.True(polls.Count > 1);
        Receive(new PollAnswer(Second, polls[0].Round, true));
        Assert.Empty(Told<ElectionDue>());
        Receive(new PollAnswer(Second, polls[^1].Round, true));
        Assert.Single(Told<ElectionDue>());
    }

    [Fact]
    public void A_heartbeat_is_acknowledged_when_the_acceptor_stands_by_it()
    {
        Tell(new Watch(IsNew: false));
        Receive(new Heartbeat(Second, Leader, 3));
        Assert.Equal(new HeartbeatHeard(Second, Leader, 3), Assert.Single(Told<HeartbeatHeard>()));
        Assert.Empty(Sent<HeartbeatAck>());
        Tell(new Acknowledge(Second, Leader, 3));
        Assert.Equal(new HeartbeatAck(First, Leader, 3), Assert.Single(Sent<HeartbeatAck>(Second)));
        Assert.Equal(Leader, Assert.Single(Told<LeaderHeard>()).Ballot);
        Tell(new Acknowledge(Second, Leader, 4));
        Assert.Empty(Told<LeaderHeard>());
    }

    [Fact]
    public void A_leader_is_named_no_more_after_three_heartbeats_and_missed_after_the_timeout()
    {
        Tell(new Watch(IsNew: false));
        for (var beat = 0; beat < 30; beat++)
        {
            Tell(new Acknowledge(Second, Leader, beat));
            Advance(100);
        }

        Assert.Empty(Told<LeaderSuspected>());
        Told<LeaderHeard>();
        Advance(190);
        Assert.Empty(Told<LeaderSuspected>());
        Advance(20);
        Assert.Equal(Leader, Assert.Single(Told<LeaderSuspected>()).Ballot);
        Tell(new Acknowledge(Second, Leader, 99));
        Assert.Equal(Leader, Assert.Single(Told<LeaderHeard>()).Ballot);

        Advance(490);
        Assert.Empty(Sent<Poll>());
        Advance(520);
        Assert.NotEmpty(Sent<Poll>());
    }

    [Fact]
    public void It_agrees_to_an_election_only_when_it_misses_the_leader_too()
    {
        Tell(new Watch(IsNew: false));
        Tell(new Acknowledge(Second, Leader, 1));
        Advance(450);
        Receive(new Poll(Third, 1));
        Assert.False(Assert.Single(Sent<PollAnswer>(Third)).Agrees);
        Advance(60);
        Receive(new Poll(Third, 2));
        Assert.Equal(new PollAnswer(First, 2, true), Assert.Single(Sent<PollAnswer>(Third)));
    }

    /// <summary>A replica that cannot hear asks for ever; the others give way once and then go on.</summary>
    [Fact]
    public void A_deaf_replica_does_not_keep_the_others_from_standing()
    {
        Tell(new Watch(IsNew: false));
        for (var round = 1; round < 40 && Sent<Poll>(Second).Count == 0; round++)
        {
            Receive(new Poll(Third, round));
            Advance(100);
            Assert.True(round < 30, "it gave way for three seconds");
        }
    }

    [Fact]
    public void A_candidate_agrees_to_nobody_else()
    {
        Tell(new Watch(IsNew: true));
        Tell(Campaign.Instance);
        Receive(new Poll(Second, 1));
        Assert.False(Assert.Single(Sent<PollAnswer>()).Agrees);
    }

    [Fact]
    public void A_lost_election_is_followed_by_a_longer_and_longer_pause()
    {
        Tell(new Watch(IsNew: true));
        var pauses = new List<double>();
        for (var election = 0; election < 40; election++)
        {
            var lost = World.Now;
            Tell(new StandDown(Lost: true));
            World.Run(() => Sent<Poll>(Second).Count > 0, TimeSpan.FromSeconds(20));
            pauses.Add((World.Now - lost).TotalMilliseconds);
            Advance(1);
        }

        Assert.True(pauses.Max() <= 4_001, $"{pauses.Max()} ms");
        Assert.True(pauses.Skip(5).Average() > 1_000, $"{pauses.Skip(5).Average()} ms on average");
        Assert.True(pauses.Distinct().Count() > 30);
    }

    [Fact]
    public void A_leader_without_acknowledgements_loses_contact_after_two_timeouts()
    {
        Beat(9);
        Assert.Empty(Told<ContactLost>());
        Beat(3);
        Assert.NotEmpty(Told<ContactLost>());
    }

    [Fact]
    public void Acknowledgements_of_a_quorum_keep_contact()
    {
        for (var beat = 1; beat <= 30; beat++)
        {
            Tell(new Beat(Ballot(1, First)));
            Tell(new Acknowledge(First, Ballot(1, First), beat));
            Receive(new HeartbeatAck(Third, Ballot(1, First), beat));
            Advance(100);
        }

        Assert.Empty(Told<ContactLost>());
        Assert.Equal(VoteSet.Empty.With(0).With(2), Told<ContactChanged>()[^1].Members);
    }

    /// <summary>The leader counts the lease from the sending of the heartbeat, and shortens it by the clock bound: 400 ms times 0.999 / 1.001.</summary>
    [Fact]
    public void A_lease_counts_from_the_sending()
    {
        Advance(100);
        Tell(new Beat(Ballot(1, First)));
        Advance(100);
        var sent = World.Now;
        Tell(new Beat(Ballot(1, First)));
        Advance(70);
        Tell(new Acknowledge(First, Ballot(1, First), 2));
        Assert.Empty(Told<LeaseExtended>());
        Receive(new HeartbeatAck(Second, Ballot(1, First), 2));
        var lease = Assert.Single(Told<LeaseExtended>());
        Assert.Equal(399.2, (lease.Until - sent).TotalMilliseconds, 0.1);
    }

    [Fact]
    public void An_answer_to_a_heartbeat_that_was_never_sent_counts_for_nothing()
    {
        Advance(100);
        Tell(new Beat(Ballot(1, First)));
        Tell(new Acknowledge(First, Ballot(1, First), 1));
        Receive(new HeartbeatAck(Second, Ballot(1, First), 99));
        Receive(new HeartbeatAck(Second, Ballot(1, First), 0));
        Receive(new HeartbeatAck(Second, Ballot(2, First), 1));
        Assert.Empty(Told<LeaseExtended>());
    }

    [Fact]
    public void A_heartbeat_of_a_ballot_that_is_not_its_senders_is_refused()
    {
        Receive(new Heartbeat(Third, Leader, 1));
        Assert.Empty(Told<HeartbeatHeard>());
        Assert.Equal("1", Status("refused"));
    }

    private void Beat(int times)
    {
        for (var beat = 0; beat < times; beat++)
        {
            Tell(new Beat(Ballot(1, First)));
            Advance(100);
        }
    }
}
