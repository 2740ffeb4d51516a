using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace Paxi.Actors.Scheduling;

/// <summary>
/// A scheduler for nodes and clients: one thread that sleeps until the next deadline. Akka's own wheel turns a hundred times a second whether there is
/// anything to do or not, which is most of what an idle replica costs, and makes 10 ms of every shorter delay; this one wakes when something is due, to
/// the millisecond. What a timer causes in the roles and the remoting this thread does itself, in a turn (<see cref="ThreadTurn"/>).
/// </summary>
public sealed class DeadlineScheduler : SchedulerBase, IDateTimeOffsetNowTimeProvider, IDisposable
{
    /// <summary>Below this many, entries that were cancelled may lie until they would be due.</summary>
    private const int SmallQueue = 1024;

    private static readonly TimeSpan JoinPatience = TimeSpan.FromSeconds(2);

    private readonly object _gate = new();
    private readonly PriorityQueue<Entry, (long Due, long Order)> _queue = new();
    private readonly List<Entry> _due = [];
    private readonly Thread _thread;
    private long _order;
    private int _sweepAt = SmallQueue;
    private bool _stopped;

    /// <summary>Made by Akka, from the key <c>akka.scheduler.implementation</c>.</summary>
    public DeadlineScheduler(Config config, ILoggingAdapter log) : base(config, log)
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "paxi timers" };
        _thread.Start();
    }

    public override TimeSpan MonotonicClock => TimeSpan.FromTicks(Ticks());

    public override TimeSpan HighResMonotonicClock => MonotonicClock;

    protected override DateTimeOffset TimeNow => DateTimeOffset.UtcNow;

    /// <summary>How much is scheduled, with what was cancelled and not swept yet.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _queue.Count;
            }
        }
    }

    /// <summary>What is not due yet is dropped, as is what comes later.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stopped = true;
            _queue.Clear();
            Monitor.Pulse(_gate);
        }

        if (Thread.CurrentThread != _thread)
        {
            _thread.Join(JoinPatience);
        }
    }

    protected override void InternalScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Add(delay, TimeSpan.Zero, new Telling(receiver, message, sender), cancelable);

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Add(initialDelay, interval, new Telling(receiver, message, sender), cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) =>
        Add(delay, TimeSpan.Zero, new Acting(action), cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable cancelable) =>
        Add(delay, TimeSpan.Zero, action, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Add(initialDelay, interval, new Acting(action), cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable cancelable) =>
        Add(initialDelay, interval, action, cancelable);

    private static long Ticks() => Stopwatch.GetElapsedTime(0).Ticks;

    private void Add(TimeSpan delay, TimeSpan interval, IRunnable work, ICancelable? cancelable)
    {
        if (cancelable is { IsCancellationRequested: true })
        {
            return;
        }

        var entry = new Entry(work, cancelable, interval.Ticks) { Due = Ticks() + Math.Max(0, delay.Ticks) };
        lock (_gate)
        {
            if (_stopped)
            {
                return;
            }

            Enqueue(entry);
            if (_queue.Peek() == entry)
            {
                Monitor.Pulse(_gate);
            }
        }
    }

    private void Enqueue(Entry entry)
    {
        _queue.Enqueue(entry, (entry.Due, _order++));
        if (_queue.Count >= _sweepAt)
        {
            SweepCancelled();
        }
    }

    /// <summary>Each time the queue has doubled since the last sweep, so that an entry is looked at a bounded number of times.</summary>
    private void SweepCancelled()
    {
        var live = _queue.UnorderedItems.Where(static item => item.Element.Cancelable is not { IsCancellationRequested: true }).ToArray();
        _queue.Clear();
        _queue.EnqueueRange(live);
        _sweepAt = Math.Max(SmallQueue, 2 * live.Length);
    }

    private void Run()
    {
        var firing = new Acting(FireDue);
        while (TakeDue())
        {
            ThreadTurn.Run(firing);
        }
    }

    /// <summary>What it causes comes behind all of it, so messages of the same moment leave together.</summary>
    private void FireDue()
    {
        foreach (var entry in _due)
        {
            Fire(entry);
        }

        _due.Clear();
    }

    /// <summary>Sleeps until something is due, and takes all of it; false when the scheduler was stopped.</summary>
    private bool TakeDue()
    {
        lock (_gate)
        {
            while (!_stopped)
            {
                var now = Ticks();
                while (_queue.TryPeek(out var entry, out _) && entry.Due <= now)
                {
                    _due.Add(_queue.Dequeue());
                    if (entry.Interval > 0 && entry.Cancelable is not { IsCancellationRequested: true })
                    {
                        // At a fixed rate, but what was missed (a process that stood still) is not made up for.
                        entry.NextDue = Math.Max(entry.Due + entry.Interval, now + 1);
                    }
                }

                if (_due.Count > 0)
                {
                    return true;
                }

                Monitor.Wait(_gate, _queue.TryPeek(out var next, out _) ? Milliseconds(next.Due - now) : Timeout.Infinite);
            }

            return false;
        }
    }

    /// <summary>Rounded up: a timer never fires early.</summary>
    private static int Milliseconds(long ticks) => (int)Math.Min(int.MaxValue, (ticks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond);

    private void Fire(Entry entry)
    {
        if (entry.Cancelable is { IsCancellationRequested: true })
        {
            return;
        }

        try
        {
            entry.Work.Run();
        }
        catch (Exception fault)
        {
            // As Akka's own scheduler: one bad action must not end the timers of the whole system.
            Log.Error(fault, "scheduled work failed");
        }

        if (entry.Interval > 0)
        {
            lock (_gate)
            {
                if (!_stopped)
                {
                    entry.Due = entry.NextDue;
                    Enqueue(entry);
                }
            }
        }
    }

    private sealed class Entry(IRunnable work, ICancelable? cancelable, long interval)
    {
        public IRunnable Work { get; } = work;

        public ICancelable? Cancelable { get; } = cancelable;

        /// <summary>Zero for once.</summary>
        public long Interval { get; } = interval;

        public long Due { get; set; }

        public long NextDue { get; set; }
    }

    private sealed class Telling(ICanTell receiver, object message, IActorRef sender) : IRunnable
    {
        public void Run() => receiver.Tell(message, sender);

        public void Execute() => Run();
    }

    private sealed class Acting(Action action) : IRunnable
    {
        public void Run() => action();

        public void Execute() => action();
    }
}
