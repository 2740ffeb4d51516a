using System.Collections.Immutable;
using System.Globalization;
using Akka.Configuration;
using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Detector;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;
using Paxi.Actors.Wire;

namespace Paxi.Protocols.Paxos;

/// <summary>Multi-Paxos with flexible quorums; <see cref="Accept"/>'s file has the protocol.</summary>
public sealed class PaxosProtocol : IProtocol
{
    public string Name => "paxos";

    public ProtocolPromises Promises { get; } =
        new(Linearizable: true, [ReadMode.Log, ReadMode.Leader, ReadMode.Quorum, ReadMode.Any], Transactions: true);

    public IReadOnlyList<RoleDefinition> Roles { get; } =
    [
        new(KernelRoles.Detector, static context => DetectorActor.Props(context, Detector(PaxosOptions.Create(context.Settings)))),
        new(PaxosRoles.Leader, static context => LeaderActor.Props(context, PaxosOptions.Create(context.Settings))),
        new(PaxosRoles.Acceptor, static context => AcceptorActor.Props(context, PaxosOptions.Create(context.Settings))),
        new(PaxosRoles.Learner, static context => LearnerActor.Props(context, PaxosOptions.Create(context.Settings))),
        new(PaxosRoles.Reader, static context => ReaderActor.Props(context, PaxosOptions.Create(context.Settings))),
        new(PaxosRoles.Sync, static context => SyncActor.Props(context, PaxosOptions.Create(context.Settings))),
    ];

    public string ProposerRole => PaxosRoles.Leader;

    public bool ProposesAnywhere => false;

    public bool ChangesMembers => true;

    public string ReaderRole => PaxosRoles.Reader;

    public QuorumSystem CreateQuorums(ImmutableArray<ReplicaId> members, Config settings)
    {
        var majority = (members.Length / 2) + 1;
        return QuorumSystem.Flexible(members, Size(settings, "q1", majority, members.Length), Size(settings, "q2", majority, members.Length));
    }

    public void RegisterMessages(WireRegistry registry) => PaxosWire.Register(registry);

    public void Validate(ReplicaContext context) => _ = PaxosOptions.Create(context.Settings);

    private static int Size(Config settings, string name, int majority, int members)
    {
        var text = settings.GetString($"quorum.{name}") ?? "";
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) || size > members)
        {
            throw new ArgumentException($"paxi.quorum.{name} = {text}; it may be from 1 to {members}, or 0 for a majority, {majority}");
        }

        return size == 0 ? majority : size;
    }

    internal static DetectorOptions Detector(PaxosOptions options) => new()
    {
        Listener = PaxosRoles.Leader,
        Responder = PaxosRoles.Acceptor,
        LeaseHolder = options.HasLeases ? PaxosRoles.Reader : null,
        HeartbeatInterval = options.HeartbeatInterval,
        ElectionTimeout = options.ElectionTimeout,
        LeaseTerm = options.LeaseTerm,
    };
}
