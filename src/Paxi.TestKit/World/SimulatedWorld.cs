using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;
using Paxi.Actors.Replicas;

namespace Paxi.TestKit.World;

/// <summary>
/// Any number of actor systems on one thread and in virtual time. What is ready runs first in, first out; when nothing is
/// ready, time jumps to the next timer. The same seed and the same calls give the same run, and the same
/// <see cref="Hash"/>, in any process. Time is in ticks of 100 ns. One thread drives a world; worlds on different threads do
/// not touch each other.
/// </summary>
public sealed partial class SimulatedWorld : IDisposable
{
    /// <summary>The default bound on the steps of one call of <see cref="Run"/>.</summary>
    public const long DefaultStepLimit = 100_000_000;

    /// <summary>The wall time at which every world begins.</summary>
    public static readonly DateTimeOffset Epoch = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [ThreadStatic]
    private static SimulatedSystem? s_systemBeingCreated;

    private readonly WorkQueue _ready;
    private readonly TimerQueue _timers;
    private readonly List<SimulatedSystem> _systems = [];
    private readonly SeededRandom? _shuffle;
    private bool _isDisposed;

    public SimulatedWorld(ulong seed)
        : this(new WorldOptions { Seed = seed })
    {
    }

    public SimulatedWorld(WorldOptions? options = null)
    {
        Options = options ?? new WorldOptions();
        _ready = new WorkQueue(Options.LargestQueue);
        _timers = new TimerQueue(Options.LargestQueue);
        Random = new SeededRandom(Options.Seed);
        _shuffle = Options.ShuffleReadyWork ? Random.Fork("shuffle") : null;
        _driver = Environment.CurrentManagedThreadId;
    }

    /// <summary>HOCON that puts a system into the world; <see cref="CreateSystem"/> adds it by itself.</summary>
    public static Config DefaultConfig => WorldConfiguration.Default;

    public WorldOptions Options { get; }

    /// <summary>The source of every choice; take a stream of your own from it by <see cref="SeededRandom.Fork"/>.</summary>
    public SeededRandom Random { get; }

    /// <summary>True virtual time since the beginning.</summary>
    public TimeSpan Now => TimeSpan.FromTicks(NowTicks);

    /// <summary>True virtual time since the beginning, in ticks of 100 ns.</summary>
    public long NowTicks { get; private set; }

    /// <summary>Turns of mailboxes and timers that fired, so far.</summary>
    public long Steps { get; private set; }

    /// <summary>Every system made so far, the dead included, in order of creation.</summary>
    public IReadOnlyList<SimulatedSystem> Systems => _systems;

    internal static SimulatedSystem? SystemBeingCreated => s_systemBeingCreated;

    /// <summary>
    /// Makes an actor system that lives in this world. A name may come again once the system that had it is dead.
    /// </summary>
    /// <param name="name">Unique among the living systems.</param>
    /// <param name="extra">Configuration that goes before <see cref="DefaultConfig"/>; parse it once, not per system.</param>
    /// <param name="clock">The clock of the machine that it runs on; a new one, exact, when null.</param>
    public SimulatedSystem CreateSystem(string name, Config? extra = null, SimulatedClock? clock = null)
    {
        CheckDriver();
        if (_systems.Exists(system => !system.IsDead && system.Name == name))
        {
            throw new ArgumentException($"a system named {name} lives in this world already", nameof(name));
        }

        var system = new SimulatedSystem(this, name, _systems.Count, clock ?? new SimulatedClock());
        _systems.Add(system);
        var outer = s_systemBeingCreated;
        s_systemBeingCreated = system;
        try
        {
            Record("create", name);
            var config = extra is null || extra.IsEmpty ? DefaultConfig : extra.WithFallback(DefaultConfig);
            var actorSystem = ActorSystem.Create(name, config);
            system.Attach(actorSystem);
            actorSystem.EventStream.Subscribe(new FailureListener(system), typeof(Error));
        }
        finally
        {
            s_systemBeingCreated = outer;
        }

        return system;
    }

    /// <summary>Calls <paramref name="action"/> after a virtual delay.</summary>
    /// <param name="delay">At least zero; zero comes after everything that is ready now.</param>
    /// <param name="action">Runs on the world's thread.</param>
    /// <param name="owner">Held back while this system is paused, dropped when it is dead; null for the world itself.</param>
    public void ScheduleOnce(TimeSpan delay, Action action, SimulatedSystem? owner = null) =>
        ScheduleWork(delay.Ticks, action, owner);

    /// <summary>Runs <paramref name="work"/> after a virtual delay; the form for hot paths.</summary>
    public void ScheduleOnce(long delayTicks, IRunnable work, SimulatedSystem? owner = null) =>
        ScheduleWork(delayTicks, work, owner);

    /// <summary>Tells <paramref name="target"/> a message after a virtual delay.</summary>
    public void ScheduleTellOnce(
        TimeSpan delay, ICanTell target, object message, IActorRef? sender = null, SimulatedSystem? owner = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        var work = new TimerWork { Target = target, Message = message, Sender = sender, Owner = owner };
        AddTimer(NowTicks + delay.Ticks, in work);
    }

    /// <summary>
    /// Forgets the world: kills every system without ceremony. Akka's own termination would need the real clock and other
    /// threads, and tens of milliseconds a system.
    /// </summary>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        foreach (var system in _systems)
        {
            system.Forget();
        }

        _ready.Clear();
        _timers.Clear();
    }

    internal void AddTimer(long time, in TimerWork work)
    {
        if (!IsOfThisThread(work.Target) || _isDisposed || work.Owner is { IsDead: true })
        {
            return;
        }

        if (time < NowTicks)
        {
            throw new InvalidOperationException($"a timer at {time} lies before now, {NowTicks}: a delay overflowed?");
        }

        _timers.Add(time, in work);
    }

    internal void Enqueue(IRunnable work, SimulatedSystem owner)
    {
        if (!IsOfThisThread(work) || _isDisposed || owner.IsDead)
        {
            return;
        }

        _ready.Enqueue(new ReadyWork(work, owner));
    }

    private void ScheduleWork(long delayTicks, object work, SimulatedSystem? owner)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(delayTicks);
        ArgumentNullException.ThrowIfNull(work);
        var timer = new TimerWork { Target = work, Owner = owner };
        AddTimer(NowTicks + delayTicks, in timer);
    }
}
