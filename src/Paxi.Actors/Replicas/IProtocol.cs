using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Paxi.Actors.Commands;
using Paxi.Actors.Quorums;
using Paxi.Actors.Wire;

namespace Paxi.Actors.Replicas;

/// <summary>A replication protocol: its name, its messages, its roles, its options, what it promises. Adding one is a folder and a line in the list of protocols.</summary>
public interface IProtocol
{
    /// <summary>As in <c>--algorithm</c>: lower case.</summary>
    string Name { get; }

    /// <summary>What clients may rely on.</summary>
    ProtocolPromises Promises { get; }

    /// <summary>The voters' quorums, from the options of the section <c>paxi</c>.</summary>
    /// <exception cref="ArgumentException">Sizes out of range, or quorums that miss each other: the one line to show.</exception>
    QuorumSystem CreateQuorums(ImmutableArray<ReplicaId> members, Config settings);

    /// <summary>Registers every message type once, with its role and its binary form. Same order on every node.</summary>
    void RegisterMessages(WireRegistry registry);

    /// <summary>The role actors, in the order in which they start.</summary>
    IReadOnlyList<RoleDefinition> Roles { get; }

    /// <summary>The role that takes <see cref="Propose"/>, and whose name stands in <see cref="Roles"/>.</summary>
    string ProposerRole { get; }

    /// <summary>True when every replica proposes what it is asked, false when the gateway passes blocks on to the one that leads.</summary>
    bool ProposesAnywhere { get; }

    /// <summary>The role that takes <see cref="ReadRequests"/>.</summary>
    string ReaderRole { get; }

    /// <summary>
    /// True when the voters may change: the roles then bear it that their replica is no voter, and tell the epochs by <see cref="Epochs.Synced"/> when they hold what the epoch asks for.
    /// </summary>
    bool ChangesMembers => false;

    /// <summary>Checks the protocol's own options before a role starts.</summary>
    /// <exception cref="ArgumentException">One is out of range: the one line to show.</exception>
    void Validate(ReplicaContext context);
}

/// <summary>A role actor of a protocol.</summary>
/// <param name="Name">The actor's name under the replica.</param>
/// <param name="Props">Makes the role from what the replica hands it.</param>
public sealed record RoleDefinition(string Name, Func<ReplicaContext, Props> Props);

/// <summary>What a protocol promises to clients.</summary>
/// <param name="Linearizable">Whether every read mode but <see cref="ReadMode.Any"/> is.</param>
/// <param name="ReadModes">The read modes on offer.</param>
/// <param name="Transactions">Whether a transaction over several keys is atomic.</param>
/// <param name="Owners">Whether each object has an owner of its own, which is best near its clients.</param>
public sealed record ProtocolPromises(bool Linearizable, IReadOnlyList<ReadMode> ReadModes, bool Transactions, bool Owners = false);
