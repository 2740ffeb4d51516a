using System.Collections.Immutable;
using Akka.Configuration;
using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;
using Paxi.Protocols.WPaxos.Policies;

namespace Paxi.Protocols.WPaxos;

/// <summary>WPaxos and its family; <see cref="Accepts"/>'s file has the protocol. They differ in the quorums, and in whether the owners are fixed.</summary>
public sealed class WPaxosProtocol : IProtocol
{
    private readonly Func<ImmutableArray<ReplicaId>, WPaxosOptions, QuorumSystem> _quorums;
    private readonly bool _isPlaced;

    private WPaxosProtocol(string name, bool isPlaced, Func<ImmutableArray<ReplicaId>, WPaxosOptions, QuorumSystem> quorums)
    {
        (Name, _isPlaced, _quorums) = (name, isPlaced, quorums);
        Roles =
        [
            new(WPaxosRoles.Owners, context => Owners(context)),
            new(WPaxosRoles.Acceptor, static context => AcceptorActor.Props(context, WPaxosOptions.Create(context.Settings))),
            new(WPaxosRoles.Learner, static context => Learner(context)),
            new(WPaxosRoles.Peers, static context => PeersActor.Props(context, WPaxosOptions.Create(context.Settings))),
            new(WPaxosRoles.Sync, static context => SyncActor.Props(context, WPaxosOptions.Create(context.Settings))),
        ];
    }

    /// <summary>Owners anywhere, stolen by policy; the flexible grid.</summary>
    public static WPaxosProtocol WPaxos { get; } = new("wpaxos", isPlaced: false, Grid);

    /// <summary>Owners anywhere, stolen by policy; majorities (Peluso et al., DSN 2016).</summary>
    public static WPaxosProtocol M2Paxos { get; } = new("m2paxos", isPlaced: false, static (members, _) => QuorumSystem.Majority(members));

    /// <summary>Owners by the partition map of the configuration; majorities.</summary>
    public static WPaxosProtocol KPaxos { get; } = new("kpaxos", isPlaced: true, Placed);

    public string Name { get; }

    public ProtocolPromises Promises { get; } = new(Linearizable: true, [ReadMode.Log, ReadMode.Any], Transactions: true, Owners: true);

    public IReadOnlyList<RoleDefinition> Roles { get; }

    public string ProposerRole => WPaxosRoles.Owners;

    public bool ProposesAnywhere => true;

    public bool ChangesMembers => true;

    public string ReaderRole => WPaxosRoles.Learner;

    public QuorumSystem CreateQuorums(ImmutableArray<ReplicaId> members, Config settings) => _quorums(members, WPaxosOptions.Create(settings));

    public void RegisterMessages(WireRegistry registry) => WPaxosWire.Register(registry);

    public void Validate(ReplicaContext context)
    {
        var options = WPaxosOptions.Create(context.Settings);
        _ = StealPolicies.Find(options.Policy, options.Threshold);
        _ = Map(context, options);
        ProtocolCheck.RequireObjects(this, context);
    }

    private Akka.Actor.Props Owners(ReplicaContext context)
    {
        var options = WPaxosOptions.Create(context.Settings);
        return OwnersActor.Props(context, options, Map(context, options));
    }

    private static Akka.Actor.Props Learner(ReplicaContext context)
    {
        var options = WPaxosOptions.Create(context.Settings);
        return LearnerActor.Props(context, options, () => context.ObjectStates((IObjectStateMachine)context.OwnStateMachine, options.Sessions));
    }

    private PartitionMap? Map(ReplicaContext context, WPaxosOptions options) => _isPlaced ? new PartitionMap(context.Members, options.Partition) : null;

    /// <exception cref="ArgumentException">The ranges name a zone that these members have not: the change of the members that would lead there is refused.</exception>
    private static QuorumSystem Placed(ImmutableArray<ReplicaId> members, WPaxosOptions options)
    {
        _ = new PartitionMap([.. members.Order()], options.Partition);
        return QuorumSystem.Majority(members);
    }

    private static QuorumSystem Grid(ImmutableArray<ReplicaId> members, WPaxosOptions options) =>
        options.HasRows ? QuorumSystem.Grid(members) : QuorumSystem.FlexibleGrid(members, options.ZoneFaults, options.NodeFaults < 0 ? null : options.NodeFaults);
}
