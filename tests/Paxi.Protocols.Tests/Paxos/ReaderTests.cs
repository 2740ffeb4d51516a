using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.Detector;
using Paxi.Actors.Replicas;
using Paxi.Protocols.Paxos;
using Xunit;

namespace Paxi.Protocols.Tests.Paxos;

/// <summary>Reads outside the log. PQR is Charapko, Ailijiang and Demirbas, Linearizable Quorum Reads in Paxos (2019).</summary>
public sealed class ReaderTests() : RoleSpec(PaxosRoles.Reader, "retransmit-interval = 100ms")
{
    private static readonly Ballot Own = Ballot(1, First);

    /// <summary>PQR: the highest slot that a quorum of acceptors has voted for; then the rinse, until it is executed.</summary>
    [Fact]
    public void A_quorum_read_waits_for_the_highest_vote_of_a_quorum()
    {
        Read(ReadMode.Quorum);
        var query = Assert.Single(Sent<ReadQuery>());
        Assert.Single(Told<ReadQuery>());
        Tell(new ReadAnswer(First, query.Round, 4));
        Assert.Empty(Told<ReadAt>());
        Tell(new ReadAnswer(First, query.Round, 4));
        Assert.Empty(Told<ReadAt>());
        Receive(new ReadAnswer(Second, query.Round, 9));
        Assert.Equal(9, Assert.Single(Told<ReadAt>()).Slot);
    }

    /// <summary>A read belongs to a question that was asked after it came: an answer from before may miss a write that is acknowledged by now.</summary>
    [Fact]
    public void A_read_that_comes_while_others_are_under_way_asks_anew()
    {
        Read(ReadMode.Quorum);
        var first = Assert.Single(Sent<ReadQuery>());
        Read(ReadMode.Quorum);
        var second = Assert.Single(Sent<ReadQuery>());
        Tell(new ReadAnswer(First, first.Round, 4));
        Receive(new ReadAnswer(Second, first.Round, 4));
        Assert.Single(Told<ReadAt>());
        Tell(new ReadAnswer(First, second.Round, 5));
        Receive(new ReadAnswer(Second, second.Round, 5));
        Assert.Equal(5, Assert.Single(Told<ReadAt>()).Slot);
    }

    [Fact]
    public void On_silence_everyone_is_asked_and_in_the_end_the_read_is_refused()
    {
        Read(ReadMode.Quorum);
        Sent<ReadQuery>();
        Advance(150);
        Assert.Single(Sent<ReadQuery>(Second));
        Assert.Single(Sent<ReadQuery>(Third));
        Assert.Empty(Told<ReadsRefused>());
        Advance(2200);
        Assert.Equal(RefusalReason.Overloaded, Assert.Single(Told<ReadsRefused>()).Reason);
        Assert.Equal("0", Status("waiting"));
    }

    [Fact]
    public void A_leader_read_needs_the_lease_and_everything_from_phase_1()
    {
        Tell(new LeadershipWon(Own, 12));
        Read(ReadMode.Leader);
        Assert.Empty(Told<ReadAt>());
        Tell(new LeaseExtended(Own, World.Now + TimeSpan.FromMilliseconds(300)));
        Assert.Equal(12, Assert.Single(Told<ReadAt>()).Slot);
        Read(ReadMode.Leader);
        Assert.Single(Told<ReadAt>());

        Advance(301);
        Read(ReadMode.Leader);
        Assert.Empty(Told<ReadAt>());
    }

    [Fact]
    public void A_lease_of_an_earlier_ballot_counts_for_nothing()
    {
        Tell(new LeadershipWon(Ballot(2, First), 12));
        Tell(new LeaseExtended(Own, World.Now + TimeSpan.FromMilliseconds(300)));
        Read(ReadMode.Leader);
        Assert.Empty(Told<ReadAt>());
    }

    [Fact]
    public void A_deposed_leader_answers_no_leader_read()
    {
        Tell(new LeadershipWon(Own, 12));
        Tell(new LeaseExtended(Own, World.Now + TimeSpan.FromMilliseconds(300)));
        Tell(new LeadershipLost(Third));
        Read(ReadMode.Leader);
        var refused = Assert.Single(Told<ReadsRefused>());
        Assert.Equal((RefusalReason.NoLeader, (ReplicaId?)Third), (refused.Reason, refused.Leader));
    }

    [Fact]
    public void Reads_that_wait_for_a_lease_are_refused_when_the_lead_is_lost()
    {
        Tell(new LeadershipWon(Own, 12));
        Read(ReadMode.Leader);
        Tell(new LeadershipLost(null));
        Assert.Equal(RefusalReason.NoLeader, Assert.Single(Told<ReadsRefused>()).Reason);
        Assert.Equal("0", Status("waiting"));
    }

    [Fact]
    public void Any_replica_answers_at_once_when_asked_for_no_more()
    {
        Read(ReadMode.Any);
        Assert.Equal(0, Assert.Single(Told<ReadAt>()).Slot);
    }

    [Fact]
    public void Answers_of_strangers_are_refused_and_counted()
    {
        Read(ReadMode.Quorum);
        var query = Assert.Single(Sent<ReadQuery>());
        Tell(new ReadAnswer(new ReplicaId(9, 9), query.Round, 4));
        Receive(new ReadAnswer(Second, query.Round, -4));
        Assert.Equal("2", Status("refused"));
        Assert.Empty(Told<ReadAt>());
    }

    private void Read(ReadMode mode) => Tell(new ReadRequests(mode, Batch("get")));
}

/// <summary>Without leases.</summary>
public sealed class ReaderWithoutLeaseTests() : RoleSpec(PaxosRoles.Reader, "lease.duration = 0")
{
    /// <summary>Nothing but the log tells then that this replica leads still.</summary>
    [Fact]
    public void A_leader_read_goes_through_the_log()
    {
        Tell(new LeadershipWon(Ballot(1, First), 12));
        Tell(new ReadRequests(ReadMode.Leader, Batch("get")));
        Assert.Single(Told<Propose>());
        Assert.Empty(Told<ReadAt>());
    }
}
