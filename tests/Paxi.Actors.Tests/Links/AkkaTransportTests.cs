using Akka.Actor;
using Paxi.Actors.Links;
using Paxi.Actors.Replicas;
using Xunit;
using Envelope = Paxi.Actors.Links.Envelope;

namespace Paxi.Actors.Tests.Links;

public sealed class AkkaTransportTests() : Akka.TestKit.Xunit2.TestKit("""
    akka.actor.provider = remote
    akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
    """)
{
    [Fact]
    public void Own_address_is_reached_although_the_links_actor_came_after_the_transport()
    {
        var self = ReplicaId.Parse("1.1");
        var address = ((ExtendedActorSystem)Sys).Provider.DefaultAddress;
        var transport = new AkkaTransport(Sys, [KeyValuePair.Create(self, address)]);

        transport.Send(self, new Envelope(self, []));
        Sys.ActorOf(Props.Create(() => new Relay(TestActor)), ReplicaHandle.LinksName);
        var sent = new Envelope(self, []);
        transport.Send(self, sent);

        Assert.Same(sent, ExpectMsg<Envelope>());
    }

    public sealed class Relay(IActorRef to) : UntypedActor
    {
        protected override void OnReceive(object message) => to.Tell(message);
    }
}
