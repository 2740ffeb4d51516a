using System.Collections.Immutable;
using Akka.Configuration;
using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;
using Paxi.Actors.Wire;

namespace Paxi.Protocols.Tests.Planted;

/// <summary>A protocol with one defect.</summary>
internal sealed class PlantedProtocol : IProtocol
{
    private readonly IProtocol _right;
    private readonly PlantedBug _bug;

    public PlantedProtocol(PlantedBug bug)
    {
        (_bug, _right) = (bug, bug.Protocol);
        Roles = [.. _right.Roles.Select(role => bug.Plants.TryGetValue(role.Name, out var plant)
            ? new RoleDefinition(role.Name, context => plant(role, context))
            : role)];
        if (bug.Plants.Keys.FirstOrDefault(name => _right.Roles.All(role => role.Name != name)) is { } unknown)
        {
            throw new ArgumentException($"'{bug}' plants a role {unknown}, which {bug.Protocol.Name} does not have", nameof(bug));
        }
    }

    public string Name => _right.Name;

    public ProtocolPromises Promises => _bug.ReadsByLease
        ? _right.Promises with { ReadModes = [ReadMode.Leader, ReadMode.Leader, ReadMode.Leader, ReadMode.Log] }
        : _right.Promises;

    public IReadOnlyList<RoleDefinition> Roles { get; }

    public string ProposerRole => _right.ProposerRole;

    public bool ProposesAnywhere => _right.ProposesAnywhere;

    /// <summary>Elsewhere not, so that the runs of the other bugs are what they were.</summary>
    public bool ChangesMembers => _bug.ChangesMembers;

    public string ReaderRole => _right.ReaderRole;

    public QuorumSystem CreateQuorums(ImmutableArray<ReplicaId> members, Config settings)
    {
        var quorums = _right.CreateQuorums(members, settings);
        return _bug.Quorums is { } change ? change(quorums) : quorums;
    }

    public void RegisterMessages(WireRegistry registry) => _right.RegisterMessages(registry);

    public void Validate(ReplicaContext context) => _right.Validate(context);
}
