using Akka.Actor;
using Akka.Event;
using Paxi.TestKit.World;
using Xunit;

namespace Paxi.TestKit.Tests.World;

public sealed class SimulatedWorldTests : IDisposable
{
    private readonly SimulatedWorld _world = new(seed: 1);
    private readonly List<string> _log = [];

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Timers_fire_at_their_exact_time_and_in_the_order_they_were_set()
    {
        _world.ScheduleOnce(TimeSpan.FromMilliseconds(5), () => Log("c"));
        _world.ScheduleOnce(TimeSpan.FromTicks(1), () => Log("a"));
        _world.ScheduleOnce(TimeSpan.FromMilliseconds(5), () => Log("d"));
        _world.ScheduleOnce(TimeSpan.FromMilliseconds(4), () => Log("b"));

        Assert.Equal(RunOutcome.Quiescent, _world.Run());
        Assert.Equal(["a 1", "b 40000", "c 50000", "d 50000"], _log);
    }

    [Fact]
    public void A_thousand_timers_fire_in_order_of_time_and_cancelled_ones_do_not()
    {
        var fired = new List<long>();
        var random = _world.Random.Fork("test");
        var system = _world.CreateSystem("s").ActorSystem;
        var kept = 0;
        for (var i = 0; i < 5_000; i++)
        {
            var cancelable = new Cancelable(system.Scheduler);
            system.Scheduler.Advanced.ScheduleOnce(
                TimeSpan.FromTicks(random.Next(100_000)), () => fired.Add(_world.NowTicks), cancelable);
            if (i % 3 == 0)
            {
                cancelable.Cancel();
            }
            else
            {
                kept++;
            }
        }

        _world.Run();
        Assert.Equal(kept, fired.Count);
        Assert.Equal(fired.Order(), fired);
    }

    [Fact]
    public void Advance_stops_at_its_time_exactly()
    {
        _world.ScheduleOnce(TimeSpan.FromMilliseconds(10), () => Log("at"));
        _world.ScheduleOnce(TimeSpan.FromMilliseconds(10.0001), () => Log("after"));

        Assert.Equal(RunOutcome.Deadline, _world.Advance(TimeSpan.FromMilliseconds(10)));
        Assert.Equal(["at 100000"], _log);
        Assert.Equal(TimeSpan.FromMilliseconds(10), _world.Now);
    }

    [Fact]
    public void A_run_ends_by_its_condition_its_deadline_or_its_steps()
    {
        var system = _world.CreateSystem("s").ActorSystem;
        var count = 0;
        system.Scheduler.Advanced.ScheduleRepeatedly(
            TimeSpan.Zero, TimeSpan.FromMilliseconds(1), () => count++);

        Assert.Equal(RunOutcome.Satisfied, _world.Run(() => count == 7));
        Assert.Equal(TimeSpan.FromMilliseconds(6), _world.Now);
        Assert.Equal(RunOutcome.Deadline, _world.Run(() => count == 99, TimeSpan.FromMilliseconds(3)));
        Assert.Equal(10, count);
        Assert.Equal(RunOutcome.StepLimit, _world.Run(stepLimit: 5));
        Assert.True(_world.Step());
    }

    [Fact]
    public void Actors_see_virtual_time_in_every_way()
    {
        var system = _world.CreateSystem("s").ActorSystem;
        system.ActorOf(Props.Create(() => new Sleeper(this)));

        _world.Advance(TimeSpan.FromHours(1));

        Assert.Equal(["timer 70000000", "silence 90000000"], _log);
        Assert.Equal(SimulatedWorld.Epoch + TimeSpan.FromHours(1), system.Scheduler.Now);
        Assert.Equal(TimeSpan.FromHours(1), system.Scheduler.MonotonicClock);
    }

    [Fact]
    public void A_fast_clock_fires_early_and_a_slow_one_late()
    {
        var fast = _world.CreateSystem("fast");
        var slow = _world.CreateSystem("slow");
        fast.Drift(100_000);
        slow.Drift(-200_000);
        Schedule(fast, TimeSpan.FromSeconds(11), () => Log("fast"));
        Schedule(slow, TimeSpan.FromSeconds(8), () => Log("slow"));

        _world.Run();

        Assert.Equal(["fast 100000000", "slow 100000000"], _log);
        Assert.Equal(TimeSpan.FromSeconds(11), fast.MonotonicNow);
        Assert.Equal(TimeSpan.FromSeconds(8), slow.MonotonicNow);
        slow.Drift(0);
        _world.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(9), slow.MonotonicNow);
    }

    [Fact]
    public void A_step_moves_the_wall_clock_only()
    {
        var system = _world.CreateSystem("s");
        Schedule(system, TimeSpan.FromSeconds(2), () => Log("timer"));
        _world.Advance(TimeSpan.FromSeconds(1));
        system.StepClock(TimeSpan.FromMinutes(-5));

        Assert.Equal(SimulatedWorld.Epoch.AddSeconds(1).AddMinutes(-5), system.ActorSystem.Scheduler.Now);
        Assert.Equal(TimeSpan.FromSeconds(1), system.MonotonicNow);
        _world.Run();
        Assert.Equal(["timer 20000000"], _log);
    }

    [Fact]
    public void A_paused_system_holds_everything_and_goes_on_where_it_stopped()
    {
        var system = _world.CreateSystem("s");
        var other = _world.CreateSystem("other");
        var echo = system.ActorSystem.ActorOf(Props.Create(() => new Echo(this)));
        Schedule(system, TimeSpan.FromSeconds(2), () => Log("timer"));
        Schedule(other, TimeSpan.FromSeconds(2), () => Log("other"));
        _world.Settle();
        system.Pause();
        echo.Tell("one");
        echo.Tell("two");
        _world.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(["other 20000000"], _log);

        system.Resume();
        _world.Run();
        Assert.Equal(["other 20000000", "one 50000000", "two 50000000", "timer 50000000"], Sorted());

        // The order between the two mailbox turns and the timer is the world's; only the set is promised here.
        List<string> Sorted() => [.. _log.OrderBy(line => line.StartsWith("other", StringComparison.Ordinal) ? 0
            : line.StartsWith("one", StringComparison.Ordinal) ? 1 : line.StartsWith("two", StringComparison.Ordinal) ? 2 : 3)];
    }

    [Fact]
    public void A_killed_system_never_acts_again_and_its_name_can_return()
    {
        var system = _world.CreateSystem("s");
        var echo = system.ActorSystem.ActorOf(Props.Create(() => new Echo(this)));
        Schedule(system, TimeSpan.FromSeconds(2), () => Log("timer"));
        echo.Tell("before");
        _world.Settle();
        echo.Tell("queued");
        system.Kill();
        echo.Tell("after");
        _world.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(["before 0"], _log);

        var successor = _world.CreateSystem("s");
        successor.ActorSystem.ActorOf(Props.Create(() => new Echo(this))).Tell("again");
        _world.Run();
        Assert.Equal(["before 0", "again 30000000"], _log);
        Assert.Same(successor, SimulatedSystem.Of(successor.ActorSystem));
    }

    [Fact]
    public void An_actor_that_hands_work_to_the_thread_pool_fails_the_run()
    {
        var system = _world.CreateSystem("s").ActorSystem;
        var echo = system.ActorOf(Props.Create(() => new Echo(this)), "echo");
        _world.Settle();
        var worker = new Thread(() => echo.Tell("from elsewhere"));
        worker.Start();
        worker.Join();

        var escaped = Assert.Throws<EscapedWorkException>(() => _world.Run());
        Assert.StartsWith("String to /user/echo came from thread", escaped.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(An_actor_that_hands_work_to_the_thread_pool_fails_the_run), escaped.Message, StringComparison.Ordinal);
        Assert.Throws<EscapedWorkException>(_world.ThrowIfFailed);
        Assert.DoesNotContain("from elsewhere 0", _log);
    }

    [Fact]
    public void PipeTo_of_a_pool_task_fails_the_run()
    {
        var system = _world.CreateSystem("s").ActorSystem;
        using var mayEnd = new ManualResetEventSlim();
        var task = Task.Run(mayEnd.Wait);
        var ended = task.PipeTo(system.ActorOf(Props.Create(() => new Echo(this))), success: () => "piped");
        _world.Run();
        mayEnd.Set();
        Assert.True(SpinWait.SpinUntil(() => ended.IsCompleted, TimeSpan.FromSeconds(10)));

        Assert.Throws<EscapedWorkException>(() => _world.Run());
    }

    [Fact]
    public void An_exception_in_an_actor_is_a_failure_unless_it_was_expected()
    {
        var echo = _world.CreateSystem("s").ActorSystem.ActorOf(Props.Create(() => new Echo(this)), "echo");
        _world.IsExpected = failure => failure.Cause is ArgumentException;
        echo.Tell(new ArgumentException("planned"));
        _world.Run();
        _world.ThrowIfFailed();

        _world.Advance(TimeSpan.FromSeconds(1));
        echo.Tell(new InvalidOperationException("unplanned"));
        _world.Run();

        var failure = Assert.Single(_world.Failures);
        Assert.Equal((TimeSpan.FromSeconds(1), "s", "unplanned"), (failure.At, failure.System, failure.Cause!.Message));
        var thrown = Assert.Throws<WorldFailedException>(_world.ThrowIfFailed);
        Assert.Contains("unplanned", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_logged_error_is_a_failure()
    {
        _world.CreateSystem("s").ActorSystem.Log.Error("it is {0}", "wrong");
        Assert.Equal("it is wrong", Assert.Single(_world.Failures).Message);
    }

    [Fact]
    public void Terminated_comes_to_watchers_in_the_order_they_watched()
    {
        var system = _world.CreateSystem("s").ActorSystem;
        var target = system.ActorOf(Props.Create(() => new Echo(this)));
        for (var i = 0; i < 10; i++)
        {
            var number = i;
            system.ActorOf(Props.Create(() => new Watcher(this, target, number)));
        }

        _world.Run();
        target.Tell(PoisonPill.Instance);
        _world.Run();
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"terminated {i} 0"), _log);
    }

    [Fact]
    public void Two_living_systems_cannot_share_a_name()
    {
        _world.CreateSystem("s");
        Assert.Throws<ArgumentException>(() => _world.CreateSystem("s"));
    }

    private static void Schedule(SimulatedSystem system, TimeSpan delay, Action action) =>
        system.ActorSystem.Scheduler.Advanced.ScheduleOnce(delay, action);

    private void Log(string text) => _log.Add($"{text} {_world.NowTicks}");

    private sealed class Echo : UntypedActor
    {
        private readonly SimulatedWorldTests _test;

        public Echo(SimulatedWorldTests test) => _test = test;

        protected override void OnReceive(object message)
        {
            if (message is Exception planned)
            {
                throw planned;
            }

            _test.Log((string)message);
        }
    }

    private sealed class Watcher : UntypedActor
    {
        private readonly SimulatedWorldTests _test;
        private readonly int _number;

        public Watcher(SimulatedWorldTests test, IActorRef target, int number)
        {
            _test = test;
            _number = number;
            Context.Watch(target);
        }

        protected override void OnReceive(object message)
        {
            Assert.IsType<Terminated>(message);
            _test.Log($"terminated {_number}");
        }
    }

    private sealed class Sleeper : UntypedActor, IWithTimers
    {
        private readonly SimulatedWorldTests _test;

        public Sleeper(SimulatedWorldTests test) => _test = test;

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart()
        {
            Timers.StartSingleTimer("timer", "timer", TimeSpan.FromSeconds(7));
            Context.SetReceiveTimeout(TimeSpan.FromSeconds(2));
            Self.Tell("start");
        }

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case "start":
                    Context.SetReceiveTimeout(TimeSpan.FromSeconds(8));
                    break;
                case ReceiveTimeout:
                    _test.Log("silence");
                    Context.SetReceiveTimeout(null);
                    break;
                default:
                    _test.Log((string)message);
                    Context.SetReceiveTimeout(TimeSpan.FromSeconds(2));
                    break;
            }
        }
    }
}
