using System.Collections.Immutable;
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
using Paxi.TestKit.World;

namespace Paxi.Actors.Tests.Epochs;

/// <summary>The epochs of many replicas, each on a machine of its own with a disk, with the real journal and links that lose and delay. This test stands for the other roles.</summary>
internal sealed class EpochsCluster : IDisposable
{
    private static readonly Config s_config = SimulatedWorld.DefaultConfig.WithFallback(Reference.Whole);

    private readonly SortedDictionary<ReplicaId, SimulatedNode> _nodes = [];
    private readonly SortedDictionary<ReplicaId, IActorRef> _epochs = [];
    private readonly HashSet<ReplicaId> _silent = [];
    private readonly EpochOptions _options;
    private readonly Func<ImmutableArray<ReplicaId>, QuorumSystem> _rules;
    private readonly Epoch _first;
    private readonly SeededRandom _random;

    /// <param name="loss">Of 100 messages, how many are lost.</param>
    public EpochsCluster(
        ulong seed, ImmutableArray<ReplicaId> voters, Func<ImmutableArray<ReplicaId>, QuorumSystem> rules, int loss = 0, EpochOptions? options = null)
    {
        (World, _rules, Loss) = (new SimulatedWorld(seed), rules, loss);
        (_first, _options) = (new Epoch(1, voters), options ?? new EpochOptions());
        _random = World.Random.Fork("links");
        foreach (var voter in voters)
        {
            Add(voter);
        }
    }

    public SimulatedWorld World { get; }

    public int Loss { get; set; }

    /// <summary>What each replica was told, in order.</summary>
    public SortedDictionary<ReplicaId, List<Epoch>> Told { get; } = [];

    /// <summary>How many notices of an epoch were sent.</summary>
    public int Notices { get; private set; }

    /// <summary>Replicas that say they are synced as soon as they know an epoch.</summary>
    public HashSet<ReplicaId> Syncing { get; } = [];

    public void Dispose()
    {
        World.ThrowIfFailed();
        World.Dispose();
    }

    public void Add(ReplicaId id)
    {
        Told[id] = [];
        Syncing.Add(id);
        _nodes[id] = new SimulatedNode(World, new SimulatedNetwork(World), id, Boot,
            new DiskOptions { WriteDelay = DelayDistribution.Constant(TimeSpan.FromMilliseconds(1)) }, s_config);
        _nodes[id].Start();
        World.Settle();
    }

    public void Crash(ReplicaId id) => _nodes[id].Crash();

    public void Restart(ReplicaId id) => _nodes[id].Start();

    /// <summary>Nothing goes in or out.</summary>
    public void Cut(params ReplicaId[] ids) => _silent.UnionWith(ids);

    public void Heal() => _silent.Clear();

    public void Tell(ReplicaId id, object message)
    {
        World.Adopt();
        _epochs[id].Tell(message, ActorRefs.NoSender);
        World.Settle();
    }

    /// <summary>Asks that replica for a change.</summary>
    /// <returns>Filled when the answer comes.</returns>
    public List<ChangeEnded> Change(ReplicaId at, IReadOnlyList<ReplicaId> add, IReadOnlyList<ReplicaId> remove)
    {
        var answers = new List<ChangeEnded>();
        World.Adopt();
        var asker = _nodes[at].System.ActorSystem.ActorOf(Props.Create(() => new Ear(message => answers.Add((ChangeEnded)message))));
        _epochs[at].Tell(new ChangeMembers(add, remove), asker);
        World.Settle();
        return answers;
    }

    public void Run(double seconds, Func<bool>? until = null) => World.Run(until, TimeSpan.FromSeconds(seconds));

    private void Boot(SimulatedNode node)
    {
        var parent = node.System.ActorSystem.ActorOf(Props.Create(() => new Parent(this, node)).WithDispatcher(Dispatchers.Roles));
        parent.Tell(RolesStarted.Instance, ActorRefs.NoSender);
    }

    private void Carry(ReplicaId from, ReplicaId to, IWireMessage message)
    {
        Notices += message is EpochNotice ? 1 : 0;
        if (_silent.Contains(from) || _silent.Contains(to) || (from != to && _random.Next(100) < Loss))
        {
            return;
        }

        World.ScheduleOnce(from == to ? TimeSpan.Zero : TimeSpan.FromMilliseconds(1 + _random.Next(30)), () =>
        {
            if (!_silent.Contains(to) && _epochs.TryGetValue(to, out var epochs) && _nodes[to].IsUp)
            {
                epochs.Tell(message, ActorRefs.NoSender);
            }
        });
    }

    private sealed class Parent : UntypedActor
    {
        private readonly EpochsCluster _cluster;
        private readonly ReplicaId _id;
        private readonly IActorRef _epochs;

        public Parent(EpochsCluster cluster, SimulatedNode node)
        {
            (_cluster, _id) = (cluster, node.Id);
            var journal = Context.ActorOf(JournalActor.Props(node.Store, Self).WithDispatcher(Dispatchers.Roles));
            var context = new ReplicaContext
            {
                Self = _id,
                Epoch = cluster._first,
                Quorums = cluster._rules(cluster._first.Voters),
                Links = new Wires(cluster, _id),
                Store = node.Store,
                Journal = journal,
                Settings = Reference.Section(Config.Empty),
                StateMachine = static () => new KeyValueStore(),
                Random = cluster.World.Random.Fork($"{_id} {node.Starts}").Fork,
            };
            _epochs = Context.ActorOf(EpochsActor.Props(context, cluster._options, cluster._rules).WithDispatcher(Dispatchers.Roles), KernelRoles.Epochs);
            cluster._epochs[_id] = _epochs;
            var (epoch, _) = EpochJournal.Read(node.Store, cluster._first);
            if (cluster.Syncing.Contains(_id) && epoch.IsJoint)
            {
                _epochs.Tell(new Synced(epoch.Number), Self);
            }
        }

        protected override void OnReceive(object message)
        {
            if (message is EpochChanged changed)
            {
                _cluster.Told[_id].Add(changed.Epoch);
                if (_cluster.Syncing.Contains(_id))
                {
                    _epochs.Tell(new Synced(changed.Epoch.Number), Self);
                }
            }
        }
    }

    private sealed class Wires(EpochsCluster cluster, ReplicaId self) : ILinks
    {
        public void Send(ReplicaId to, IWireMessage message) => cluster.Carry(self, to, message);

        public void Broadcast(IWireMessage message) => throw new NotSupportedException("the epochs name whom they send to");
    }

    private sealed class Ear(Action<object> note) : UntypedActor
    {
        protected override void OnReceive(object message) => note(message);
    }
}
