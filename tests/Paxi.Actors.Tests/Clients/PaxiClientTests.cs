using Akka.Actor;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Xunit;

namespace Paxi.Actors.Tests.Clients;

/// <summary>The typed client. Its tasks end on the world's thread; only continuations run elsewhere.</summary>
public sealed class PaxiClientTests : ClientSpec
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void Typed_methods_bring_what_the_replica_says()
    {
        var client = StartTyped();
        Assert.Null(Do(client.SetAsync("k", "a"), opens: true));
        Assert.Equal("a", Do(client.SetAsync("k", "b")));
        Assert.Equal("b", Do(client.GetStringAsync("k")));
        Assert.Equal("b", Text(Do(client.GetAsync("k"))));
        Assert.Equal(new Swap<string?>(true, "b"), Do(client.CompareAndSetAsync("k", "b", "c")));
        Assert.Equal(new Swap<string?>(false, "c"), Do(client.CompareAndSetAsync("k", null, "d")));
        Assert.Equal(["a", "b", "c"], (Do(client.HistoryAsync("k"))).Select(version => Text(version)));
        Assert.Equal("c", Text((Do(client.TransactAsync([new Get("k"), new Delete("k")])))[1].Value));
        Assert.Null(Do(client.DeleteAsync("k")));
        Assert.Null(Do(client.GetAsync("k", ReadMode.Quorum)));
    }

    [Fact]
    public void Failed_and_unknown_are_different_exceptions_and_sending_throws_neither()
    {
        var client = StartTyped();
        Assert.IsType<PaxiFailedException>(Fault(client.SetAsync("", "v")));
        Assert.Equal(Outcome.Failed, End(client.SendAsync(new Set("", default))).Outcome);

        Do(client.SetAsync("k", "v"), opens: true);
        var set = client.SetAsync("k", "w");
        Next();
        World.Advance(TimeSpan.FromSeconds(11));
        var unknown = Assert.IsType<PaxiUnknownOutcomeException>(Fault(set));
        Assert.Equal(Outcome.Unknown, unknown.Reply.Outcome);
        Assert.Contains("timed out", unknown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_comes_while_the_actor_is_busy_goes_in_one_block()
    {
        StartOpen();
        var client = new PaxiClient(Client);
        var tasks = Enumerable.Range(0, 100).Select(n => client.SendAsync(new Get($"k{n}"))).ToArray();
        var block = Next();
        Assert.Equal(100, block.Sequences.Length);
        Answer(block);
        World.Settle();
        Assert.All(tasks, task => Assert.Equal(Outcome.Done, task.Result.Outcome));
    }

    [Fact]
    public void Cancelled_before_it_is_sent_it_has_failed_and_is_never_sent()
    {
        var client = StartTyped();
        using var cancellation = new CancellationTokenSource();
        var set = client.SendAsync(new Set("k", Bytes("v")), cancellation.Token);
        var open = Next();
        cancellation.Cancel();
        World.Settle();
        Assert.Equal(Outcome.Failed, End(set).Outcome);
        Answer(open);
        ExpectSilence(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Cancelled_in_the_intake_it_is_never_sent()
    {
        StartOpen();
        var intake = new ClientIntake(Client);
        var completion = new TaskCompletionSource<Reply>(TaskCreationOptions.RunContinuationsAsynchronously);
        var command = PendingCommand.Of(new Set("k", Bytes("v")), completion);
        Client.Tell(new ClientActor.CancelCommand(command));
        intake.Add(command);
        World.Settle();
        Assert.Equal(Outcome.Failed, End(completion.Task).Outcome);
        ExpectSilence(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Cancelled_before_the_call_it_is_never_sent()
    {
        StartOpen();
        Assert.Equal(Outcome.Failed, End(new PaxiClient(Client).SendAsync(new Get("k"), new CancellationToken(true))).Outcome);
        ExpectSilence(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Cancelled_after_it_was_sent_it_is_unknown_and_its_late_copy_has_no_effect()
    {
        StartOpen();
        var client = new PaxiClient(Client);
        using var cancellation = new CancellationTokenSource();
        var set = client.SendAsync(new Set("k", Bytes("old")), cancellation.Token);
        var lost = Next();
        cancellation.Cancel();
        World.Settle();
        Assert.Equal(Outcome.Unknown, End(set).Outcome);

        Do(client.SetAsync("k", "new"));
        Answer(lost);
        ExpectSilence(TimeSpan.FromSeconds(20));
        Assert.Equal("new", Do(client.GetStringAsync("k")));
    }

    [Fact]
    public void Cancelled_commands_do_not_pile_up()
    {
        StartOpen(Defaults with { MaxOutstanding = 1, MaxWaiting = 10 });
        Send(new Get("first"));
        Next();
        var client = new PaxiClient(Client);
        for (var round = 0; round < 1000; round++)
        {
            using var cancellation = new CancellationTokenSource();
            var get = client.SendAsync(new Get("k"), cancellation.Token);
            World.Settle();
            cancellation.Cancel();
            World.Settle();
            var reply = End(get);
            Assert.Equal("cancelled before it was sent", reply.Error);
        }
    }

    [Fact]
    public void The_intake_is_bounded()
    {
        StartOpen();
        var client = new PaxiClient(Client);
        var command = new Get("k");
        for (var left = ClientIntake.Capacity; left > 0; left--)
        {
            _ = client.SendAsync(command);
        }

        Assert.Equal("overloaded, retry", End(client.SendAsync(command)).Error);
    }

    private PaxiClient StartTyped()
    {
        Start();
        return new PaxiClient(Client);
    }

    /// <summary>Answers what the client sends until the task has ended.</summary>
    private T Do<T>(Task<T> task, bool opens = false)
    {
        if (opens)
        {
            Answer(Next());
        }

        Answer(Next());
        World.Settle();
        return End(task);
    }

    /// <summary>The task has ended in the world; only a continuation may still be on its way on another thread.</summary>
    private static T End<T>(Task<T> task)
    {
        Assert.True(task.Wait(Patience), "it never ended");
        return task.Result;
    }

    private static Exception Fault(Task task) => Assert.Throws<AggregateException>(() => task.Wait(Patience)).InnerException!;
}
