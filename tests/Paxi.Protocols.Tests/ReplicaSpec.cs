using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Paxi.Actors;
using Paxi.Actors.Configuration;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;
using Paxi.Actors.Wire;
using Paxi.TestKit.World;
using Xunit;

namespace Paxi.Protocols.Tests;

/// <summary>
/// A role of replica 1.1 as it runs in production, on a simulated machine. The other roles are ears that note what they are told, and the peers are this test: it sees what leaves, and says what
/// arrives.
/// </summary>
public abstract class ReplicaSpec : IDisposable
{
    protected static readonly ReplicaId Self = new(1, 1);
    private static readonly Config s_systemConfig = SimulatedWorld.DefaultConfig.WithFallback(Reference.Whole);

    private readonly List<(ReplicaId To, IWireMessage Message)> _sent = [];
    private readonly List<object> _told = [];
    private IActorRef _role = ActorRefs.Nobody;

    /// <remarks>The derived class calls <see cref="Start"/> when it is ready for <see cref="Boot"/>.</remarks>
    protected ReplicaSpec(IProtocol protocol, string settings, ImmutableArray<ReplicaId> members, DiskOptions disk)
    {
        Protocol = protocol;
        World = new SimulatedWorld(7);
        Settings = Reference.Section(ConfigurationFactory.ParseString(settings));
        Quorums = protocol.CreateQuorums(members, Settings);
        Node = new SimulatedNode(World, new SimulatedNetwork(World), Self, node => _role = Boot(node.System.ActorSystem), disk, s_systemConfig);
    }

    protected IProtocol Protocol { get; }

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

    protected void Advance(double milliseconds) => World.Advance(TimeSpan.FromMilliseconds(milliseconds));

    /// <summary>Another role of this replica tells the role something; time does not pass.</summary>
    protected void Tell(object message)
    {
        World.Adopt();
        _role.Tell(message, ActorRefs.NoSender);
        World.Settle();
    }

    /// <summary>What the role answers to that question of another role; time does not pass.</summary>
    protected T Ask<T>(object question)
    {
        object? answer = null;
        World.Adopt();
        _role.Tell(question, Node.System.ActorSystem.ActorOf(Listener((message, _) => answer = message)));
        World.Settle();
        return Assert.IsType<T>(answer);
    }

    protected string? Status(string name) => Ask<RoleStatus>(StatusQuery.Instance).Values.First(pair => pair.Key == name).Value;

    /// <summary>What other roles and the gateway were told since the last call, of that type; taken out.</summary>
    protected List<T> Told<T>()
    {
        var found = _told.OfType<T>().ToList();
        _told.RemoveAll(static message => message is T);
        return found;
    }

    /// <summary>Messages of that type that were sent to replicas, or to that one, since the last call; taken out.</summary>
    protected List<(ReplicaId To, T Message)> Take<T>(ReplicaId? to = null)
        where T : IWireMessage
    {
        var found = _sent.FindAll(IsWanted);
        _sent.RemoveAll(IsWanted);
        return [.. found.Select(static sent => (sent.To, (T)sent.Message))];

        bool IsWanted((ReplicaId To, IWireMessage Message) sent) => sent.Message is T && (to is null || sent.To == to);
    }

    /// <summary>Whatever was sent or told so far is of no interest.</summary>
    protected void Forget()
    {
        _sent.Clear();
        _told.Clear();
    }

    protected void NoteSent(ReplicaId to, IWireMessage message) => _sent.Add((to, message));

    protected void NoteTold(object message) => _told.Add(message);

    /// <summary>Starts the role that is tested and ears for what it talks to.</summary>
    /// <returns>The role.</returns>
    protected abstract IActorRef Boot(ActorSystem system);

    /// <summary>An ear: an actor that gives what it is told, and by whom, to that function.</summary>
    protected static Props Listener(Action<object, IActorRef> note) => Props.Create(() => new Ear(note));

    /// <summary>An ear whose messages <see cref="Told"/> takes out.</summary>
    protected Props Listener() => Listener((message, _) => NoteTold(message));

    private sealed class Ear(Action<object, IActorRef> note) : UntypedActor
    {
        protected override void OnReceive(object message) => note(message, Sender);
    }
}
