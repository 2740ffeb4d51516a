using Paxi.Actors.Commands;
using Paxi.TestKit.Checks;
using Paxi.TestKit.Histories;
using Xunit;

namespace Paxi.TestKit.Tests.Checks;

/// <summary>What clients were answered.</summary>
public sealed class AnswerCheckTests : CheckSpec
{
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
}
