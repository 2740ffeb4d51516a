using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Configuration;
using Paxi.Actors.Links;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;
using Paxi.Protocols.WPaxos;
using Paxi.TestKit.World;
using Xunit;

namespace Paxi.Protocols.Tests.WPaxos;

/// <summary>
/// The owners role of replica 1.1 with its owner actors, as in production, in a grid of zones. The acceptor, the learner and the gateway are ears that note what they are told; the
/// peers are this test.
/// </summary>
public abstract class OwnersSpec : IDisposable
{
    protected static readonly ReplicaId Self = new(1, 1);
    private static readonly Config s_systemConfig = SimulatedWorld.DefaultConfig.WithFallback(Reference.Whole);

    private readonly WPaxosProtocol _protocol;
    private readonly SimulatedNode _node;
    private readonly Config _settings;
    private readonly List<(ReplicaId To, IWireMessage Message)> _sent = [];
    private readonly List<object> _told = [];
    private readonly Dictionary<ObjectKey, (long Slot, Share? Tie)> _executed = [];
    private IActorRef _owners = ActorRefs.Nobody;

    protected OwnersSpec(string settings = "", int zones = 3, int nodes = 3, WPaxosProtocol? protocol = null)
    {
        _protocol = protocol ?? WPaxosProtocol.WPaxos;
        World = new SimulatedWorld(7);
        _settings = Reference.Section(ConfigurationFactory.ParseString(settings));
        ImmutableArray<ReplicaId> ids =
        [
            .. from zone in Enumerable.Range(1, zones) from node in Enumerable.Range(1, nodes) select new ReplicaId((ushort)zone, (ushort)node),
        ];
        Quorums = _protocol.CreateQuorums(ids, _settings);
        _node = new SimulatedNode(World, new SimulatedNetwork(World), Self, Boot, new DiskOptions(), s_systemConfig);
        _node.Start();
        Advance(5);
    }

    protected SimulatedWorld World { get; }

    protected QuorumSystem Quorums { get; }

    /// <summary>What the own acceptor says of every object when it is asked.</summary>
    protected (Ballot Ballot, long Decided) Known { get; set; }

    protected List<string> Observed { get; } = [];

    /// <summary>The learner has executed the object up to that slot, and this ties it.</summary>
    private protected void Execute(ObjectKey key, long slot, Share? tie = null) => _executed[key] = (slot, tie);

    public void Dispose()
    {
        World.ThrowIfFailed();
        World.Dispose();
        GC.SuppressFinalize(this);
    }

    protected void Advance(double milliseconds) => World.Advance(TimeSpan.FromMilliseconds(milliseconds));

    protected void Tell(object message)
    {
        World.Adopt();
        _owners.Tell(message, ActorRefs.NoSender);
        World.Settle();
    }

    /// <summary>What went to replicas, this one with them, since the last call; taken out.</summary>
    protected List<(ReplicaId To, T Message)> Sent<T>()
        where T : IWireMessage
    {
        var found = _sent.FindAll(static sent => sent.Message is T);
        _sent.RemoveAll(static sent => sent.Message is T);
        return [.. found.Select(static sent => (sent.To, (T)sent.Message))];
    }

    /// <summary>What the acceptor, the learner and the gateway were told since the last call; taken out.</summary>
    protected List<T> Told<T>()
    {
        var found = _told.OfType<T>().ToList();
        _told.RemoveAll(static message => message is T);
        return found;
    }

    protected string? Status(string name)
    {
        RoleStatus? status = null;
        World.Adopt();
        var inbox = _node.System.ActorSystem.ActorOf(Listener((message, _) => status = message as RoleStatus));
        _owners.Tell(StatusQuery.Instance, inbox);
        World.Settle();
        return status?.Values.First(pair => pair.Key == name).Value;
    }

    // Requests.

    protected static ReplicaId Replica(string id) => ReplicaId.Parse(id);

    protected static ObjectKey Key(string name) => new(name);

    protected static Ballot Ballot(uint counter, string owner) => new(counter, ReplicaId.Parse(owner));

    /// <summary>A block of commands as <c>object=value</c>.</summary>
    protected static Batch Block(ulong session, long first, params string[] commands) =>
        BatchWriter.Block(session, first, [.. commands.Select((text, index) => (first + index, (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text)))]);

    protected void Propose(string command, string asked = "1.1", byte hops = 0, ulong session = 1, long sequence = 1) =>
        Tell(new Propose(Block(session, sequence, command)) { Asked = Replica(asked), Hops = hops });

    /// <summary>The commands of a batch, as text.</summary>
    protected static string Text(Batch batch)
    {
        var texts = new List<string>();
        var reader = new BatchReader(batch);
        while (reader.NextBlock())
        {
            while (reader.NextCommand())
            {
                texts.Add(Encoding.UTF8.GetString(reader.Body.Span));
            }
        }

        return string.Join(' ', texts);
    }

    // Peers.

    protected void Promised(string from, string key, Ballot ballot, long first = 1, long decided = 0, params Proposal[] votes) =>
        Tell(new Promise(Replica(from), 1, Key(key), ballot, first, IsLast: true, 0, decided, votes));

    /// <summary>A majority of each zone promises, this replica with them.</summary>
    protected void PromisedByAll(string key, Ballot ballot, long first = 1)
    {
        foreach (var member in Quorums.Members.Where(static member => member.Node <= 2))
        {
            Promised(member.ToString(), key, ballot, first);
        }
    }

    protected void Accepted(string from, Accepts accepts, params Refused[] refused) => Tell(new Accepted(Replica(from), 1, accepts.Start, accepts.Round, refused));

    /// <summary>The own zone votes for the rounds under way.</summary>
    protected List<Accepts> Vote()
    {
        var rounds = Sent<Accepts>().Where(static sent => sent.To == Self).Select(static sent => sent.Message).ToList();
        foreach (var round in rounds)
        {
            Accepted("1.1", round);
            Accepted("1.2", round);
        }

        return rounds;
    }

    /// <summary>This replica owns the object with ballot 1.1.1, and nothing is under way.</summary>
    protected void Own(string key)
    {
        Propose($"{key}=own", session: 99);
        PromisedByAll(key, Ballot(1, "1.1"));
        Vote();
        Assert.Contains($"led {key} 1.1.1", Observed);
        Advance(10);
        _sent.Clear();
        _told.Clear();
    }

    private void Boot(SimulatedNode node)
    {
        var system = node.System.ActorSystem;
        var context = new ReplicaContext
        {
            Self = Self,
            Quorums = Quorums,
            Links = new Wires(this),
            Store = node.Store,
            Journal = system.ActorOf(Listener(static (_, _) => { })),
            Settings = _settings,
            StateMachine = static () => new NamedObjects(),
            Random = new SeededRandom(7).Fork,
            Observer = new Notes(this),
        };
        context.Add(KernelRoles.Gateway, system.ActorOf(Listener((message, _) => _told.Add(message))));
        context.Add(WPaxosRoles.Learner, system.ActorOf(Listener(AskLearner)));
        context.Add(WPaxosRoles.Acceptor, system.ActorOf(Listener(Ask)));
        var owners = _protocol.Roles.Single(static role => role.Name == WPaxosRoles.Owners);
        _owners = system.ActorOf(owners.Props(context).WithDispatcher(Dispatchers.Roles), owners.Name);
        context.Add(owners.Name, _owners);
        _owners.Tell(RolesStarted.Instance, ActorRefs.NoSender);
    }

    private static Props Listener(Action<object, IActorRef> note) => Props.Create(() => new Ear(note));

    private void Ask(object message, IActorRef sender)
    {
        if (message is ObjectQuery query)
        {
            sender.Tell(new ObjectKnown(query.Object, Known.Ballot, Known.Decided));
        }
        else
        {
            _told.Add(message);
        }
    }

    /// <summary>It has executed everything that it was told of, and up to where <see cref="Known"/> says.</summary>
    private void AskLearner(object message, IActorRef sender)
    {
        switch (message)
        {
            case TieQuery query:
                var place = _executed.GetValueOrDefault(query.Object);
                sender.Tell(new TieKnown(query.Object, Math.Max(place.Slot, Known.Decided), place.Tie));
                break;
            case StatesQuery query:
                sender.Tell(new StatesKnown(query.Number, [.. query.Places.Select(static place => new ReadOnlyMemory<byte>(place.Object.Bytes))]));
                break;
            case Learn learn:
                foreach (var proposal in learn.Proposals)
                {
                    Execute(proposal.Place.Object, proposal.Place.Slot, proposal.Share is { Ties: true } ? proposal.Share : null);
                }

                _told.Add(message);
                break;
            default:
                _told.Add(message);
                break;
        }
    }

    private sealed class Wires(OwnersSpec spec) : ILinks
    {
        public void Send(ReplicaId to, IWireMessage message) => spec._sent.Add((to, message));

        public void Broadcast(IWireMessage message) => throw new InvalidOperationException("the owners choose whom they send to");
    }

    private sealed class Ear(Action<object, IActorRef> note) : UntypedActor
    {
        protected override void OnReceive(object message) => note(message, Sender);
    }

    private sealed class Notes(OwnersSpec spec) : IReplicaObserver
    {
        public void Promised(ReplicaId replica, string log, Ballot ballot) { }

        public void Accepted(ReplicaId replica, string log, long slot, Ballot ballot, Batch batch) { }

        public void Led(ReplicaId replica, string log, Ballot ballot) => spec.Observed.Add($"led {log} {ballot}");

        public void Decided(ReplicaId replica, string log, long slot, Batch batch) { }

        public void Executed(ReplicaId replica, string log, long slot, Batch batch) { }

        public void Restored(ReplicaId replica, string log, long slot) { }
    }

    /// <summary>Commands are <c>object=value</c>, or <c>object,object=value</c>; whatever has no "=" is no command. Only their objects matter here.</summary>
    private sealed class NamedObjects : IObjectStateMachine
    {
        public void ListObjects(ReadOnlySpan<byte> command, ICollection<ObjectKey> objects)
        {
            var text = Encoding.UTF8.GetString(command);
            if (!text.Contains('=', StringComparison.Ordinal))
            {
                throw new InvalidCommandException("no command");
            }

            foreach (var name in text[..text.IndexOf('=', StringComparison.Ordinal)].Split(',').Distinct().Order(StringComparer.Ordinal))
            {
                objects.Add(new ObjectKey(name));
            }
        }

        public bool IsReadOnly(ReadOnlySpan<byte> command) => false;

        public bool Conflicts(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => true;

        public void Execute(ReadOnlySpan<byte> command, IBufferWriter<byte> result) => throw new InvalidOperationException("nothing is executed here");

        public void WriteSnapshot(IBufferWriter<byte> snapshot) => throw new InvalidOperationException("nothing is executed here");

        public void ReadSnapshot(ReadOnlyMemory<byte> snapshot) => throw new InvalidOperationException("nothing is executed here");

        public void WriteObject(ObjectKey key, IBufferWriter<byte> state) => throw new InvalidOperationException("nothing is executed here");

        public void ReadObject(ObjectKey key, ReadOnlyMemory<byte> state) => throw new InvalidOperationException("nothing is executed here");
    }
}
