using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;

namespace Paxi.Actors.Links;

/// <summary>
/// Runs actors on the thread that has something for them, at once when it is free: meant for the actors of the remoting, which take a message apart or put it together and pass
/// it on without ever waiting. So a message costs no wake-up of a thread between the socket and whoever takes it.
/// </summary>
/// <remarks>
/// What these actors send to each other meanwhile lies in a queue of the thread until the first one is done, so nothing nests. An actor's mailbox lets one thread in at a time, as everywhere.
/// </remarks>
public sealed class InlineDispatcher : MessageDispatcher
{
    [ThreadStatic]
    private static Queue<IRunnable>? t_queue;

    [ThreadStatic]
    private static bool t_isRunning;

    public InlineDispatcher(MessageDispatcherConfigurator configurator, int throughput)
        : base(configurator) => Throughput = throughput;

    protected override void ExecuteTask(IRunnable run)
    {
        if (t_isRunning)
        {
            t_queue!.Enqueue(run);
            return;
        }

        var queue = t_queue ??= new Queue<IRunnable>();
        t_isRunning = true;
        try
        {
            run.Run();
            while (queue.TryDequeue(out var next))
            {
                next.Run();
            }
        }
        finally
        {
            t_isRunning = false;
        }
    }

    protected override void Shutdown()
    {
    }
}

/// <summary>For a dispatcher of <c>type = "Paxi.Actors.Links.InlineDispatcherConfigurator, Paxi.Actors"</c>; its one setting is <c>throughput</c>.</summary>
public sealed class InlineDispatcherConfigurator : MessageDispatcherConfigurator
{
    private readonly InlineDispatcher _dispatcher;

    public InlineDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
        : base(config, prerequisites) => _dispatcher = new InlineDispatcher(this, config.GetInt("throughput", 100));

    public override MessageDispatcher Dispatcher() => _dispatcher;
}
