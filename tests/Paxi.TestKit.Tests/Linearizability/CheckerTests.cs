using Paxi.TestKit.Histories;
using Paxi.TestKit.Linearizability;
using Xunit;
using static Paxi.TestKit.Tests.Linearizability.HistoryBuilder;

namespace Paxi.TestKit.Tests.Linearizability;

/// <summary>What the definition says, in examples one can check by hand.</summary>
public class CheckerTests
{
    [Fact]
    public void An_empty_history_is_linearizable() => Yes();

    [Fact]
    public void A_key_is_absent_before_the_first_write()
    {
        Yes(Get(1, "k", null, 0, 10), Set(1, "k", "a", 20, 30), Get(1, "k", "a", 40, 50));
        No("nothing writes", Get(1, "k", "a", 0, 10), Set(1, "k", "a", 20, 30));
    }

    [Fact]
    public void A_read_that_matches_no_write_is_a_violation()
    {
        CheckReport report = No("nothing writes \"ghost\"", Set(1, "k", "a", 0, 10), Get(2, "k", "ghost", 20, 30), Set(1, "other", "ghost", 0, 10) with { Client = 3 });
        Assert.Equal("k", report.Key);
        Assert.Equal("ghost", Assert.Single(report.Fragment).Operation.Result);
    }

    [Fact]
    public void An_overwritten_value_is_not_read_again()
    {
        CheckReport report = No("overwritten", Set(1, "k", "a", 0, 10), Set(1, "k", "b", 20, 30), Get(2, "k", "a", 40, 50), Get(3, "k", "b", 0, 60));
        Assert.Equal(3, report.Fragment.Count);
        Assert.Equal([false, false, true], report.Fragment.Select(static item => item.IsImpossible));
    }

    [Fact]
    public void Operations_that_overlap_may_come_in_either_order()
    {
        Yes(Set(1, "k", "a", 0, 100), Get(2, "k", null, 10, 20), Get(2, "k", "a", 30, 40));
        No("", Set(1, "k", "a", 0, 100), Get(2, "k", "a", 10, 20), Get(2, "k", null, 30, 40));
    }

    [Fact]
    public void Operations_that_touch_overlap_unless_one_client_did_both()
    {
        Yes(Set(1, "k", "a", 0, 10), Get(2, "k", null, 10, 20));
        No("", Set(1, "k", "a", 0, 10), Get(1, "k", null, 10, 20));
    }

    [Fact]
    public void An_unknown_outcome_may_take_effect_at_any_later_time_or_never()
    {
        Operation lost = Set(1, "k", "late", 0, null);
        Yes(lost, Get(2, "k", null, 10, 20), Get(2, "k", null, 1000, 1010));
        Yes(lost, Get(2, "k", null, 10, 20), Get(2, "k", "late", 1000, 1010));
        No("", lost, Get(2, "k", "late", 10, 20), Get(2, "k", null, 1000, 1010));
        No("", Get(2, "k", "late", 0, 10), lost with { Start = 20 });
    }

    [Fact]
    public void A_failed_operation_had_no_effect()
    {
        Yes(Failed(Set(1, "k", "a", 0, 10)), Get(2, "k", null, 20, 30));
        No("nothing writes", Failed(Set(1, "k", "a", 0, 10)), Get(2, "k", "a", 20, 30));
    }

    [Fact]
    public void A_delete_makes_absent()
    {
        Yes(Set(1, "k", "a", 0, 10), Delete(1, "k", 20, 30), Get(2, "k", null, 40, 50));
        No("overwritten", Set(1, "k", "a", 0, 10), Delete(1, "k", 20, 30), Get(2, "k", "a", 40, 50));
        Yes(Delete(1, "k", 0, 10), Get(2, "k", null, 20, 30));
    }

    [Fact]
    public void A_compare_and_set_swaps_exactly_on_what_it_expects()
    {
        Yes(Cas(1, "k", null, "a", true, 0, 10), Cas(1, "k", "a", "b", true, 20, 30), Get(1, "k", "b", 40, 50));
        No("", Set(1, "k", "a", 0, 10), Cas(2, "k", "b", "c", true, 20, 30));
        No("", Set(1, "k", "a", 0, 10), Cas(2, "k", "a", "c", false, 20, 30));
        Yes(Set(1, "k", "a", 0, 10), Cas(2, "k", "b", "c", false, 20, 30), Get(1, "k", "a", 40, 50));

        // Two that both swapped the same value: one of them lies.
        No("", Set(1, "k", "a", 0, 10), Cas(2, "k", "a", "b", true, 20, 90), Cas(3, "k", "a", "c", true, 20, 90));
    }

    [Fact]
    public void An_unknown_compare_and_set_takes_effect_only_on_what_it_expects()
    {
        Operation lost = Cas(1, "k", "a", "b", null, 0, null);
        No("", lost, Get(2, "k", "b", 10, 20));
        Yes(lost, Set(2, "k", "a", 10, 20), Get(2, "k", "b", 30, 40));
    }

    [Fact]
    public void A_value_found_by_a_write_is_checked()
    {
        Yes(Set(1, "k", "a", 0, 10), Set(1, "k", "b", 20, 30) with { Result = "a" });
        No("", Set(1, "k", "a", 0, 10), Set(1, "k", "b", 20, 30) with { Result = "c" });
    }

    [Fact]
    public void A_transaction_is_one_instant_over_several_keys()
    {
        Operation write = Txn(1, 0, 100, Part(OperationKind.Set, "x", "1"), Part(OperationKind.Set, "y", "1"));
        Yes(write, Txn(2, 10, 20, Read("x", null), Read("y", null)), Txn(2, 30, 40, Read("x", "1"), Read("y", "1")));
        CheckReport report = No("", write, Txn(2, 10, 20, Read("x", "1"), Read("y", null)));
        Assert.Equal("x,y", report.Key);
        Assert.Equal(1, report.Partitions);
        No("", write, Get(2, "x", "1", 10, 20), Get(2, "y", null, 30, 40));
        Yes(Txn(1, 0, 10, Part(OperationKind.Set, "x", "1"), Read("x", "1"), Part(OperationKind.Delete, "x", null), Read("x", null)));
    }

    [Fact]
    public void Keys_that_no_transaction_joins_are_judged_apart()
    {
        CheckReport report = Yes(Set(1, "a", "1", 0, 10), Set(1, "b", "1", 20, 30), Get(2, "c", null, 0, 10));
        Assert.Equal(3, report.Partitions);
        Assert.Equal(3, report.Operations);
    }

    [Fact]
    public void Extreme_times_and_clients_are_no_trouble()
    {
        const long last = (1L << 62) - 1;
        Yes(Set(long.MinValue, "k", "a", -last, 1 - last), Get(long.MaxValue, "k", "a", last - 1, last));
        No("", Set(1, "k", "a", -last, 1 - last), Get(2, "k", null, last - 1, last));
        Assert.Throws<HistoryException>(() => Yes(Get(1, "k", null, 0, long.MaxValue)));
        Assert.Throws<HistoryException>(() => Yes(Get(1, "k", null, long.MinValue, 0)));
    }

    [Theory]
    [InlineData("time")]
    [InlineData("memory")]
    [InlineData("configurations")]
    public void A_bound_that_is_reached_gives_unknown_and_never_a_yes(string bound)
    {
        // Repeated values and compare-and-sets: linearizable, but not to be seen without a search.
        var shape = new RandomShape { Operations = 20_000, Clients = 16, Values = 5, Length = 1000, Cas = 0.3 };
        List<Operation> operations = new RandomHistory(new Random(1), shape).Make();
        CheckLimits limits = bound switch
        {
            "time" => new CheckLimits { Time = TimeSpan.Zero },
            "memory" => new CheckLimits { MemoryBytes = 100 },
            _ => new CheckLimits { Configurations = 3 },
        };
        CheckReport report = LinearizabilityChecker.Check(new History(operations), limits);
        Assert.Equal(Verdict.Unknown, report.Verdict);
        Assert.Contains(bound, report.Reason, StringComparison.Ordinal);
        Assert.Equal("k0", report.Key);
        Assert.Equal(Verdict.Yes, LinearizabilityChecker.Check(new History(operations)).Verdict);
    }

    private static Operation Part(OperationKind kind, string key, string? value) => new() { Kind = kind, Key = key, Value = value };

    private static Operation Read(string key, string? result) => new() { Kind = OperationKind.Get, Key = key, Result = result };

    private static CheckReport Yes(params Operation[] operations)
    {
        CheckReport report = LinearizabilityChecker.Check(new History(operations));
        Assert.Equal(Verdict.Yes, report.Verdict);
        Assert.Null(report.Reason);
        return report;
    }

    private static CheckReport No(string reason, params Operation[] operations)
    {
        CheckReport report = LinearizabilityChecker.Check(new History(operations));
        Assert.Equal(Verdict.No, report.Verdict);
        Assert.Contains(reason, report.Reason, StringComparison.Ordinal);
        Assert.NotEmpty(report.Fragment);
        return report;
    }
}
