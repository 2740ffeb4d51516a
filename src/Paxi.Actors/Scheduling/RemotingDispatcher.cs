using Akka.Configuration;
using Akka.Dispatch;

namespace Paxi.Actors.Scheduling;

/// <summary>
/// For the actors of Akka.Remote, which take messages apart and put them together and never wait. What belongs to a turn (<see cref="ThreadTurn"/>) is done on its thread; anything else is done
/// on the thread pool. So the two ends of a message's way through a replica cost no wake-up of a thread.
/// </summary>
public sealed class RemotingDispatcher : MessageDispatcher
{
    /// <param name="throughput">Messages of one actor at a time.</param>
    public RemotingDispatcher(MessageDispatcherConfigurator configurator, int throughput)
        : base(configurator) => Throughput = throughput;

    protected override void ExecuteTask(IRunnable run)
    {
        if (ThreadTurn.IsRunning)
        {
            ThreadTurn.Run(run);
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(run, preferLocal: false);
        }
    }

    protected override void Shutdown()
    {
        // It has no threads of its own.
    }
}

/// <summary>For <c>type = "Paxi.Actors.Scheduling.RemotingDispatcherConfigurator, Paxi.Actors"</c>; its one setting is <c>throughput</c>.</summary>
public sealed class RemotingDispatcherConfigurator : MessageDispatcherConfigurator
{
    private readonly RemotingDispatcher _dispatcher;

    public RemotingDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
        : base(config, prerequisites) => _dispatcher = new RemotingDispatcher(this, config.GetInt("throughput"));

    public override MessageDispatcher Dispatcher() => _dispatcher;
}
