using Akka.Actor;
using Paxi.Actors.Commands;
using Paxi.Actors.StateMachines;

namespace Paxi.Actors.Replicas;

// Messages between the gateway and the roles of one replica. They never leave the process.

/// <summary>
/// Replica → each role of the protocol, in their order: all roles exist, so <see cref="ReplicaContext.Role"/> finds them. The first message that a role gets
/// from the replica; nothing arrives from peers or clients before all roles have it in their mailbox.
/// </summary>
public sealed record RolesStarted : INoSerializationVerificationNeeded
{
    public static readonly RolesStarted Instance = new();
}

/// <summary>Gateway → proposer: decide these commands. Batches that wait together may be decided together.</summary>
/// <remarks>A protocol in which every replica proposes may pass parts of it on by <see cref="PassOn"/>, and says there where the batch came from.</remarks>
public sealed record Propose(Batch Batch) : INoSerializationVerificationNeeded
{
    /// <summary>The gateway that the client asked: this replica's, or the one that passed the batch on.</summary>
    public ReplicaId Asked { get; init; }

    /// <summary>How often the batch was passed on; up to <see cref="GatewayActor.MaxHops"/>.</summary>
    public byte Hops { get; init; }
}

/// <summary>
/// Proposer → gateway: another replica is to decide these commands. The results come back to the gateway that the client asked. A batch that has been passed on too often is
/// dropped: the client asks again.
/// </summary>
/// <param name="To">Whom to pass it to; never this replica.</param>
/// <param name="Asked">As in <see cref="Propose.Asked"/>.</param>
/// <param name="Hops">As in <see cref="Propose.Hops"/>.</param>
/// <param name="Batch">Blocks of any number of sessions.</param>
public sealed record PassOn(ReplicaId To, ReplicaId Asked, byte Hops, Batch Batch) : INoSerializationVerificationNeeded;

/// <summary>
/// Proposer → gateway: this batch was not proposed and will not be by this role; it had no effect. The gateway passes it to
/// <paramref name="Leader"/> if that is another replica, else refuses it to the client.
/// </summary>
public sealed record ProposalRefused(Batch Batch, Clients.RefusalReason Reason, ReplicaId? Leader) : INoSerializationVerificationNeeded;

/// <summary>Proposer → gateway: who leads now, as far as this replica knows; null while nobody does.</summary>
public sealed record LeaderChanged(ReplicaId? Leader, Ballot Ballot) : INoSerializationVerificationNeeded;

/// <summary>Gateway → reader: answer these reads outside the log. The reader answers with <see cref="Executed"/> or <see cref="ReadsRefused"/>.</summary>
public sealed record ReadRequests(ReadMode Mode, Batch Batch) : INoSerializationVerificationNeeded;

/// <summary>Reader → gateway: the reads were not answered.</summary>
public sealed record ReadsRefused(Batch Batch, Clients.RefusalReason Reason, ReplicaId? Leader) : INoSerializationVerificationNeeded;

/// <summary>Learner or reader → gateway: results to hand to whoever waits. Only the replica that proposed the batch sends it.</summary>
/// <param name="Blocks">The results of the batch's blocks, in their order; neighbours of one session are one piece, and long ones are cut into several.</param>
/// <param name="ExecutedTo">The last slot executed.</param>
public sealed record Executed(long Slot, Ballot Ballot, long ExecutedTo, IReadOnlyList<ResultBlock> Blocks)
    : INoSerializationVerificationNeeded;

/// <summary>The results of one block, encoded as in <see cref="Clients.ClientReplies"/>.</summary>
public sealed record ResultBlock(ulong Session, int Count, ReadOnlyMemory<byte> Results);

/// <summary>To the replica, and on to the gateway or, where every replica proposes, to the proposer: who proposes for this object? Answered to the sender with <see cref="OwnerAnswer"/>.</summary>
public sealed record OwnerQuery(ObjectKey Object) : INoSerializationVerificationNeeded;

/// <summary>As far as this replica knows. With one leader for everything, that is the leader.</summary>
/// <param name="Owner">Null while nobody is known to propose.</param>
/// <param name="Ballot">In which it became the owner; zero where no ballot decides that.</param>
public sealed record OwnerAnswer(ReplicaId? Owner, Ballot Ballot) : INoSerializationVerificationNeeded;

/// <summary>Asks a role for what <c>status</c> and a transcript's <c>state</c> show; answered to the sender with <see cref="RoleStatus"/>.</summary>
public sealed record StatusQuery : INoSerializationVerificationNeeded
{
    public static readonly StatusQuery Instance = new();
}

/// <summary>How a role is.</summary>
/// <param name="Role">The role's name.</param>
/// <param name="Values">Name and value, in the order to show them. Short names: <c>ballot</c>, <c>executed</c>.</param>
public sealed record RoleStatus(string Role, IReadOnlyList<KeyValuePair<string, string>> Values) : INoSerializationVerificationNeeded;
