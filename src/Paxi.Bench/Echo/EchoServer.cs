using Akka.Actor;
using Paxi.Actors.Clients;
using Paxi.Actors.Configuration;
using Paxi.Actors.Links;
using Paxi.Actors.Replicas;

namespace Paxi.Bench.Echo;

/// <summary>
/// The yardstick's other half: answers each <see cref="ClientRequests"/> with a <see cref="ClientReplies"/> at once, where a replica's links actor would sit. The messages, the
/// serializer and the settings of the remoting are Paxi's but for the dispatcher and the transport, which are Akka's own; there is no consensus, no store, no coalescing.
/// </summary>
internal static class EchoServer
{
    /// <summary>What it prints when it listens.</summary>
    public const string Ready = "echo listens";

    /// <summary>Serves at the address of the first replica until standard input ends.</summary>
    public static async Task<int> RunAsync(PaxiSettings settings, TextReader input, TextWriter output)
    {
        var port = settings.Replicas[0].Remote.Port!.Value;
        var configuration = Akka.Configuration.ConfigurationFactory.ParseString($"akka.remote.dot-netty.tcp.port = {port}")
            .WithFallback(SystemConfiguration.Client(settings));
        using var system = ActorSystem.Create(PaxiSettings.SystemName, configuration);
        system.ActorOf(Props.Create(() => new EchoActor()), ReplicaHandle.LinksName);
        await output.WriteLineAsync(Ready);
        await output.FlushAsync();
        while (await input.ReadLineAsync() is not null)
        {
        }

        await system.Terminate();
        return 0;
    }

    private sealed class EchoActor : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is not ClientRequests requests)
            {
                Unhandled(message);
                return;
            }

            var block = requests.Block;
            var reply = new ClientReplies(requests.Session, default, requests.Request, default, requests.Request, block.Count, block.Payload[^1..]);
            Sender.Tell(reply, ActorRefs.NoSender);
        }
    }
}
