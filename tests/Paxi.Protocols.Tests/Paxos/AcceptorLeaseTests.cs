using Paxi.Actors.Detector;
using Paxi.Protocols.Paxos;
using Xunit;

namespace Paxi.Protocols.Tests.Paxos;

/// <summary>The acceptor's leases, with a duration of 400 ms.</summary>
public sealed class AcceptorLeaseTests() : RoleSpec(PaxosRoles.Acceptor, "lease.duration = 400ms")
{
    /// <summary>A grant: it promises nobody else's ballot until the lease has run out on its own clock.</summary>
    [Fact]
    public void A_granted_lease_holds_up_the_promise_to_another()
    {
        Tell(new HeartbeatHeard(Second, Ballot(1, Second), 1));
        Assert.Equal(new Acknowledge(Second, Ballot(1, Second), 1), Assert.Single(Told<Acknowledge>()));
        Receive(new Prepare(Third, Ballot(2, Third), 1));
        Advance(398);
        Assert.Empty(Sent<Promise>());

        Advance(10);
        Assert.Single(Sent<Promise>(Third));
    }

    [Fact]
    public void A_granted_lease_does_not_hold_up_its_owner()
    {
        Tell(new HeartbeatHeard(Second, Ballot(1, Second), 1));
        Receive(new Prepare(Second, Ballot(2, Second), 1));
        Advance(5);
        Assert.Single(Sent<Promise>(Second));
    }

    /// <summary>Grants are not written down, so one may have been given just before the crash.</summary>
    [Fact]
    public void After_a_restart_it_promises_nobody_for_a_whole_lease()
    {
        Receive(new Accept(Second, Ballot(1, Second), 1, 0, Batch("a")));
        Advance(5);
        CrashAndStart();
        Receive(new Prepare(Third, Ballot(2, Third), 1));
        Receive(new Prepare(First, Ballot(2, First), 1));
        Advance(380);
        Assert.Empty(Sent<Promise>());

        Advance(30);
        Assert.Single(Sent<Promise>(Third));
    }

    /// <summary>A replica that was never part of anything has granted nothing: the first election does not wait.</summary>
    [Fact]
    public void A_new_replica_promises_at_once()
    {
        Receive(new Prepare(Third, Ballot(1, Third), 1));
        Advance(5);
        Assert.Single(Sent<Promise>(Third));
    }

    [Fact]
    public void A_heartbeat_below_the_promise_gets_no_grant()
    {
        Receive(new Prepare(Third, Ballot(2, Third), 1));
        Advance(5);
        Tell(new HeartbeatHeard(Second, Ballot(1, Second), 1));
        Assert.Empty(Told<Acknowledge>());
        Assert.Equal(Ballot(2, Third), Assert.Single(Sent<Reject>(Second)).Promised);
    }
}
