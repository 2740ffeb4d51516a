using Akka.Actor;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.Links;
using Paxi.Actors.Replicas;
using Xunit;

namespace Paxi.Actors.Tests.Links;

/// <summary>The addresses of replicas, the node's own among them.</summary>
public sealed class AkkaTransportTests() : Akka.TestKit.Xunit2.TestKit("akka { loglevel = OFF, actor.provider = remote, remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 } }")
{
    [Fact]
    public void The_own_replica_is_reached_though_its_links_start_later()
    {
        var own = new ReplicaId(1, 1);
        var transport = new AkkaTransport(Sys, [KeyValuePair.Create(own, ((ExtendedActorSystem)Sys).Provider.DefaultAddress)]);
        var requests = new ClientRequests(7, 1, ReadMode.Log, Batch.NoOp);
        transport.Send(own, requests, TestActor);
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));

        Sys.ActorOf(Props.Create(() => new Echo()), ReplicaHandle.LinksName);
        transport.Send(own, requests, TestActor);
        Assert.Same(requests, ExpectMsg<ClientRequests>());
        transport.Send(own, requests, TestActor);
        Assert.Same(requests, ExpectMsg<ClientRequests>());
    }

    private sealed class Echo : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message);
    }
}
