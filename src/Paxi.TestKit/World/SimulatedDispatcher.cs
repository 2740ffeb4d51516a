using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.SysMsg;

namespace Paxi.TestKit.World;

/// <summary>Names <see cref="SimulatedDispatcher"/> to Akka in HOCON: <c>type = "..."</c> of a dispatcher.</summary>
public sealed class SimulatedDispatcherConfigurator : MessageDispatcherConfigurator
{
    private readonly SimulatedDispatcher _dispatcher;

    public SimulatedDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
        : base(config, prerequisites)
    {
        if (prerequisites.Scheduler is not SimulatedScheduler scheduler)
        {
            throw new InvalidOperationException(
                "a simulated dispatcher needs the simulated scheduler: akka.scheduler.implementation");
        }

        _dispatcher = new SimulatedDispatcher(this, scheduler.Host);
    }

    public override MessageDispatcher Dispatcher() => _dispatcher;
}

/// <summary>
/// Hands every mailbox that has work to the world's run queue. The throughput is one message a turn, so that messages run
/// in the order of their arrival over all actors; no deadline, since that would read the real clock.
/// </summary>
public sealed class SimulatedDispatcher : MessageDispatcher
{
    private readonly SimulatedSystem _host;

    internal SimulatedDispatcher(MessageDispatcherConfigurator configurator, SimulatedSystem host)
        : base(configurator)
    {
        _host = host;
        Throughput = 1;
    }

    public override void Dispatch(ActorCell cell, Envelope envelope)
    {
        _host.World.CheckThread(cell, envelope.Message);
        base.Dispatch(cell, envelope);
    }

    public override void SystemDispatch(ActorCell cell, SystemMessage message)
    {
        _host.World.CheckThread(cell, message);
        if (message is not Terminate || !_host.World.DefersStop(this, cell))
        {
            base.SystemDispatch(cell, message);
        }
    }

    /// <summary>Stops an actor whose stop was put off to the end of its parent's turn.</summary>
    internal void Stop(ActorCell cell) => base.SystemDispatch(cell, new Terminate());

    protected override void ExecuteTask(IRunnable run) => _host.World.Enqueue(run, _host);

    protected override void Shutdown()
    {
    }
}
