using Paxi.Actors.Replicas;
using Paxi.Protocols.Paxos;
using Xunit;

namespace Paxi.Protocols.Tests.Paxos;

/// <summary>A slot costs as much for one command as for many.</summary>
public sealed class PaceTests() : LeaderSpec("batch.pipeline = 4, batch.pace = 20ms, batch.max-commands = 3")
{
    [Fact]
    public void A_lone_request_goes_at_once_and_the_next_waits_for_company()
    {
        Win();
        Propose("a", 1);
        Assert.Single(Sent<Accept>(Second));
        Propose("b", 2);
        Propose("c", 3);
        Assert.Empty(Sent<Accept>(Second));
        Advance(25);
        Assert.Equal(2, Assert.Single(Sent<Accept>(Second)).Batch.Count);
    }

    [Fact]
    public void A_decided_slot_or_a_full_batch_ends_the_wait()
    {
        Win();
        Propose("a", 1);
        Propose("b", 2);
        Sent<Accept>();
        Accepted(First, 1);
        Accepted(Second, 1);
        Assert.Equal(2, Assert.Single(Sent<Accept>(Second)).Slot);

        Propose("c", 3);
        Propose("d", 4);
        Propose("e", 5);
        Assert.Equal(3, Assert.Single(Sent<Accept>(Second)).Batch.Count);
    }
}

/// <summary>Phase 2 to a quorum only.</summary>
public sealed class ThriftyTests() : LeaderSpec("thrifty = on", 5)
{
    [Fact]
    public void It_asks_a_quorum_and_on_silence_everyone()
    {
        Stand();
        Promised(First, 1);
        Promised(Second, 1);
        Promised(Third, 1);
        Propose("a");
        var asked = new[] { Second, Third, Fourth, Fifth }.Where(peer => Sent<Accept>(peer).Count == 1).ToArray();
        Assert.Equal([Second, Third], asked);

        Accepted(First, 1);
        Accepted(Second, 1);
        Advance(400);
        Assert.NotEmpty(Sent<Accept>(Fourth));
        Assert.NotEmpty(Sent<Accept>(Fifth));
        Assert.Empty(Sent<Accept>(Second));

        Accepted(Fourth, 1);
        Told<Learn>();
        Propose("b", 2);
        Assert.Equal(4, new[] { Second, Third, Fourth, Fifth }.Count(peer => Sent<Accept>(peer).Exists(static accept => accept.Slot == 2)));
    }
}

/// <summary>Flexible Paxos (2016): only phase-1 and phase-2 quorums need to meet.</summary>
public sealed class FlexibleQuorumTests() : LeaderSpec("quorum.q1 = 4, quorum.q2 = 2", 5)
{
    [Fact]
    public void Phase_1_takes_q1_and_phase_2_q2()
    {
        Stand();
        Promised(First, 1);
        Promised(Second, 1);
        Promised(Third, 1);
        Assert.Empty(Observed);
        Promised(Fourth, 1);
        Assert.Equal(["led 1.1.1"], Observed);

        Propose("a");
        Accepted(First, 1);
        Assert.Empty(Told<Learn>());
        Accepted(Fifth, 1);
        Assert.Single(Told<Learn>());
    }
}

/// <summary>Every replica that is asked makes itself the leader.</summary>
public sealed class EphemeralLeaderTests() : LeaderSpec("ephemeral-leader = on")
{
    [Fact]
    public void A_request_makes_it_stand()
    {
        Tell(new AcceptorReady(default, IsNew: true));
        Assert.Equal(First, Told<LeaderChanged>()[^1].Leader);
        Propose("a");
        Assert.Single(Told<LearnerQuery>());
        Tell(new LearnedTo(0));
        Promised(First, 1);
        Promised(Second, 1);
        Assert.True(Assert.Single(Sent<Accept>(Second)).Batch.ContentEquals(Batch("a")));
    }

    [Fact]
    public void One_that_is_pushed_aside_comes_back_after_a_pause_with_what_it_had_under_way()
    {
        Tell(new AcceptorReady(default, IsNew: true));
        Propose("a");
        Tell(new LearnedTo(0));
        Promised(First, 1);
        Promised(Second, 1);
        Told<LearnerQuery>();
        Sent<Accept>();
        Tell(new BallotRaised(Ballot(2, Second)));
        Assert.Empty(Told<ProposalRefused>());

        Advance(1000);
        Assert.Single(Told<LearnerQuery>());
        Tell(new LearnedTo(0));
        Tell(new Promise(First, Ballot(3, First), 1, true, 0, 0, []));
        Tell(new Promise(Second, Ballot(3, First), 1, true, 0, 0, []));
        Assert.True(Assert.Single(Sent<Accept>(Second)).Batch.ContentEquals(Batch("a")));
    }
}
