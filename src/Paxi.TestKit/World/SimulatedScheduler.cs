using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace Paxi.TestKit.World;

/// <summary>
/// Akka's scheduler on the virtual time of a <see cref="SimulatedWorld"/>, through the clock of the system it belongs
/// to: delays are counted by that clock. Named in HOCON as <c>akka.scheduler.implementation</c>.
/// </summary>
public sealed class SimulatedScheduler : SchedulerBase
{
    /// <summary>Called by Akka while <see cref="SimulatedWorld.CreateSystem"/> runs.</summary>
    public SimulatedScheduler(Config config, ILoggingAdapter log)
        : base(config, log)
    {
        Host = SimulatedWorld.SystemBeingCreated ?? throw new InvalidOperationException(
            "the simulated scheduler works only in systems made by SimulatedWorld.CreateSystem");
    }

    /// <summary>The system that this scheduler serves; through it, the world.</summary>
    public SimulatedSystem Host { get; }

    public override TimeSpan MonotonicClock => Host.MonotonicNow;

    public override TimeSpan HighResMonotonicClock => Host.MonotonicNow;

    protected override DateTimeOffset TimeNow => Host.Now;

    protected override void InternalScheduleTellOnce(
        TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Add(delay, TimeSpan.Zero, receiver, message, sender, cancelable);

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay,
        TimeSpan interval,
        ICanTell receiver,
        object message,
        IActorRef sender,
        ICancelable cancelable) =>
        Add(initialDelay, interval, receiver, message, sender, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) =>
        Add(delay, TimeSpan.Zero, action, null, null, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable cancelable) =>
        Add(delay, TimeSpan.Zero, action, null, null, cancelable);

    protected override void InternalScheduleRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Add(initialDelay, interval, action, null, null, cancelable);

    protected override void InternalScheduleRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable cancelable) =>
        Add(initialDelay, interval, action, null, null, cancelable);

    private void Add(
        TimeSpan delay, TimeSpan interval, object target, object? message, IActorRef? sender, ICancelable? cancelable)
    {
        var work = new TimerWork
        {
            Target = target,
            Message = message,
            Sender = sender,
            Cancelable = cancelable,
            Owner = Host,
            Interval = interval.Ticks,
        };
        Host.World.AddTimer(Host.World.NowTicks + Host.Clock.TrueDelay(delay.Ticks), in work);
    }
}
