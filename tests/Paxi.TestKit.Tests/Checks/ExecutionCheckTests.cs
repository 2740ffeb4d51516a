using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.TestKit.Checks;
using Xunit;

namespace Paxi.TestKit.Tests.Checks;

/// <summary>What replicas execute, restore and hold in the end.</summary>
public sealed class ExecutionCheckTests : CheckSpec
{
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

    private static FinalState State(ReplicaId replica, byte content) => new(replica, new[] { content }, null);
}
