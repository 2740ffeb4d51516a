using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Quorums;
using Paxi.TestKit.Checks;
using Xunit;

namespace Paxi.TestKit.Tests.Checks;

/// <summary>What acceptors promise and vote for, and what is decided.</summary>
public sealed class AgreementCheckTests : CheckSpec
{
    private readonly QuorumSystem _quorums = QuorumSystem.Majority([A, B, C]);

    [Fact]
    public void Agreement_replicas_decide_the_same()
    {
        var suite = Suite(new AgreementCheck());
        suite.Decided(A, "", 1, X);
        suite.Executed(B, "", 1, Command(7, 1, "x"));
        suite.Decided(A, "other log", 1, Y);
        Assert.Null(suite.Violation);
        suite.Decided(C, "", 1, Y);
        Expect(suite, "agreement", "slot 1");
    }

    [Fact]
    public void Agreement_a_replica_does_not_change_its_mind()
    {
        var suite = Suite(new AgreementCheck());
        suite.Decided(A, "", 1, X);
        suite.Restarted(A);
        suite.Decided(A, "", 1, Batch.NoOp);
        Expect(suite, "agreement", "no-op");
    }

    [Fact]
    public void Decided_by_a_quorum_needs_a_majority_in_one_ballot()
    {
        var suite = Suite(new DecidedByQuorumCheck(new EpochBook(_quorums)));
        suite.Accepted(A, "", 1, One, X);
        suite.Accepted(C, "", 1, Two, X);
        suite.Accepted(C, "", 1, Two, X);
        suite.Decided(A, "", 1, X);
        Expect(suite, "decided by a quorum", "slot 1");
    }

    [Fact]
    public void Decided_by_a_quorum_is_quiet_with_a_majority()
    {
        var suite = Suite(new DecidedByQuorumCheck(new EpochBook(_quorums)));
        suite.Accepted(A, "", 1, One, Y);
        suite.Accepted(A, "", 1, Two, X);
        suite.Accepted(C, "", 1, Two, X);
        suite.Decided(A, "", 1, X);
        suite.Decided(B, "", 1, X);
        Assert.Null(suite.Violation);
        suite.Decided(B, "", 1, Y);
        Expect(suite, "decided by a quorum", "1.2");
    }

    [Fact]
    public void Decided_by_a_quorum_does_not_count_strangers()
    {
        var suite = Suite(new DecidedByQuorumCheck(new EpochBook(_quorums)));
        suite.Accepted(A, "", 1, One, X);
        suite.Accepted(new ReplicaId(9, 9), "", 1, One, X);
        suite.Decided(A, "", 1, X);
        Expect(suite, "decided by a quorum", "slot 1");
    }

    [Fact]
    public void One_value_per_ballot()
    {
        var suite = Suite(new OneValuePerBallotCheck());
        suite.Accepted(A, "", 1, One, X);
        suite.Accepted(B, "", 1, One, X);
        suite.Accepted(B, "", 1, Two, Y);
        Assert.Null(suite.Violation);
        suite.Accepted(C, "", 1, One, Y);
        Expect(suite, "one value per ballot", "ballot 1.1.1");
    }

    [Fact]
    public void One_leader_per_ballot_once()
    {
        var suite = Suite(new OneLeaderPerBallotCheck());
        suite.Led(A, "", One);
        suite.Led(B, "", Two);
        Assert.Null(suite.Violation);
        suite.Restarted(A);
        suite.Led(A, "", One);
        Expect(suite, "one leader per ballot", "a second time");
    }

    [Fact]
    public void One_leader_per_ballot_its_owner()
    {
        var suite = Suite(new OneLeaderPerBallotCheck());
        suite.Led(B, "", One);
        Expect(suite, "one leader per ballot", "belongs to 1.1");
    }

    [Fact]
    public void Promises_do_not_shrink_across_a_restart()
    {
        var suite = Suite(new PromiseCheck());
        suite.Promised(A, "", One);
        suite.Promised(A, "", Two);
        suite.Promised(B, "", One);
        suite.Accepted(B, "", 1, One, X);
        Assert.Null(suite.Violation);
        suite.Restarted(A);
        suite.Promised(A, "", One);
        Expect(suite, "promises", "after it had promised 2.1.2");
    }

    [Fact]
    public void Promises_no_vote_below_the_promise()
    {
        var suite = Suite(new PromiseCheck());
        suite.Promised(A, "", Two);
        suite.Accepted(A, "", 4, One, X);
        Expect(suite, "promises", "votes in slot 4");
    }

    [Fact]
    public void A_violation_cannot_be_overlooked()
    {
        var suite = Suite(new AgreementCheck());
        suite.ThrowIfViolated();
        suite.Decided(A, "", 1, X);
        suite.Decided(A, "", 1, Y);
        suite.Decided(A, "", 1, Batch.NoOp);
        var thrown = Assert.Throws<ViolationException>(suite.ThrowIfViolated);
        Assert.Equal(suite.Violation, thrown.Violation);
        Assert.Equal(TimeSpan.FromSeconds(3), thrown.Violation.At);
        Assert.Contains("Paxos Made Simple", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(3, suite.Observations);
    }
}
