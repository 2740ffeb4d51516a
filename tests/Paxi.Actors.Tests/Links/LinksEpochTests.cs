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
        var epochs = CreateTestProbe();
        var links = LinksOfNotes(epochs);
        Begin(links, 1, 2, TestActor);

        links.Tell(NoteOf(1, other));
        links.Tell(NoteOf(2, 2));
        Assert.Equal(new Note(2), ExpectMsg<Note>());
        Assert.Equal(new OtherEpoch(s_peer, other), epochs.ExpectMsg<OtherEpoch>());
        Assert.Equal(("0", other < 2 ? "1" : "0"), Counts(links));
    }

    /// <summary>A peer begins an epoch a little earlier: what it says is not lost, whether it comes before the own roles stop or before the next ones are there.</summary>
    [Fact]
    public void What_comes_from_an_epoch_that_begins_here_soon_waits_for_it()
    {
        var next = CreateTestProbe();
        var links = LinksOfNotes(CreateTestProbe());
        Begin(links, 1, 2, TestActor);

        links.Tell(NoteOf(1, 3));
        links.Tell(NoteOf(2, 4));
        links.Tell(NoteOf(3, 3, settings: 6));
        links.Tell(LinksActor.PauseRoles.Instance);
        links.Tell(NoteOf(4, 2));
        links.Tell(NoteOf(5, 3));
        Begin(links, 2, 3, next);
        links.Tell(NoteOf(6, 3));
        Assert.Equal([1, 5, 6], Enumerable.Range(0, 3).Select(_ => next.ExpectMsg<Note>().Number));
        Assert.Equal(("0", "2"), Counts(links));

        links.Tell(LinksActor.PauseRoles.Instance);
        Begin(links, 3, 4, next);
        Assert.Equal(2, next.ExpectMsg<Note>().Number);
        next.ExpectNoMsg(TimeSpan.Zero);
    }

    /// <summary>A crash takes along what waited, and a replica without roles holds nothing.</summary>
    [Fact]
    public void What_waits_for_an_epoch_goes_with_the_roles()
    {
        var next = CreateTestProbe();
        var links = LinksOfNotes(CreateTestProbe());
        Begin(links, 1, 2, TestActor);
        links.Tell(NoteOf(1, 3));
        links.Tell(LinksActor.DetachRoles.Instance);
        links.Tell(NoteOf(2, 3));
        Begin(links, 2, 3, next);
        links.Tell(NoteOf(3, 3));
        Assert.Equal(3, next.ExpectMsg<Note>().Number);
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

    private IActorRef LinksOfNotes(IActorRef epochs)
    {
        var registry = new WireRegistry();
        registry.Register<Note>(40, Role, static (note, writer) => writer.VarInt(note.Number), static (ref WireReader reader, ReplicaId _) => new Note(reader.VarInt()));
        var links = Links(registry);
        links.Tell(new LinksActor.AttachEpochs(epochs));
        return links;
    }

    private void Begin(IActorRef links, ulong start, long epoch, IActorRef role)
    {
        links.Tell(new LinksActor.StartRoles(start, epoch, Settings, [s_self, s_peer]));
        var context = Context(Role, role);
        context.Add(KernelRoles.Gateway, CreateTestProbe());
        links.Tell(new LinksActor.AttachRoles(context));
    }

    private static Envelope NoteOf(long number, long epoch, uint settings = Settings) => new(s_peer, settings, [new Note(number)]) { Epoch = epoch };

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
