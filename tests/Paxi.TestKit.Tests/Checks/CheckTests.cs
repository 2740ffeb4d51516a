using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Quorums;
using Paxi.TestKit.Checks;
using Paxi.TestKit.Histories;
using Xunit;

namespace Paxi.TestKit.Tests.Checks;

/// <summary>Each check is quiet while its property holds, and speaks at the step that breaks it.</summary>
public sealed class CheckTests
{
    private static readonly ReplicaId A = new(1, 1);
    private static readonly ReplicaId B = new(1, 2);
    private static readonly ReplicaId C = new(1, 3);
    private static readonly Batch X = Command(7, 1, "x");
    private static readonly Batch Y = Command(7, 2, "y");
    private static readonly Ballot One = new(1, A);
    private static readonly Ballot Two = new(2, B);
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

    [Theory]
    [InlineData(3, "slot 3 where slot 2 is next")]
    [InlineData(1, "slot 1 where slot 2 is next")]
    public void Executed_prefix_has_no_gap_and_no_repeat(long slot, string message)
    {
        var suite = Suite(new ExecutedPrefixCheck());
        suite.Executed(A, "", 1, X);
        suite.Executed(A, "", slot, Y);
        Expect(suite, "executed prefix", message);
    }

    [Fact]
    public void Executed_prefix_begins_anew_after_a_restart_or_a_snapshot()
    {
        var suite = Suite(new ExecutedPrefixCheck());
        suite.Executed(A, "", 1, X);
        suite.Executed(A, "", 2, Y);
        suite.Restarted(A);
        suite.Executed(A, "", 1, X);
        suite.Restored(A, "", 7, new RestoredState(0, 0, true));
        suite.Executed(A, "", 8, X);
        Assert.Null(suite.Violation);
    }

    [Fact]
    public void Exactly_once_a_repeat_takes_no_effect()
    {
        var suite = Suite(new ExactlyOnceCheck());
        suite.TookEffect(A, "", 1, X, First("x"));
        suite.TookEffect(A, "", 2, X, First());
        suite.TookEffect(A, "", 3, Command(7, 3, "x"), First("x"));
        Assert.Null(suite.Violation);
        suite.TookEffect(A, "", 4, X, First("x"));
        Expect(suite, "exactly once", "command 1 of session 7 takes effect a second time in slot 4");
    }

    [Fact]
    public void Exactly_once_tells_equal_commands_apart()
    {
        var suite = Suite(new ExactlyOnceCheck());
        suite.TookEffect(A, "", 1, X, First("x"));
        var both = BatchWriter.Join([X, Command(8, 1, "x")]);
        suite.TookEffect(A, "", 2, both, First("x"));
        Assert.Null(suite.Violation);
        suite.TookEffect(A, "", 3, both, First("x"));
        Expect(suite, "exactly once", "takes effect a second time in slot 3");
    }

    [Fact]
    public void Exactly_once_replicas_have_the_same_effects()
    {
        var suite = Suite(new ExactlyOnceCheck());
        suite.TookEffect(A, "", 1, X, First("x"));
        suite.TookEffect(B, "", 1, X, new SlotEffects([], [Digest("x")], IsFirst: false));
        Expect(suite, "exactly once", "slot 1 has 0 effects on 1.2");
    }

    [Fact]
    public void Exactly_once_an_effect_comes_from_its_slot()
    {
        var suite = Suite(new ExactlyOnceCheck());
        suite.TookEffect(A, "", 1, X, First("z"));
        Expect(suite, "exactly once", "not in the slot");
    }

    [Fact]
    public void Snapshots_hold_what_they_cover()
    {
        var suite = Suite(new SnapshotCheck());
        suite.Restored(A, "", 3, new RestoredState(5, 5, true));
        suite.Restored(A, "", 0, new RestoredState(0, null, true));
        Assert.Null(suite.Violation);
        suite.Restored(A, "", 3, new RestoredState(6, 5, true));
        Expect(suite, "snapshots", "slot 3");
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Snapshots_are_read_back_and_of_an_executed_slot(bool isFaithful, bool isKnown)
    {
        var suite = Suite(new SnapshotCheck());
        suite.Restored(A, "", 3, new RestoredState(5, isKnown ? 5 : null, isFaithful));
        Assert.Equal("snapshots", suite.Violation?.Check);
    }

    [Fact]
    public void States_are_equal_after_convergence()
    {
        var suite = Suite(new ConvergenceCheck());
        suite.Converged([State(A, 1), State(B, 1)]);
        Assert.Null(suite.Violation);
        suite.Converged([State(A, 1), State(B, 2)]);
        Expect(suite, "states equal", "1.1 and 1.2 differ");
    }

    [Fact]
    public void States_are_what_the_decided_commands_give()
    {
        var suite = Suite(new ConvergenceCheck());
        suite.Converged([new FinalState(A, new byte[] { 1 }, new byte[] { 2 })]);
        Expect(suite, "states equal", "not what the decided commands give");
    }

    [Fact]
    public void Acknowledged_writes_survive()
    {
        var model = new StoreModel();
        var suite = Suite(new AcknowledgedWriteCheck(model));
        var set = new Operation { Client = 1, Kind = OperationKind.Set, Key = "k", Value = "v" };
        model.Issue(1, set);
        model.Apply(1);
        suite.Answered(new ClientAnswer(set with { Ok = true }, ReadMode.Log, 1));
        Assert.Null(suite.Violation);
        var lost = set with { Value = "w" };
        model.Issue(2, lost);
        suite.Answered(new ClientAnswer(lost with { Ok = true }, ReadMode.Log, 2));
        Expect(suite, "acknowledged writes survive", "no replica has executed it");
    }

    [Fact]
    public void Acknowledged_writes_have_the_answer_of_their_place()
    {
        var model = new StoreModel();
        var suite = Suite(new AcknowledgedWriteCheck(model));
        var first = new Operation { Client = 1, Kind = OperationKind.Set, Key = "k", Value = "v" };
        var swap = new Operation { Client = 2, Kind = OperationKind.CompareAndSet, Key = "k", Expected = "v", Value = "w" };
        model.Issue(1, first);
        model.Issue(2, swap);
        model.Apply(1);
        model.Apply(2);
        suite.Answered(new ClientAnswer(swap with { Ok = true, Swapped = true, Result = "v" }, ReadMode.Log, 2));
        Assert.Null(suite.Violation);
        suite.Answered(new ClientAnswer(first with { Ok = true, Result = "other" }, ReadMode.Log, 1));
        Expect(suite, "acknowledged writes survive", "was answered with \"other\"");
    }

    [Fact]
    public void Acknowledged_writes_two_equal_deletes_are_two()
    {
        var model = new StoreModel();
        var suite = Suite(new AcknowledgedWriteCheck(model));
        var delete = new Operation { Client = 1, Kind = OperationKind.Delete, Key = "k" };
        model.Issue(1, delete);
        model.Apply(1);
        suite.Answered(new ClientAnswer(delete with { Ok = true }, ReadMode.Log, 1));
        Assert.Null(suite.Violation);
        suite.Answered(new ClientAnswer(delete with { Client = 2, Ok = true }, ReadMode.Log, 1));
        Expect(suite, "acknowledged writes survive", "client 2");
    }

    [Fact]
    public void Failed_commands_take_no_effect_later()
    {
        var model = new StoreModel();
        var suite = Suite(new FailedCommandCheck(model));
        var set = new Operation { Client = 1, Kind = OperationKind.Set, Key = "k", Value = "v", Ok = false };
        model.Issue(Digest("x"), set);
        suite.Answered(new ClientAnswer(set, ReadMode.Log, Digest("x")));
        suite.TookEffect(A, "", 1, Y, First("y"));
        Assert.Null(suite.Violation);
        suite.TookEffect(A, "", 2, X, First("x"));
        Expect(suite, "failed means without effect", "takes effect in slot 2");
    }

    [Fact]
    public void Failed_commands_have_taken_no_effect_before()
    {
        var model = new StoreModel();
        var suite = Suite(new FailedCommandCheck(model));
        var set = new Operation { Client = 1, Kind = OperationKind.Set, Key = "k", Value = "v", Ok = false };
        model.Issue(1, set);
        model.Apply(1);
        suite.Answered(new ClientAnswer(set, ReadMode.Log, 1));
        Expect(suite, "failed means without effect", "has taken effect");
    }

    [Fact]
    public void Phantom_values_come_from_nobody()
    {
        var model = new StoreModel();
        var suite = Suite(new PhantomValueCheck(model));
        model.Issue(1, new Operation { Kind = OperationKind.Set, Key = "k", Value = "v" });
        suite.Answered(Read(1, "k", "v"));
        Assert.Null(suite.Violation);
        suite.Answered(Read(1, "other", "v"));
        Expect(suite, "no phantom values", "\"v\" in other");
    }

    [Fact]
    public void Phantom_commands_take_no_effect()
    {
        var model = new StoreModel();
        var suite = Suite(new PhantomValueCheck(model));
        model.Apply(99);
        suite.TookEffect(A, "", 1, X, First("x"));
        Expect(suite, "no phantom values", "no client has issued");
    }

    [Fact]
    public void Reads_are_monotonic_in_a_session()
    {
        var (model, suite) = TwoVersions();
        suite.Answered(Read(1, "k", "one"));
        suite.Answered(Read(2, "k", "two"));
        suite.Answered(Read(1, "k", "two"));
        Assert.Null(suite.Violation);
        Assert.Equal(2, model.VersionOf("k", "two", 0));
        suite.Answered(Read(2, "k", "one"));
        Expect(suite, "monotonic reads", "version 1 of the key, older than version 2");
    }

    [Fact]
    public void Reads_see_the_writes_of_their_session()
    {
        var (_, suite) = TwoVersions();
        suite.Answered(new ClientAnswer(new Operation { Client = 1, Kind = OperationKind.Set, Key = "k", Value = "two", Ok = true, Result = "one" }, ReadMode.Log, 2));
        suite.Answered(Read(1, "k", null));
        Expect(suite, "monotonic reads", "version 0");
    }

    [Fact]
    public void Reads_that_promise_nothing_are_not_judged()
    {
        var (_, suite) = TwoVersions();
        suite.Answered(Read(1, "k", "two"));
        suite.Answered(Read(1, "k", "one", ReadMode.Any));
        Assert.Null(suite.Violation);
    }

    [Fact]
    public void Reads_see_what_is_executed_somewhere()
    {
        var (model, suite) = TwoVersions();
        model.Issue(3, new Operation { Kind = OperationKind.Set, Key = "k", Value = "three" });
        suite.Answered(Read(1, "k", "three"));
        Expect(suite, "monotonic reads", "no replica has executed");
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

    private static (StoreModel Model, CheckSuite Suite) TwoVersions()
    {
        var model = new StoreModel();
        model.Issue(1, new Operation { Kind = OperationKind.Set, Key = "k", Value = "one" });
        model.Issue(2, new Operation { Kind = OperationKind.Set, Key = "k", Value = "two" });
        model.Apply(1);
        model.Apply(2);
        return (model, Suite(new MonotonicReadsCheck(model)));
    }

    private static ClientAnswer Read(long client, string key, string? value, ReadMode mode = ReadMode.Log) =>
        new(new Operation { Client = client, Kind = OperationKind.Get, Key = key, Result = value, Ok = true }, mode, 0);

    private static CheckSuite Suite(Check check) => new([check], () => TimeSpan.FromSeconds(3));

    private static void Expect(CheckSuite suite, string check, string message)
    {
        Assert.NotNull(suite.Violation);
        Assert.Equal(check, suite.Violation.Check);
        Assert.Contains(message, suite.Violation.Message, StringComparison.Ordinal);
    }

    private static Batch Command(ulong session, long sequence, string body) =>
        BatchWriter.Block(session, 1, [(sequence, System.Text.Encoding.UTF8.GetBytes(body))]);

    private static UInt128 Digest(string body) => BatchView.DigestOf(System.Text.Encoding.UTF8.GetBytes(body));

    private static SlotEffects First(params string[] bodies)
    {
        UInt128[] digests = [.. bodies.Select(Digest)];
        return new SlotEffects(digests, digests, IsFirst: true);
    }

    private static FinalState State(ReplicaId replica, byte content) => new(replica, new[] { content }, null);
}
