using System.Diagnostics;
using Akka.Actor;
using Akka.Dispatch;

namespace Paxi.TestKit.World;

/// <content>The loop.</content>
public sealed partial class SimulatedWorld
{
    /// <summary>
    /// Runs until <paramref name="until"/> holds, the virtual time <paramref name="within"/> has passed (time then stands
    /// exactly there), nothing is left to do, or <paramref name="stepLimit"/> is used up; whichever comes first.
    /// </summary>
    /// <param name="until">Asked before the first step and after each.</param>
    /// <param name="within">From now; null sets no deadline.</param>
    /// <param name="stepLimit">Bounds a run whose timers never end.</param>
    /// <exception cref="EscapedWorkException">Work came in from another thread.</exception>
    public RunOutcome Run(
        Func<bool>? until = null, TimeSpan? within = null, long stepLimit = DefaultStepLimit)
    {
        if (within is { } span)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(span, TimeSpan.Zero, nameof(within));
        }

        var deadline = within is { } bound ? checked(NowTicks + bound.Ticks) : long.MaxValue;
        EnterRun();
        try
        {
            return Loop(until, deadline, stepLimit);
        }
        finally
        {
            LeaveRun();
        }
    }

    /// <summary>Runs everything that happens within the next <paramref name="span"/>; time then stands there exactly.</summary>
    public RunOutcome Advance(TimeSpan span) => Run(within: span);

    /// <summary>Runs what is ready, and the timers that are due now; time does not pass.</summary>
    public RunOutcome Settle() => Run(within: TimeSpan.Zero);

    /// <summary>Runs one turn of one mailbox, or fires one timer; false when nothing is left to do at any time.</summary>
    public bool Step()
    {
        EnterRun();
        try
        {
            return StepOnce(long.MaxValue);
        }
        finally
        {
            LeaveRun();
        }
    }

    private RunOutcome Loop(Func<bool>? until, long deadline, long stepLimit)
    {
        while (true)
        {
            if (until is not null && until())
            {
                return RunOutcome.Satisfied;
            }

            if (stepLimit-- <= 0)
            {
                return RunOutcome.StepLimit;
            }

            if (!StepOnce(deadline))
            {
                if (deadline == long.MaxValue)
                {
                    return RunOutcome.Quiescent;
                }

                NowTicks = deadline;
                return HasTimers() ? RunOutcome.Deadline : RunOutcome.Quiescent;
            }
        }
    }

    private bool StepOnce(long deadline)
    {
        if (_escaped is not null)
        {
            ThrowEscaped();
        }

        while (_ready.Count > 0)
        {
            var ready = _shuffle is null ? _ready.Dequeue() : _ready.DequeueAny(_shuffle);
            if (RunReady(in ready))
            {
                return true;
            }
        }

        while (HasTimers() && _timers.NextTime <= deadline)
        {
            if (Fire())
            {
                return true;
            }
        }

        return false;
    }

    private bool RunReady(in ReadyWork ready)
    {
        var owner = ready.Owner;
        if (owner is not null)
        {
            if (owner.IsDead)
            {
                return false;
            }

            if (owner.IsPaused)
            {
                owner.Hold(in ready);
                return false;
            }

            _hash.Add((ulong)owner.Index);
        }

        Steps++;
        ready.Work.Run();
        StopChildren();
        return true;
    }

    private bool HasTimers()
    {
        while (_timers.Count > 0 && _timers.IsNextDone)
        {
            _timers.Remove(out _, out _);
        }

        return _timers.Count > 0;
    }

    private bool Fire()
    {
        var timer = _timers.Remove(out var time, out var sequence);
        NowTicks = time;
        if (timer.Owner is { IsPaused: true } paused)
        {
            paused.Hold(in timer);
            return false;
        }

        _hash.Add(time);
        _hash.Add(sequence);
        Steps++;
        switch (timer.Target)
        {
            case IRunnable runnable:
                runnable.Run();
                break;
            case Action action:
                action();
                break;
            case ICanTell target:
                target.Tell(timer.Message!, timer.Sender ?? ActorRefs.NoSender);
                break;
            default:
                throw new UnreachableException($"a timer whose target is a {timer.Target.GetType()}");
        }

        if (timer.Interval > 0 && !timer.IsDone)
        {
            AddTimer(NowTicks + Math.Max(1, timer.Owner?.Clock.TrueDelay(timer.Interval) ?? timer.Interval), in timer);
        }

        return true;
    }
}
