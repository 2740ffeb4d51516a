using System.Buffers;
using System.Text;
using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Links;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;
using Paxi.Protocols.WPaxos;
using Paxi.TestKit.World;
using Xunit;

namespace Paxi.Protocols.Tests.WPaxos;

/// <summary>The owners role with its owner actors, in a grid of zones. The acceptor and the learner answer what they are asked, as a test has set them up.</summary>
public abstract class OwnersSpec : ReplicaSpec
{
    private readonly Dictionary<ObjectKey, (long Slot, Share? Tie)> _executed = [];

    protected OwnersSpec(string settings = "", int zones = 3, int nodes = 3, WPaxosProtocol? protocol = null)
        : base(protocol ?? WPaxosProtocol.WPaxos, settings,
            [.. from zone in Enumerable.Range(1, zones) from node in Enumerable.Range(1, nodes) select new ReplicaId((ushort)zone, (ushort)node)], new DiskOptions())
    {
        Start();
    }

    /// <summary>What the own acceptor says of every object when it is asked.</summary>
    protected (Ballot Ballot, long Decided) Known { get; set; }

    /// <summary>The learner has executed the object up to that slot, and this ties it.</summary>
    private protected void Execute(ObjectKey key, long slot, Share? tie = null) => _executed[key] = (slot, tie);

    /// <summary>What went to replicas, this one with them, since the last call; taken out.</summary>
    protected List<(ReplicaId To, T Message)> Sent<T>()
        where T : IWireMessage =>
        Take<T>();

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
        Tell(new Promise(Replica(from), Key(key), ballot, first, IsLast: true, 0, decided, votes));

    /// <summary>A majority of each zone promises, this replica with them.</summary>
    protected void PromisedByAll(string key, Ballot ballot, long first = 1)
    {
        foreach (var member in Quorums.Members.Where(static member => member.Node <= 2))
        {
            Promised(member.ToString(), key, ballot, first);
        }
    }

    protected void Accepted(string from, Accepts accepts, params Refused[] refused) => Tell(new Accepted(Replica(from), accepts.Start, accepts.Round, refused));

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
        Forget();
    }

    protected override IActorRef Boot(ActorSystem system)
    {
        var context = new ReplicaContext
        {
            Self = Self,
            Quorums = Quorums,
            Links = new Wires(this),
            Store = Node.Store,
            Journal = system.ActorOf(Listener(static (_, _) => { })),
            Settings = Settings,
            StateMachine = static () => new NamedObjects(),
            Random = new SeededRandom(7).Fork,
            Observer = new Notes(this),
        };
        context.Add(KernelRoles.Gateway, system.ActorOf(Listener()));
        context.Add(WPaxosRoles.Learner, system.ActorOf(Listener(AskLearner)));
        context.Add(WPaxosRoles.Acceptor, system.ActorOf(Listener(AskAcceptor)));
        var definition = Protocol.Roles.Single(static role => role.Name == WPaxosRoles.Owners);
        var owners = system.ActorOf(definition.Props(context).WithDispatcher(Dispatchers.Roles), definition.Name);
        context.Add(definition.Name, owners);
        owners.Tell(RolesStarted.Instance, ActorRefs.NoSender);
        return owners;
    }

    private void AskAcceptor(object message, IActorRef sender)
    {
        if (message is ObjectQuery query)
        {
            sender.Tell(new ObjectKnown(query.Object, Known.Ballot, Known.Decided));
        }
        else
        {
            NoteTold(message);
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

                NoteTold(message);
                break;
            default:
                NoteTold(message);
                break;
        }
    }

    private sealed class Wires(OwnersSpec spec) : ILinks
    {
        public void Send(ReplicaId to, IWireMessage message) => spec.NoteSent(to, message);

        public void Broadcast(IWireMessage message) => throw new InvalidOperationException("the owners choose whom they send to");
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
