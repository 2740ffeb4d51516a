using System.Collections.Concurrent;
using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Paxi.Actors.Scheduling;
using Xunit;

namespace Paxi.Actors.Tests.Scheduling;

public sealed class DeadlineSchedulerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly DeadlineScheduler _scheduler = new(Config.Empty, NoLogger.Instance);
    private readonly BlockingCollection<string> _fired = [];

    private IActionScheduler Actions => _scheduler;

    public void Dispose()
    {
        _scheduler.Dispose();
        _fired.Dispose();
    }

    [Fact]
    public void What_is_due_first_fires_first_and_equals_in_the_order_of_their_calls()
    {
        using var gate = new ManualResetEventSlim();
        Actions.ScheduleOnce(TimeSpan.Zero, gate.Wait);
        foreach (var (name, delay) in new[] { ("c", 30), ("a", 10), ("d", 30), ("b", 20) })
        {
            Schedule(name, delay);
        }

        gate.Set();

        Assert.Equal(["a", "b", "c", "d"], Take(4));
    }

    [Fact]
    public void Nothing_fires_early()
    {
        foreach (var delay in new[] { 1, 3, 7, 20 })
        {
            var clock = Stopwatch.StartNew();
            Schedule("now", delay);
            Take(1);
            Assert.True(clock.Elapsed >= TimeSpan.FromMilliseconds(delay), $"{delay} ms became {clock.Elapsed}");
        }
    }

    /// <summary>So a beat wakes one thread, and what several timers of a moment send leaves together.</summary>
    [Fact]
    public void What_timers_cause_is_done_by_their_thread_behind_all_that_are_due()
    {
        using var gate = new ManualResetEventSlim();
        Actions.ScheduleOnce(TimeSpan.Zero, gate.Wait);
        foreach (var name in new[] { "a", "b" })
        {
            Actions.ScheduleOnce(TimeSpan.Zero, () =>
            {
                SocketThread.Turn(() => _fired.Add($"{name}'s work on {Thread.CurrentThread.Name}"));
                _fired.Add(name);
            });
        }

        gate.Set();

        Assert.Equal(["a", "b", "a's work on paxi timers", "b's work on paxi timers"], Take(4));
    }

    [Fact]
    public void An_earlier_deadline_wakes_a_scheduler_that_sleeps_for_a_later_one()
    {
        Schedule("in an hour", 3_600_000);
        Schedule("soon", 5);

        Assert.Equal(["soon"], Take(1));
    }

    [Fact]
    public void What_was_cancelled_does_not_fire()
    {
        using var before = new Cancelable(Actions);
        using var after = new Cancelable(Actions);
        before.Cancel();
        Actions.ScheduleOnce(TimeSpan.FromMilliseconds(1), () => _fired.Add("before"), before);
        Actions.ScheduleOnce(TimeSpan.FromMilliseconds(40), () => _fired.Add("after"), after);
        after.Cancel();
        Schedule("last", 60);

        Assert.Equal(["last"], Take(1));
    }

    [Fact]
    public void A_repetition_goes_on_until_it_is_cancelled()
    {
        using var cancelable = new Cancelable(Actions);
        Actions.ScheduleRepeatedly(TimeSpan.Zero, TimeSpan.FromMilliseconds(5), () => _fired.Add("again"), cancelable);
        Assert.Equal(["again", "again", "again"], Take(3));

        cancelable.Cancel();
        Schedule("last", 50);
        while (Take(1) is not ["last"])
        {
        }

        Assert.Empty(_fired);
    }

    [Fact]
    public void A_failing_action_ends_neither_the_others_nor_its_own_repetition()
    {
        var failures = 0;
        using var cancelable = new Cancelable(Actions);
        Actions.ScheduleRepeatedly(TimeSpan.Zero, TimeSpan.FromMilliseconds(1), () =>
        {
            if (++failures < 3)
            {
                throw new InvalidOperationException("as intended");
            }

            _fired.Add("third");
        }, cancelable);

        Assert.Equal(["third"], Take(1));
    }

    [Fact]
    public void Cancelled_entries_do_not_pile_up()
    {
        // A timer of ten minutes that is set anew a million times.
        for (var round = 0; round < 1_000_000; round++)
        {
            using var cancelable = new Cancelable(Actions);
            Actions.ScheduleOnce(TimeSpan.FromMinutes(10), () => _fired.Add("never"), cancelable);
            cancelable.Cancel();
        }

        Assert.InRange(_scheduler.Waiting, 0, 2048);
    }

    [Fact]
    public void After_the_end_nothing_fires_and_nothing_is_taken()
    {
        Schedule("later", 20);
        _scheduler.Dispose();
        Schedule("too late", 0);

        Assert.Equal(0, _scheduler.Waiting);
        Assert.Empty(_fired);
    }

    [Fact]
    public async Task A_system_runs_on_it()
    {
        var system = ActorSystem.Create("timers", ConfigurationFactory.ParseString("""
            akka { loglevel = OFF, stdout-loglevel = OFF, scheduler.implementation = "Paxi.Actors.Scheduling.DeadlineScheduler, Paxi.Actors" }
            """));
        var answer = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = system.ActorOf(Props.Create(() => new Waiter(answer)));
        system.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(2), actor, "told", ActorRefs.NoSender);

        Assert.Equal("told, then timed", await answer.Task.WaitAsync(Patience));
        Assert.IsType<DeadlineScheduler>(system.Scheduler);
        await system.Terminate().WaitAsync(Patience);
    }

    private void Schedule(string name, int milliseconds) => Actions.ScheduleOnce(TimeSpan.FromMilliseconds(milliseconds), () => _fired.Add(name));

    private List<string> Take(int count)
    {
        var taken = new List<string>();
        while (taken.Count < count)
        {
            Assert.True(_fired.TryTake(out var name, Patience), $"nothing fired behind {string.Join(", ", taken)}");
            taken.Add(name);
        }

        return taken;
    }

    private sealed class Waiter : ReceiveActor, IWithTimers
    {
        public Waiter(TaskCompletionSource<string> answer)
        {
            Receive<string>(text => text == "told", text => Timers.StartSingleTimer("timer", text + ", then timed", TimeSpan.FromMilliseconds(2)));
            Receive<string>(answer.SetResult);
        }

        public ITimerScheduler Timers { get; set; } = null!;
    }
}
