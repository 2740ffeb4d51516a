using System.Collections.Immutable;
using Akka.Configuration;
using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Configuration;
using Paxi.Actors.Epochs;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;
using Paxi.TestKit.Checks;
using Paxi.TestKit.Histories;
using Paxi.TestKit.World;

namespace Paxi.TestKit.Simulation;

/// <summary>
/// A whole cluster of one protocol in a world: the replicas as they run live, each on a machine with a disk and a clock of its own, clients that are the real ones,
/// the network between them, and every check that the protocol's promises allow. Nothing happens until the world runs.
/// </summary>
public sealed class SimulatedCluster : IDisposable
{
    private static readonly Config s_systemConfig = SimulatedWorld.DefaultConfig.WithFallback(Reference.Whole);

    private readonly ClusterOptions _options;
    private readonly WireRegistry _registry;
    private readonly Func<IStateMachine> _stateMachine;
    private readonly List<SimulatedClient> _clients = [];
    private SimulatedSystem? _clientSystem;
    private readonly Dictionary<string, (Ballot Ballot, ReplicaId Replica, ReplicaId? Deposed)> _leaders = [];
    private readonly List<string> _ledLogs = [];

    /// <exception cref="ArgumentException">The settings are wrong; the message is one line that names the key.</exception>
    public SimulatedCluster(IProtocol protocol, ClusterOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(protocol);
        Protocol = protocol;
        _options = options ?? new ClusterOptions();
        Settings = Reference.Section(ConfigurationFactory.ParseString(_options.Settings));
        Replicas = [.. Ids(_options.Zones, _options.Nodes)];
        Spares = [.. Ids(_options.Zones + _options.SpareZones, _options.Nodes).Where(id => id.Zone > _options.Zones)];
        Quorums = protocol.CreateQuorums(Replicas, Settings);
        Epochs = new EpochBook(Quorums);
        World = new SimulatedWorld(new WorldOptions
        {
            Seed = _options.Seed,
            ShuffleReadyWork = _options.ShufflesReadyWork,
            Trace = _options.Trace,
        });
        Network = new SimulatedNetwork(World, _options.Network);
        History = new HistoryRecorder(() => World.NowTicks * TimeSpan.NanosecondsPerTick);
        var versions = Settings.GetInt("store.max-versions");
        _stateMachine = _options.StateMachine ?? (() => new KeyValueStore(versions));
        _registry = WireRegistry.Of(protocol);
        Ledger = new ExecutionLedger(_stateMachine);
        Ledger.TookEffectFirst += Model.Apply;
        Ledger.TookEffectFirst += body => Order.TakeEffect(body, World.NowTicks * TimeSpan.NanosecondsPerTick);
        Checks = new CheckSuite(MakeChecks(), () => World.Now);
        Ledger.Restarted += Checks.Restarted;
        Nodes = [.. Replicas.Concat(Spares).Select(id => new SimulatedNode(World, Network, id, Boot, _options.Disk, s_systemConfig))];
        World.IsExpected = failure => Nodes.Any(node => node.Disk.HasFault && node.IsUp && node.System.Name == failure.System);
    }

    public IProtocol Protocol { get; }

    public SimulatedWorld World { get; }

    public SimulatedNetwork Network { get; }

    /// <summary>The voters of the first epoch, in the order of their ids.</summary>
    public ImmutableArray<ReplicaId> Replicas { get; }

    /// <summary>Replicas that are no voters at first, in the order of their ids; down until <see cref="StartSpares"/>.</summary>
    public ImmutableArray<ReplicaId> Spares { get; }

    /// <summary>The replicas that were ever started, in the order of <see cref="Nodes"/>.</summary>
    public IEnumerable<ReplicaId> Started => Nodes.Where(static node => node.Starts > 0).Select(static node => node.Id);

    /// <summary>Those of <see cref="Replicas"/>, then those of <see cref="Spares"/>.</summary>
    public ImmutableArray<SimulatedNode> Nodes { get; }

    /// <summary>Of the first epoch.</summary>
    public QuorumSystem Quorums { get; }

    /// <summary>Who votes where.</summary>
    public EpochBook Epochs { get; }

    /// <summary>The section <c>paxi</c>, with defaults.</summary>
    public Config Settings { get; }

    public CheckSuite Checks { get; }

    /// <summary>What took effect where.</summary>
    public ExecutionLedger Ledger { get; }

    /// <summary>What the commands of the key-value store mean, followed as they take effect.</summary>
    public StoreModel Model { get; } = new();

    /// <summary>What the clients did and saw, reads of mode <see cref="ReadMode.Any"/> left out.</summary>
    public HistoryRecorder History { get; }

    /// <summary>The order in which the commands of the history took effect.</summary>
    public DecidedOrder Order { get; } = new();

    /// <summary>What happened so far.</summary>
    public Coverage Coverage { get; } = new();

    /// <summary>
    /// The replica that last won phase 1 with the highest ballot of its log, whether it still lives or not; null before the first election. Where each object has a log, it is one leader of many: see
    /// <see cref="LeaderOf"/>.
    /// </summary>
    public ReplicaId? Leader { get; private set; }

    /// <summary>The replica that led that log before <see cref="Leader"/>, and may not know that it leads no more; null before the log's second election.</summary>
    public ReplicaId? Deposed { get; private set; }

    /// <summary>The logs that have or had a leader, by their first election.</summary>
    public IReadOnlyList<string> LedLogs => _ledLogs;

    /// <summary>The replica that last won phase 1 in that log with its highest ballot, whether it still lives or not; null when none has.</summary>
    public ReplicaId? LeaderOf(string log) => _leaders.TryGetValue(log, out var leader) ? leader.Replica : null;

    /// <summary>Called at each step that a replica reports, before it goes on.</summary>
    public event Action<Moment, ReplicaId>? Stepped;

    /// <summary>Called after <see cref="Stepped"/> when a replica has won phase 1; of all steps few are that.</summary>
    public event Action? Elected;

    public IReadOnlyList<SimulatedClient> Clients => _clients;

    /// <summary>Starts every voter of the first epoch that is down.</summary>
    public void Start() => Start(Replicas);

    /// <summary>Starts the spare replicas; they catch up, and vote when they are added to the members.</summary>
    public void StartSpares() => Start(Spares);

    private void Start(ImmutableArray<ReplicaId> ids)
    {
        foreach (var id in ids)
        {
            if (Node(id) is { IsUp: false } node)
            {
                node.Start();
            }
        }
    }

    /// <summary>Asks a replica to change the members.</summary>
    /// <returns>Gets the answer when it comes.</returns>
    public IReadOnlyList<ChangeEnded> ChangeMembers(ReplicaId at, IReadOnlyList<ReplicaId> add, IReadOnlyList<ReplicaId> remove)
    {
        var answers = new List<ChangeEnded>();
        World.Adopt();
        AskToChange(at, add, remove, answers.Add);
        World.Settle();
        return answers;
    }

    /// <summary>The same while the world runs.</summary>
    internal void AskToChange(ReplicaId at, IReadOnlyList<ReplicaId> add, IReadOnlyList<ReplicaId> remove, Action<ChangeEnded> answer)
    {
        var node = Node(at);
        var port = new ReplyPort(node.System, message => answer((ChangeEnded)message));
        node.System.ActorSystem.ActorSelection("/user/replica").Tell(new ChangeMembers(add, remove), port);
    }

    /// <exception cref="ArgumentException">There is no such replica.</exception>
    public SimulatedNode Node(ReplicaId id)
    {
        var index = Replicas.BinarySearch(id);
        index = index >= 0 ? index : Spares.BinarySearch(id) is >= 0 and var spare ? Replicas.Length + spare : -1;
        return index >= 0 ? Nodes[index] : throw new ArgumentException($"there is no replica {id}; there are {string.Join(", ", Replicas)}", nameof(id));
    }

    /// <inheritdoc cref="Node(ReplicaId)"/>
    public SimulatedNode Node(string id) => Node(ReplicaId.Parse(id));

    /// <summary>A client, which is a real client actor on a machine of its own on the network.</summary>
    /// <param name="replicas">Whom it may ask, the first first; everyone, in order, when null.</param>
    /// <param name="adjust">Changes what the settings say of clients.</param>
    /// <param name="zone">Where it is.</param>
    public SimulatedClient AddClient(
        IEnumerable<ReplicaId>? replicas = null, Func<Actors.Clients.ClientSettings, Actors.Clients.ClientSettings>? adjust = null, int zone = 1)
    {
        if (_clientSystem is null)
        {
            _clientSystem = World.CreateSystem("clients", s_systemConfig);
            WireExtension.Attach(_clientSystem.ActorSystem, _registry);
        }

        var settings = Actors.Clients.ClientSettings.Create(Settings, replicas is null ? Replicas : [.. replicas]);
        var client = new SimulatedClient(this, _clientSystem, _clients.Count + 1, adjust is null ? settings : adjust(settings), zone);
        _clients.Add(client);
        return client;
    }

    /// <summary>What the replica's roles say of themselves; the world settles, time does not pass. Null when it is down, paused or does not answer.</summary>
    public ReplicaStatus? StatusOf(ReplicaId id) => Ask<ReplicaStatus>(id, StatusRequest.Instance);

    /// <summary>Who proposes for that object, as far as the replica knows. Null as for <see cref="StatusOf"/>.</summary>
    public OwnerAnswer? OwnerOf(ReplicaId id, ObjectKey key) => Ask<OwnerAnswer>(id, new OwnerQuery(key));

    private T? Ask<T>(ReplicaId id, object question) where T : class
    {
        var node = Node(id);
        if (!node.IsUp || node.System.IsPaused)
        {
            return null;
        }

        T? answer = null;
        var port = new ReplyPort(node.System, message => answer = message as T);
        World.Adopt();
        node.System.ActorSystem.ActorSelection("/user/replica").Tell(question, port);
        World.Settle();
        return answer;
    }

    /// <summary>
    /// Whether all voters run and hold every slot that any replica ever executed: those that restart together hold the same for a while, and less. Between the commit of a command over several objects and
    /// its effect on the others all of them may hold the same, too.
    /// </summary>
    public bool HasConverged()
    {
        if (!Ledger.IsWhole)
        {
            return false;
        }

        foreach (var voter in Epochs.Newest.Voters)
        {
            if (!Node(voter).IsUp || !Ledger.Positions.Where(at => Epochs.Holds(voter, at.Key)).SequenceEqual(Ledger.PositionsOf(voter)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Hands the state of every replica to the checks that compare them.</summary>
    public void CheckConverged()
    {
        if (Ledger.Parts.Count == 0)
        {
            CheckConverged(null);
        }

        foreach (var log in Ledger.Parts)
        {
            CheckConverged(log);
        }
    }

    private void CheckConverged(string? log)
    {
        ReadOnlyMemory<byte>? expected = Ledger.IsFollowed ? ExecutionLedger.SnapshotOf(Ledger.ReferenceOf(log)) : null;
        var states = new List<FinalState>();
        foreach (var replica in Epochs.Newest.Voters)
        {
            if (Ledger.SnapshotOf(replica, log) is { } snapshot)
            {
                states.Add(new FinalState(replica, snapshot, expected));
            }
        }

        Checks.Converged(states);
    }

    /// <summary>Throws when a check was violated, a role failed, or work escaped to another thread.</summary>
    /// <exception cref="ViolationException">A property is broken.</exception>
    /// <exception cref="WorldFailedException">A role failed, and no disk fault explains it.</exception>
    /// <exception cref="EscapedWorkException">Work came in from another thread.</exception>
    public void ThrowIfFailed()
    {
        Checks.ThrowIfViolated();
        World.ThrowIfFailed();
    }

    public void Dispose() => World.Dispose();

    internal static IEnumerable<ReplicaId> Ids(int zones, int nodes)
    {
        for (var zone = 1; zone <= zones; zone++)
        {
            for (var node = 1; node <= nodes; node++)
            {
                yield return new ReplicaId((ushort)zone, (ushort)node);
            }
        }
    }

    internal void Report(Moment moment, ReplicaId replica)
    {
        Stepped?.Invoke(moment, replica);
        if (moment == Moment.Lead)
        {
            Elected?.Invoke();
        }
    }

    internal void NoteLeader(ReplicaId replica, string log, Ballot ballot)
    {
        ReplicaId? deposed = null;
        if (!_leaders.TryGetValue(log, out var before))
        {
            _ledLogs.Add(log);
        }
        else if (ballot < before.Ballot)
        {
            return;
        }
        else
        {
            deposed = before.Replica == replica ? before.Deposed : before.Replica;
        }

        _leaders[log] = (ballot, replica, deposed);
        (Leader, Deposed) = (replica, deposed);
    }

    private IEnumerable<Check> MakeChecks()
    {
        IEnumerable<Check> checks = [.. CheckSuite.ForLog(Epochs), new PhantomValueCheck(Model), new FailedCommandCheck(Model)];
        if (Protocol.Promises.Linearizable)
        {
            checks = [.. checks, new AcknowledgedWriteCheck(Model), new MonotonicReadsCheck(Model)];
        }

        return _options.MoreChecks is { } more ? [.. checks, .. more()] : checks;
    }

    private void Boot(SimulatedNode node)
    {
        var handle = ReplicaHandle.Start(node.System.ActorSystem, MakeStart(node));
        foreach (var other in Nodes)
        {
            handle.Links.Tell(new PeerSeen(other.Id), Akka.Actor.ActorRefs.NoSender);
        }
    }

    private ReplicaStart MakeStart(SimulatedNode node) => new()
    {
        Self = node.Id,
        Protocol = Protocol,
        Quorums = Quorums,
        Settings = Settings,
        Store = node.Store,
        Transport = node.Transport,
        Registry = _registry,
        StateMachine = () => Ledger.Create(node.Id),
        StateMachineOf = log => Ledger.Create(node.Id, log),
        Seed = World.Random.Fork($"replica {node.Id} start {node.Starts}").NextUInt64(),
        Observer = new NodeObserver(this, node.System),
    };
}
