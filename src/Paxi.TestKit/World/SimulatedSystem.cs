using Akka.Actor;

namespace Paxi.TestKit.World;

/// <summary>
/// An actor system inside a <see cref="SimulatedWorld"/>, with its own clock, which the world can pause, resume and kill.
/// </summary>
public sealed class SimulatedSystem
{
    private readonly Queue<ReadyWork> _heldWork = new();
    private readonly Queue<TimerWork> _heldTimers = new();
    private ActorSystem? _actorSystem;

    internal SimulatedSystem(SimulatedWorld world, string name, int index, SimulatedClock clock)
    {
        World = world;
        Name = name;
        Index = index;
        Clock = clock;
    }

    public SimulatedWorld World { get; }

    public string Name { get; }

    /// <summary>The position in the order of creation; it stands for the system in the trace hash.</summary>
    public int Index { get; }

    public ActorSystem ActorSystem =>
        _actorSystem ?? throw new InvalidOperationException($"the system {Name} is still being created");

    /// <summary>May be shared by the systems that ran on one machine, one after another.</summary>
    public SimulatedClock Clock { get; }

    /// <summary>Paused: nothing of it runs, and nothing is lost; see <see cref="Pause"/>.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>Killed: nothing of it runs ever again.</summary>
    public bool IsDead { get; private set; }

    /// <summary>Called once when the system is killed, before anything else runs; not when the world is disposed of.</summary>
    public event Action? Killed;

    /// <summary>The wall time that this system's actors read.</summary>
    public DateTimeOffset Now => SimulatedWorld.Epoch.AddTicks(Clock.Wall(World.NowTicks));

    /// <summary>The monotonic time that this system's actors read.</summary>
    public TimeSpan MonotonicNow => TimeSpan.FromTicks(Clock.Monotonic(World.NowTicks));

    /// <summary>The world's handle for an actor system that lives in one.</summary>
    /// <exception cref="ArgumentException">The system is not of a simulated world.</exception>
    public static SimulatedSystem Of(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return system.Scheduler is SimulatedScheduler scheduler
            ? scheduler.Host
            : throw new ArgumentException($"the actor system {system.Name} is not part of a simulated world");
    }

    /// <summary>
    /// Holds back every mailbox and timer of the system, as a long garbage collection or a suspended virtual machine
    /// does. Messages to it queue up; its clock goes on.
    /// </summary>
    public void Pause()
    {
        World.Record("pause", Name);
        IsPaused = true;
    }

    /// <summary>Lets the system run again: first what was ready, then the timers that fell due, in their order.</summary>
    public void Resume()
    {
        if (!IsPaused)
        {
            return;
        }

        World.Record("resume", Name);
        IsPaused = false;
        while (_heldWork.TryDequeue(out var ready))
        {
            World.Enqueue(ready.Work, this);
        }

        while (_heldTimers.TryDequeue(out var timer))
        {
            World.AddTimer(World.NowTicks, in timer);
        }
    }

    /// <summary>
    /// Ends the system as SIGKILL ends a process: no actor of it runs again, no PostStop, its mailboxes are dropped and its
    /// timers never fire. When an actor of it is running, that turn ends and has no further effect in the world.
    /// </summary>
    public void Kill()
    {
        if (IsDead)
        {
            return;
        }

        World.Record("kill", Name);
        Forget();
        Killed?.Invoke();
    }

    /// <summary>
    /// Makes the clock run fast (positive) or slow (negative) from now on. Timers that are already set keep the true
    /// time at which they fire.
    /// </summary>
    /// <param name="partsPerMillion">Within plus or minus <see cref="SimulatedClock.LargestDrift"/>.</param>
    public void Drift(long partsPerMillion)
    {
        World.Record("drift", Name, partsPerMillion);
        Clock.SetDrift(World.NowTicks, partsPerMillion);
    }

    /// <summary>Steps the wall time, as a correction by NTP does; the monotonic time and the timers do not notice.</summary>
    public void StepClock(TimeSpan by)
    {
        World.Record("step-clock", Name, by.Ticks);
        Clock.Step(by.Ticks);
    }

    /// <summary>Kills without a word, when the world itself ends.</summary>
    internal void Forget()
    {
        IsDead = true;
        _heldWork.Clear();
        _heldTimers.Clear();
    }

    internal void Attach(ActorSystem actorSystem) => _actorSystem = actorSystem;

    internal void Hold(in ReadyWork ready) => _heldWork.Enqueue(ready);

    internal void Hold(in TimerWork timer) => _heldTimers.Enqueue(timer);
}
