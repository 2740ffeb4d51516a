using System.Collections.Immutable;
using Akka.Configuration;
using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;
using Paxi.Actors.Wire;

namespace Paxi.Protocols.PaxosGroups;

/// <summary>A fixed number of groups, each a Multi-Paxos with its own leader; <see cref="Grouped"/>'s file has the protocol.</summary>
public sealed class PaxosGroupsProtocol : IProtocol
{
    public string Name => "paxos_groups";

    /// <remarks>A transaction over objects of several groups is refused as <see cref="CommandStatus.Invalid"/>; one over objects of the same group is atomic.</remarks>
    public ProtocolPromises Promises { get; } =
        new(Linearizable: true, [ReadMode.Log, ReadMode.Leader, ReadMode.Quorum, ReadMode.Any], Transactions: true);

    public IReadOnlyList<RoleDefinition> Roles { get; } =
    [
        new(PaxosGroupsRoles.Groups, static context => GroupsActor.Props(context, PaxosGroupsOptions.Create(context.Settings))),
    ];

    public string ProposerRole => PaxosGroupsRoles.Groups;

    /// <summary>Each block is split here, and its parts go to the leaders of their groups.</summary>
    public bool ProposesAnywhere => true;

    public string ReaderRole => PaxosGroupsRoles.Groups;

    /// <summary>Of the replicas as a whole; a group has quorums of its own (<see cref="GroupMap.QuorumsOf"/>).</summary>
    public QuorumSystem CreateQuorums(ImmutableArray<ReplicaId> members, Config settings) => QuorumSystem.Majority(members);

    public void RegisterMessages(WireRegistry registry) => PaxosGroupsWire.Register(registry);

    public void Validate(ReplicaContext context)
    {
        var options = PaxosGroupsOptions.Create(context.Settings);
        _ = new GroupMap(context.Members, options.Groups, options.GroupSize);
        ProtocolCheck.RequireObjects(this, context);
    }
}
