using System.Collections.Concurrent;
using Akka.Configuration;
using Akka.Dispatch;

namespace Paxi.Actors.Scheduling;

/// <summary>
/// For the roles of a replica: one actor at a time, so a hop between roles costs no wake-up of a thread. While there is nothing to do, the thread that brings a message, from a
/// socket or as a timer, does what the message causes (<see cref="ThreadTurn"/>), so that a lone message wakes nobody. Whatever comes from elsewhere, and whatever is too much for a turn, is done by
/// a thread of its own; under load, therefore, sockets and roles go on side by side.
/// </summary>
public sealed class RoleDispatcher : MessageDispatcher, IRunnable
{
    /// <summary>Mailboxes in a row on a thread that brings a message.</summary>
    private const int LongestTurn = 32;

    /// <summary>How often the own thread looks again before it sleeps: what it sent is often answered at once.</summary>
    private const int Looks = 35;

    private readonly ConcurrentQueue<IRunnable> _queue = new();
    private readonly object _gate = new();
    private readonly string _name;

    /// <summary>Mailboxes that wait or run. Whoever takes it from zero to one sees to it that all are run.</summary>
    private int _count;

    private bool _isThreadNeeded;
    private bool _hasThread;
    private bool _isShutDown;

    /// <param name="throughput">Messages of one actor at a time.</param>
    public RoleDispatcher(MessageDispatcherConfigurator configurator, string name, int throughput)
        : base(configurator) => (_name, Throughput) = (name, throughput);

    void IRunnable.Run() => Drain(LongestTurn);

    void IThreadPoolWorkItem.Execute() => Drain(LongestTurn);

    protected override void ExecuteTask(IRunnable run)
    {
        _queue.Enqueue(run);
        if (Interlocked.Increment(ref _count) > 1)
        {
            return;
        }

        if (ThreadTurn.IsRunning)
        {
            ThreadTurn.Run(this);
        }
        else
        {
            WakeThread();
        }
    }

    /// <summary>Called when the last actor has been gone for a while; another one may come.</summary>
    protected override void Shutdown()
    {
        lock (_gate)
        {
            _isShutDown = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Runs what waits, up to <paramref name="most"/> of it; if more is left, the own thread goes on.</summary>
    private void Drain(int most)
    {
        for (var done = 0; done < most; done++)
        {
            // It is there: whoever counts has put it in before.
            _queue.TryDequeue(out var next);
            next!.Run();
            if (Interlocked.Decrement(ref _count) == 0)
            {
                return;
            }
        }

        WakeThread();
    }

    private void WakeThread()
    {
        lock (_gate)
        {
            Volatile.Write(ref _isThreadNeeded, true);
            if (_hasThread)
            {
                Monitor.Pulse(_gate);
                return;
            }

            (_hasThread, _isShutDown) = (true, false);
        }

        new Thread(RunThread) { IsBackground = true, Name = _name }.Start();
    }

    private void RunThread()
    {
        while (Wait())
        {
            Drain(int.MaxValue);
        }
    }

    /// <summary>Until there is work; false when the thread is to end.</summary>
    private bool Wait()
    {
        var spin = new SpinWait();
        while (!Volatile.Read(ref _isThreadNeeded) && spin.Count < Looks)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }

        lock (_gate)
        {
            while (!_isThreadNeeded && !_isShutDown)
            {
                Monitor.Wait(_gate);
            }

            _hasThread = _isThreadNeeded;
            _isThreadNeeded = false;
            return _hasThread;
        }
    }
}

/// <summary>For <c>type = "Paxi.Actors.Scheduling.RoleDispatcherConfigurator, Paxi.Actors"</c>; its one setting is <c>throughput</c>.</summary>
public sealed class RoleDispatcherConfigurator : MessageDispatcherConfigurator
{
    private readonly RoleDispatcher _dispatcher;

    public RoleDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
        : base(config, prerequisites) => _dispatcher = new RoleDispatcher(this, "paxi roles", config.GetInt("throughput"));

    public override MessageDispatcher Dispatcher() => _dispatcher;
}
