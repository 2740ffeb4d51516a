using System.Collections.Immutable;
using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Configuration;
using Paxi.Actors.Journal;
using Paxi.Actors.Links;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;
using Paxi.Protocols.Paxos;
using Paxi.TestKit.World;
using Xunit;

namespace Paxi.Protocols.Tests.Paxos;

/// <summary>
/// One role of replica 1.1 as it runs in production, with the real journal, on a simulated machine. The other roles are ears that note what they are told, and the peers are
/// this test: it sees what leaves, and says what arrives.
/// </summary>
public abstract class RoleSpec : IDisposable
{
    protected static readonly ReplicaId First = new(1, 1);
    protected static readonly ReplicaId Second = new(1, 2);
    protected static readonly ReplicaId Third = new(1, 3);
    private static readonly Config s_systemConfig = SimulatedWorld.DefaultConfig.WithFallback(Reference.Whole);

    private readonly IProtocol _protocol;
    private readonly string _name;
    private readonly Func<ReplicaContext, ReplicaContext>? _adjust;
    private readonly List<(ReplicaId To, IWireMessage Message)> _sent = [];
    private readonly List<object> _told = [];
    private IActorRef _role = ActorRefs.Nobody;

    protected RoleSpec(string role, string settings = "", int members = 3, IProtocol? protocol = null, Func<ReplicaContext, ReplicaContext>? adjust = null)
    {
        _adjust = adjust;
        _protocol = protocol ?? new PaxosProtocol();
        World = new SimulatedWorld(7);
        Settings = Reference.Section(ConfigurationFactory.ParseString(settings));
        ImmutableArray<ReplicaId> ids = [.. Enumerable.Range(1, members).Select(node => new ReplicaId(1, (ushort)node))];
        _name = role;
        Quorums = _protocol.CreateQuorums(ids, Settings);
        Node = new SimulatedNode(World, new SimulatedNetwork(World), First, Boot, new DiskOptions { WriteDelay = DelayDistribution.Constant(TimeSpan.FromMilliseconds(1)) },
            s_systemConfig);
        Start();
    }

    protected SimulatedWorld World { get; }

    protected SimulatedNode Node { get; }

    protected QuorumSystem Quorums { get; }

    protected Config Settings { get; }

    /// <summary>What the role reported to its observer, in order.</summary>
    protected List<string> Observed { get; } = [];

    public void Dispose()
    {
        World.ThrowIfFailed();
        World.Dispose();
        GC.SuppressFinalize(this);
    }

    protected void Start()
    {
        Node.Start();
        Advance(5);
    }

    /// <summary>Cuts the power and starts again from the disk.</summary>
    protected void CrashAndStart()
    {
        Node.Crash();
        _sent.Clear();
        _told.Clear();
        Start();
    }

    protected void Advance(double milliseconds) => World.Advance(TimeSpan.FromMilliseconds(milliseconds));

    /// <summary>A message of a peer arrives; time does not pass.</summary>
    protected void Receive(IWireMessage message) => Tell(message);

    /// <summary>What the role answers to that question of another role; time does not pass.</summary>
    protected T Ask<T>(object question)
    {
        object? answer = null;
        World.Adopt();
        _role.Tell(question, Node.System.ActorSystem.ActorOf(Listener(message => answer = message)));
        World.Settle();
        return Assert.IsType<T>(answer);
    }

    /// <summary>Another role of this replica tells the role something; time does not pass.</summary>
    protected void Tell(object message)
    {
        World.Adopt();
        _role.Tell(message, ActorRefs.NoSender);
        World.Settle();
    }

    /// <summary>The messages of that type that were sent to peers since the last call, taken out.</summary>
    protected List<T> Sent<T>(ReplicaId? to = null)
        where T : IWireMessage
    {
        var found = _sent.FindAll(sent => sent.Message is T && (to is null || sent.To == to));
        _sent.RemoveAll(found.Contains);
        return [.. found.Select(sent => (T)sent.Message)];
    }

    /// <summary>The messages of that type that the other roles and the gateway were told since the last call, taken out.</summary>
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
        var inbox = Node.System.ActorSystem.ActorOf(Listener(message => status = message as RoleStatus));
        _role.Tell(StatusQuery.Instance, inbox);
        World.Settle();
        return status?.Values.First(pair => pair.Key == name).Value;
    }

    /// <summary>A batch of one client block.</summary>
    protected static Batch Batch(string content, ulong session = 1, long sequence = 1) =>
        BatchWriter.Block(session, sequence, [(sequence, Encoding.UTF8.GetBytes(content))]);

    protected static Ballot Ballot(uint counter, ReplicaId owner) => new(counter, owner);

    private void Boot(SimulatedNode node)
    {
        var system = node.System.ActorSystem;
        var random = new SeededRandom(7);
        var journal = system.ActorOf(JournalActor.Props(node.Store, system.ActorOf(Listener(_told.Add))).WithDispatcher(Dispatchers.Roles));
        var context = new ReplicaContext
        {
            Self = First,
            Quorums = Quorums,
            Links = new Wires(this),
            Store = node.Store,
            Journal = journal,
            Settings = Settings,
            StateMachine = static () => new KeyValueStore(),
            Random = random.Fork,
            Observer = new Notes(this),
        };
        context = _adjust?.Invoke(context) ?? context;
        context.Add(KernelRoles.Epochs, system.ActorOf(Listener(_told.Add)));
        context.Add(KernelRoles.Gateway, system.ActorOf(Listener(_told.Add)));
        foreach (var definition in _protocol.Roles)
        {
            context.Add(definition.Name, definition.Name == _name
                ? _role = system.ActorOf(definition.Props(context).WithDispatcher(Dispatchers.Roles), definition.Name)
                : system.ActorOf(Listener(_told.Add), definition.Name));
        }

        _role.Tell(RolesStarted.Instance, ActorRefs.NoSender);
    }

    private static Props Listener(Action<object> note) => Props.Create(() => new Ear(note));

    /// <summary>What goes to the own replica is noted as told, the rest as sent.</summary>
    private sealed class Wires(RoleSpec spec) : ILinks
    {
        public void Send(ReplicaId to, IWireMessage message)
        {
            if (to == First)
            {
                spec._told.Add(message);
            }
            else
            {
                spec._sent.Add((to, message));
            }
        }

        public void Broadcast(IWireMessage message)
        {
            foreach (var member in spec.Quorums.Members)
            {
                if (member != First)
                {
                    spec._sent.Add((member, message));
                }
            }
        }
    }

    /// <summary>Notes what it is told.</summary>
    private sealed class Ear(Action<object> note) : UntypedActor
    {
        protected override void OnReceive(object message) => note(message);
    }

    private sealed class Notes(RoleSpec spec) : IReplicaObserver
    {
        public void Promised(ReplicaId replica, string log, Ballot ballot) => spec.Observed.Add($"promised {ballot}");

        public void Accepted(ReplicaId replica, string log, long slot, Ballot ballot, Batch batch) => spec.Observed.Add($"accepted {slot} {ballot}");

        public void Led(ReplicaId replica, string log, Ballot ballot) => spec.Observed.Add($"led {ballot}");

        public void Decided(ReplicaId replica, string log, long slot, Batch batch) => spec.Observed.Add($"decided {slot}");

        public void Executed(ReplicaId replica, string log, long slot, Batch batch) => spec.Observed.Add($"executed {slot}");

        public void Restored(ReplicaId replica, string log, long slot) => spec.Observed.Add($"restored {slot}");
    }
}
