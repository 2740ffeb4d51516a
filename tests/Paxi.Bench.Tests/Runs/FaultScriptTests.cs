using Paxi.Actors;
using Paxi.Bench.Cli;
using Paxi.Bench.Runs;
using Paxi.Node.Cli;
using Xunit;

namespace Paxi.Bench.Tests.Runs;

public sealed class FaultScriptTests
{
    private static readonly ReplicaId[] Members = [new(1, 1), new(1, 2), new(1, 3)];

    [Fact]
    public void Steps_are_read_in_the_order_of_their_times()
    {
        var steps = FaultScript.Parse("at 7s restart # all\n2.5s kill leader; 3s partition 1.1,1.2 for 2s\n4s slow 1.3 50ms for 1s;5s flaky owner 0.3 for 1.5s", Members, TimeSpan.FromSeconds(10));
        Assert.Equal(
            ["kill leader", "partition 1.1,1.2", "slow 1.3 50 ms", "flaky owner 0.3", "restart killed"], steps.Select(static step => step.ToString()));
        Assert.Equal([2.5, 3, 4, 5, 7], steps.Select(static step => step.At.TotalSeconds));
        Assert.Equal([null, 2.0, 1, 1.5, null], steps.Select(static step => step.For?.TotalSeconds));
    }

    [Theory]
    [InlineData("1s kill leader; 2s restart 1.3; 3s kill 1.3")]
    [InlineData("1s kill 1.1,1.1; 2s restart; 3s kill 1.1")]
    public void What_may_be_done_is_not_refused(string text) =>
        Assert.Equal(text.Split(';').Length, FaultScript.Parse(text, Members, TimeSpan.FromSeconds(10)).Count);

    [Theory]
    [InlineData("", "names no fault")]
    [InlineData("5 kill leader", "'5' where a time as in 5s belongs")]
    [InlineData("5s", "is no fault")]
    [InlineData("5s blow 1.1", "no fault blow; it may be kill, restart, partition, slow, flaky")]
    [InlineData("5s kill 2.1", "no replica 2.1; it may be leader, owner, 1.1, 1.2, 1.3")]
    [InlineData("5s kill", "is no fault")]
    [InlineData("5s kill 1.1 now", "is no fault")]
    [InlineData("15s kill 1.1", "after the end of the load, which is at 10s")]
    [InlineData("5s restart leader", "must name replicas")]
    [InlineData("5s partition 1.1,1.2,1.3 for 1s", "must leave some replica out")]
    [InlineData("5s partition 1.1", "is no fault")]
    [InlineData("5s partition 1.1 for 0s", "lasts no time")]
    [InlineData("1s restart", "the restart at 1s comes when no replica is killed")]
    [InlineData("1s restart 1.1", "'restart 1.1' at 1s comes when 1.1 is not killed")]
    [InlineData("1s kill 1.1; 2s restart 1.2", "'restart 1.2' at 2s comes when 1.2 is not killed")]
    [InlineData("1s kill 1.1; 2s kill 1.1", "'kill 1.1' at 2s comes when 1.1 is killed already")]
    [InlineData("1s kill leader; 2s restart; 3s restart", "the restart at 3s comes when no replica is killed")]
    [InlineData("5s slow 1.1 50 for 1s", "'50' where a time as in 50ms belongs")]
    [InlineData("5s flaky 1.1 1.5 for 1s", "'1.5' where a part from 0 to 1 belongs")]
    public void A_wrong_step_is_told_in_one_line(string text, string says)
    {
        var fault = Assert.Throws<UsageException>(() => FaultScript.Parse(text, Members, TimeSpan.FromSeconds(10)));
        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }
}
