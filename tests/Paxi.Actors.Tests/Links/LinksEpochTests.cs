using Akka.Actor;
using Akka.Configuration;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
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
        var context = Context(Role, TestActor);
        var links = Links(registry);
        links.Tell(new LinksActor.AttachEpochs(epochs));
        links.Tell(new LinksActor.StartRoles(1, 2, Settings, [s_self, s_peer]));
        links.Tell(new LinksActor.AttachRoles(context));

        links.Tell(new Envelope(s_peer, Settings, [new Note(1)]) { Epoch = other });
        links.Tell(new Envelope(s_peer, Settings, [new Note(2)]) { Epoch = 2 });
        Assert.Equal(new Note(2), ExpectMsg<Note>());
        Assert.Equal(new OtherEpoch(s_peer, other), epochs.ExpectMsg<OtherEpoch>());
        Assert.Equal(("0", "1"), Counts(links));
    }

    [Fact]
    public void What_comes_before_the_roles_is_missed_and_what_comes_from_a_stranger_is_refused()
    {
        var registry = new WireRegistry();
        GatewayWire.Register(registry);
        var links = Links(registry);
        links.Tell(Request(1));
        links.Tell(new Envelope(s_peer, Settings, [new ForwardInterrupted(new ClientInterrupted(3))]) { Epoch = 1 });
        Assert.Equal(("0", "2"), Counts(links));
        links.Tell(new Envelope(new ReplicaId(9, 9), Settings, [new ForwardInterrupted(new ClientInterrupted(3))]) { Epoch = 1 });
        links.Tell(new Envelope(s_peer, Settings, [new Note(1)]) { Epoch = 1 });
        Assert.Equal(("2", "2"), Counts(links));
    }

    [Fact]
    public void Between_two_epochs_requests_wait_for_the_next_gateway()
    {
        var old = CreateTestProbe();
        var next = CreateTestProbe();
        var client = CreateTestProbe();
        var registry = new WireRegistry();
        GatewayWire.Register(registry);
        var links = Links(registry);
        links.Tell(new LinksActor.AttachRoles(Context(KernelRoles.Gateway, old)));
        links.Tell(Request(1), client);
        links.Tell(LinksActor.PauseRoles.Instance);
        links.Tell(Request(2), client);
        links.Tell(new Envelope(s_peer, Settings, [new ForwardInterrupted(new ClientInterrupted(3))]) { Epoch = 1 });
        links.Tell(new LinksActor.AttachRoles(Context(KernelRoles.Gateway, next)));
        links.Tell(Request(4), client);

        old.ExpectMsg<ClientRequests>();
        old.ExpectMsg<GatewayActor.EpochEnds>();
        Assert.Equal(2, next.ExpectMsg<ClientRequests>().Request);
        Assert.Equal(client, next.LastSender);
        Assert.Equal(3ul, next.ExpectMsg<ForwardInterrupted>().Interrupted.Session);
        Assert.Equal(4, next.ExpectMsg<ClientRequests>().Request);
        old.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void What_waited_is_dropped_with_the_roles_and_beyond_the_bound()
    {
        var next = CreateTestProbe();
        var links = Links(new WireRegistry());
        links.Tell(LinksActor.PauseRoles.Instance);
        links.Tell(Request(1));
        links.Tell(LinksActor.DetachRoles.Instance);
        links.Tell(Request(2));
        links.Tell(LinksActor.PauseRoles.Instance);
        for (var number = 3; number < 40; number++)
        {
            links.Tell(Request(number, bytes: 1 << 20));
        }

        links.Tell(new LinksActor.AttachRoles(Context(KernelRoles.Gateway, next)));
        links.Tell(Request(40));
        var numbers = Enumerable.Range(0, 16).Select(_ => next.ExpectMsg<ClientRequests>().Request).ToList();
        Assert.Equal([.. Enumerable.Range(3, 15), 40], numbers);
        next.ExpectNoMsg(TimeSpan.Zero);
        Assert.Equal(("0", "23"), Counts(links));
    }

    private (string Refused, string Missed) Counts(IActorRef links)
    {
        links.Tell(StatusQuery.Instance, TestActor);
        var status = ExpectMsg<RoleStatus>();
        var values = status.Values.ToDictionary();
        return (values["refused"], values["missed"]);
    }

    private static ClientRequests Request(long number, int bytes = 0) => new(7, number, ReadMode.Log, new Batch(1, new byte[bytes]));

    private IActorRef Links(WireRegistry registry) =>
        Sys.ActorOf(LinksActor.Props(s_self, AgreedSettings.Of("none", Reference.Section(Config.Empty)), [s_self, s_peer], new Nowhere(), registry, new Random(1)));

    private ReplicaContext Context(string role, IActorRef actor)
    {
        var context = Context();
        context.Add(role, actor);
        return context;
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

        public void Reply(IActorRef client, IClientReply reply) { }
    }
}
