using Akka.Actor;
using Akka.Configuration;
using Paxi.Actors.Configuration;
using Paxi.Actors.Epochs;
using Paxi.Actors.Journal;
using Paxi.Actors.Links;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;
using Xunit;
using Envelope = Paxi.Actors.Links.Envelope;

namespace Paxi.Actors.Tests.Links;

/// <summary>Messages of a protocol's roles do not say in which epoch they were sent: their envelope does, for all of them.</summary>
public sealed class LinksEpochTests() : Akka.TestKit.Xunit2.TestKit(Reference.Whole)
{
    private const string Role = "taker";
    private const uint Settings = 5;
    private static readonly ReplicaId s_self = new(1, 1);
    private static readonly ReplicaId s_peer = new(1, 2);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_role_takes_nothing_of_another_epoch(long other)
    {
        var registry = new WireRegistry();
        registry.Register<Note>(40, Role, static (note, writer) => writer.VarInt(note.Number), static (ref WireReader reader, ReplicaId _) => new Note(reader.VarInt()));
        var epochs = CreateTestProbe();
        var context = Context();
        context.Add(Role, TestActor);
        var links = Sys.ActorOf(LinksActor.Props(s_self, AgreedSettings.Of("none", context.Settings), [s_self, s_peer], new Nowhere(), registry, new Random(1)));
        links.Tell(new LinksActor.AttachEpochs(epochs));
        links.Tell(new LinksActor.StartRoles(1, 2, Settings, [s_self, s_peer]));
        links.Tell(new LinksActor.AttachRoles(context));

        links.Tell(new Envelope(s_peer, Settings, [new Note(1)]) { Epoch = other });
        links.Tell(new Envelope(s_peer, Settings, [new Note(2)]) { Epoch = 2 });
        Assert.Equal(new Note(2), ExpectMsg<Note>());
        Assert.Equal(new OtherEpoch(s_peer, other), epochs.ExpectMsg<OtherEpoch>());
    }

    private ReplicaContext Context() => new()
    {
        Self = s_self,
        Quorums = QuorumSystem.Majority([s_self, s_peer]),
        Links = new Unused(),
        Store = new MemoryJournalStore(),
        Journal = TestActor,
        Settings = Reference.Section(Config.Empty),
        StateMachine = static () => new KeyValueStore(),
        Random = static _ => new Random(1),
    };

    private sealed record Note(long Number) : IWireMessage;

    private sealed class Unused : ILinks
    {
        public void Send(ReplicaId to, IWireMessage message) => throw new NotSupportedException();

        public void Broadcast(IWireMessage message) => throw new NotSupportedException();
    }

    private sealed class Nowhere : ITransport
    {
        public void Send(ReplicaId to, Envelope envelope) { }

        public void Reply(IActorRef client, Paxi.Actors.Clients.IClientReply reply) { }
    }
}
