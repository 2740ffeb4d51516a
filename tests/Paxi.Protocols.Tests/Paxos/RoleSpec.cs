using System.Collections.Immutable;
using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.Configuration;
using Paxi.Actors.Links;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;
using Paxi.Protocols.Paxos;
using Paxi.TestKit.World;
using Xunit;
using Envelope = Paxi.Actors.Links.Envelope;

namespace Paxi.Protocols.Tests.Paxos;

/// <summary>
/// One role of replica 1.1 as it runs in production, under the real replica, links and journal, on a simulated machine. The other roles are ears that note what they are told,
/// and the peers are this test: it sees what leaves, and says what arrives.
/// </summary>
public abstract class RoleSpec : IDisposable
{
    protected static readonly ReplicaId First = new(1, 1);
    protected static readonly ReplicaId Second = new(1, 2);
    protected static readonly ReplicaId Third = new(1, 3);
    private static readonly Config s_systemConfig = SimulatedWorld.DefaultConfig.WithFallback(Reference.Whole);

    private readonly RoleProtocol _protocol;
    private readonly SimulatedNetwork _network;
    private readonly List<(ReplicaId To, IWireMessage Message)> _sent = [];
    private readonly List<object> _told = [];

    protected RoleSpec(string role, string settings = "", int members = 3)
    {
        World = new SimulatedWorld(7);
        _network = new SimulatedNetwork(World);
        Settings = Reference.Section(ConfigurationFactory.ParseString(settings));
        ImmutableArray<ReplicaId> ids = [.. Enumerable.Range(1, members).Select(node => new ReplicaId(1, (ushort)node))];
        _protocol = new RoleProtocol(role, this);
        Quorums = _protocol.CreateQuorums(ids, Settings);
        Node = new SimulatedNode(World, _network, First, Boot, new DiskOptions { WriteDelay = DelayDistribution.Constant(TimeSpan.FromMilliseconds(1)) },
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
    protected void Receive(IWireMessage message)
    {
        var from = (ReplicaId)message.GetType().GetProperty("From")!.GetValue(message)!;
        World.Adopt();
        Node.System.ActorSystem.ActorSelection("/user/links").Tell(new Envelope(from, [message]));
        World.Settle();
    }

    /// <summary>Another role of this replica tells the role something; time does not pass.</summary>
    protected void Tell(object message)
    {
        World.Adopt();
        Node.System.ActorSystem.ActorSelection($"/user/replica/{_protocol.Role}").Tell(message, ActorRefs.NoSender);
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

    /// <summary>The messages of that type that the other roles were told since the last call, taken out.</summary>
    protected List<T> Told<T>()
    {
        var found = _told.OfType<T>().ToList();
        _told.RemoveAll(static message => message is T);
        return found;
    }

    protected string? Status(string name)
    {
        var role = Node.System.ActorSystem.ActorSelection($"/user/replica/{_protocol.Role}");
        RoleStatus? status = null;
        World.Adopt();
        void Note(object message) => status = message as RoleStatus;
        Action<object> note = Note;
        var inbox = Node.System.ActorSystem.ActorOf(Props.Create(() => new Ear(note)));
        role.Tell(StatusQuery.Instance, inbox);
        World.Settle();
        return status?.Values.First(pair => pair.Key == name).Value;
    }

    /// <summary>A batch of one client block.</summary>
    protected static Batch Batch(string content, ulong session = 1, long sequence = 1) =>
        BatchWriter.Block(session, sequence, [(sequence, Encoding.UTF8.GetBytes(content))]);

    protected static Ballot Ballot(uint counter, ReplicaId owner) => new(counter, owner);

    private void Boot(SimulatedNode node) => ReplicaHandle.Start(node.System.ActorSystem, new ReplicaStart
    {
        Self = node.Id,
        Protocol = _protocol,
        Quorums = Quorums,
        Settings = Settings,
        Store = node.Store,
        Transport = new Wires(this),
        Registry = WireRegistry.Of(_protocol),
        StateMachine = static () => new KeyValueStore(),
        Seed = 7,
        Observer = new Notes(this),
    });

    private sealed class Wires(RoleSpec spec) : ITransport
    {
        public void Send(ReplicaId to, Envelope envelope)
        {
            foreach (var message in envelope.Messages)
            {
                spec._sent.Add((to, message));
            }
        }

        public void Reply(IActorRef client, IClientReply reply)
        {
        }
    }

    /// <summary>Notes what a role is told.</summary>
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

    /// <summary>Multi-Paxos, of which one role is real.</summary>
    private sealed class RoleProtocol : IProtocol
    {
        private static readonly PaxosProtocol Paxos = new();

        public RoleProtocol(string role, RoleSpec spec)
        {
            Role = role;
            Roles = [.. Paxos.Roles.Select(real => real.Name == role
                ? real
                : new RoleDefinition(real.Name, _ => Listener(message => Note(spec, message))))];
        }

        public string Role { get; }

        public string Name => Paxos.Name;

        public ProtocolPromises Promises => Paxos.Promises;

        public IReadOnlyList<RoleDefinition> Roles { get; }

        public string ProposerRole => Paxos.ProposerRole;

        public bool ProposesAnywhere => Paxos.ProposesAnywhere;

        public string ReaderRole => Paxos.ReaderRole;

        public QuorumSystem CreateQuorums(ImmutableArray<ReplicaId> members, Config settings) => Paxos.CreateQuorums(members, settings);

        public void RegisterMessages(WireRegistry registry) => Paxos.RegisterMessages(registry);

        public void Validate(ReplicaContext context) => Paxos.Validate(context);

        private static Props Listener(Action<object> note) => Props.Create(() => new Ear(note));

        private static void Note(RoleSpec spec, object message)
        {
            if (message is not RolesStarted)
            {
                spec._told.Add(message);
            }
        }
    }
}
