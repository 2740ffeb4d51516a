using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Paxi.Actors.Configuration;
using Paxi.Actors.Wire;

namespace Paxi.Actors.Tests.Wire;

/// <summary>A system on Akka.Remote that takes what Paxi takes, and what it logs.</summary>
internal sealed class RemoteNode : IAsyncDisposable
{
    private const string Remoting = """
        akka {
          actor.provider = remote
          loglevel = WARNING
          loggers = ["Akka.Event.DefaultLogger"]
          stdout-loglevel = OFF
          remote.log-remote-lifecycle-events = off
          remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
        }
        """;

    private readonly IActorRef _ear;

    public RemoteNode(string extra = "")
    {
        System = ActorSystem.Create("node", ConfigurationFactory.ParseString(extra)
            .WithFallback(ConfigurationFactory.ParseString(Remoting)).WithFallback(Reference.Whole));
        WireExtension.Attach(System, WireSamples.Registry());
        _ear = System.ActorOf(Props.Create(() => new Ear(Log)), "ear");
        System.EventStream.Subscribe(_ear, typeof(Warning));
        System.EventStream.Subscribe(_ear, typeof(Error));
    }

    public ActorSystem System { get; }

    public ConcurrentQueue<LogEvent> Log { get; } = new();

    public Address Address => ((ExtendedActorSystem)System).Provider.DefaultAddress;

    public long Refused => WireExtension.Get(System).Refusals.Count;

    /// <summary>Lines of ours, not Akka's own about the same message.</summary>
    public IReadOnlyList<string> RefusalLines =>
        [.. Log.Where(line => line.LogSource.Contains(nameof(Refusals), StringComparison.Ordinal)).Select(line => line.Message.ToString()!)];

    public IActorRef At(Address other, string path) => ((ExtendedActorSystem)System).Provider.ResolveActorRef($"{other}/user/{path}");

    public async ValueTask DisposeAsync() => await System.Terminate();

    private sealed class Ear : ReceiveActor
    {
        public Ear(ConcurrentQueue<LogEvent> log) => Receive<LogEvent>(log.Enqueue);
    }
}

/// <summary>Answers whatever arrives with itself.</summary>
internal sealed class Echo : ReceiveActor
{
    public Echo() => ReceiveAny(message => Sender.Tell(message));
}
