using System.Text;
using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Journal;
using Paxi.Actors.Links;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;
using Paxi.Protocols.Paxos;
using Paxi.TestKit.World;

namespace Paxi.Protocols.Tests.Paxos;

/// <summary>One role, with the real journal; by default of <c>paxos</c>. What it sends to its own replica is noted as told.</summary>
public abstract class RoleSpec : ReplicaSpec
{
    protected static readonly ReplicaId First = Self;
    protected static readonly ReplicaId Second = new(1, 2);
    protected static readonly ReplicaId Third = new(1, 3);

    private readonly string _name;
    private readonly Func<ReplicaContext, ReplicaContext>? _adjust;

    protected RoleSpec(string role, string settings = "", int members = 3, IProtocol? protocol = null, Func<ReplicaContext, ReplicaContext>? adjust = null)
        : base(protocol ?? new PaxosProtocol(), settings, [.. Enumerable.Range(1, members).Select(node => new ReplicaId(1, (ushort)node))],
            new DiskOptions { WriteDelay = DelayDistribution.Constant(TimeSpan.FromMilliseconds(1)) })
    {
        (_name, _adjust) = (role, adjust);
        Start();
    }

    /// <summary>Cuts the power and starts again from the disk.</summary>
    protected void CrashAndStart()
    {
        Node.Crash();
        Forget();
        Start();
    }

    /// <summary>A message of a peer arrives; time does not pass.</summary>
    protected void Receive(IWireMessage message) => Tell(message);

    /// <summary>The messages of that type that were sent to peers since the last call, taken out.</summary>
    protected List<T> Sent<T>(ReplicaId? to = null)
        where T : IWireMessage =>
        [.. Take<T>(to).Select(static sent => sent.Message)];

    /// <summary>A batch of one client block.</summary>
    protected static Batch Batch(string content, ulong session = 1, long sequence = 1) =>
        BatchWriter.Block(session, sequence, [(sequence, Encoding.UTF8.GetBytes(content))]);

    protected static Ballot Ballot(uint counter, ReplicaId owner) => new(counter, owner);

    protected override IActorRef Boot(ActorSystem system)
    {
        var random = new SeededRandom(7);
        var journal = system.ActorOf(JournalActor.Props(Node.Store, system.ActorOf(Listener())).WithDispatcher(Dispatchers.Roles));
        var context = new ReplicaContext
        {
            Self = Self,
            Quorums = Quorums,
            Links = new Wires(this),
            Store = Node.Store,
            Journal = journal,
            Settings = Settings,
            StateMachine = static () => new KeyValueStore(),
            Random = random.Fork,
            Observer = new Notes(this),
        };
        context = _adjust?.Invoke(context) ?? context;
        context.Add(KernelRoles.Epochs, system.ActorOf(Listener()));
        context.Add(KernelRoles.Gateway, system.ActorOf(Listener()));
        IActorRef role = ActorRefs.Nobody;
        foreach (var definition in Protocol.Roles)
        {
            context.Add(definition.Name, definition.Name == _name
                ? role = system.ActorOf(definition.Props(context).WithDispatcher(Dispatchers.Roles), definition.Name)
                : system.ActorOf(Listener(), definition.Name));
        }

        role.Tell(RolesStarted.Instance, ActorRefs.NoSender);
        return role;
    }

    /// <summary>What goes to the own replica is noted as told, the rest as sent.</summary>
    private sealed class Wires(RoleSpec spec) : ILinks
    {
        public void Send(ReplicaId to, IWireMessage message)
        {
            if (to == First)
            {
                spec.NoteTold(message);
            }
            else
            {
                spec.NoteSent(to, message);
            }
        }

        public void Broadcast(IWireMessage message)
        {
            foreach (var member in spec.Quorums.Members)
            {
                if (member != First)
                {
                    spec.NoteSent(member, message);
                }
            }
        }
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
