using Paxi.Actors.Commands;
using Paxi.Actors.Wire;

namespace Paxi.Actors.Clients;

/// <summary>
/// Commands of one session on their way to a replica, as one block of a <see cref="Batch"/>. Sent to the links actor of a replica, whose gateway forwards
/// it to the leader or owner if need be.
/// </summary>
/// <param name="Session">Also inside the block; here so that nobody needs to look inside.</param>
/// <param name="Request">The client's number for this message; comes back in <see cref="ClientRefusal"/>.</param>
/// <param name="Mode">For a block of reads, how to answer them; <see cref="ReadMode.Log"/> for everything else.</param>
/// <param name="Block">A batch of exactly one block.</param>
public sealed record ClientRequests(ulong Session, long Request, ReadMode Mode, Batch Block) : IWireMessage
{
    public int SizeHint => 64 + Block.Payload.Length;
}

/// <summary>What a replica answers to a client.</summary>
public interface IClientReply : IWireMessage
{
    /// <summary>Whose commands it is about.</summary>
    ulong Session { get; }
}

/// <summary>
/// Results of executed commands of one session.
/// <code>
/// results := result{count}
/// result  := sequence varint, status u8, length varint, body{length}
/// </code>
/// </summary>
/// <param name="Session">Whose commands they were.</param>
/// <param name="Leader">Ask this replica first next time: the one that proposed them or, where every replica proposes, the one that was asked.</param>
/// <param name="Slot">Where they were decided; for a read outside the log the last slot executed.</param>
/// <param name="Ballot">The ballot of that replica.</param>
/// <param name="Executed">The last slot executed when the answer was made.</param>
/// <param name="Count">How many results.</param>
/// <param name="Results">In the form above; a slice of the message.</param>
public sealed record ClientReplies(
    ulong Session, ReplicaId Leader, long Slot, Ballot Ballot, long Executed, int Count, ReadOnlyMemory<byte> Results) : IClientReply;

/// <summary>None of the commands of that request were taken; they had no effect through this request.</summary>
/// <param name="Session">Whose request it was.</param>
/// <param name="Request">The client's number for that request.</param>
/// <param name="Reason">Why.</param>
/// <param name="Leader">Whom to ask instead, if known.</param>
public sealed record ClientRefusal(ulong Session, long Request, RefusalReason Reason, ReplicaId? Leader) : IClientReply;

/// <summary>
/// The roles that took requests of the session have stopped, because another epoch begins: what is not answered may be lost with them and is to be asked again, of the same
/// replica, which holds it until its roles have started.
/// </summary>
/// <param name="Session">Whose requests they were.</param>
public sealed record ClientInterrupted(ulong Session) : IClientReply;

/// <summary>Why none of a request's commands were taken.</summary>
public enum RefusalReason : byte
{
    /// <summary>A bounded queue is full: retry after a pause.</summary>
    Overloaded = 0,

    /// <summary>No leader is known: retry here or elsewhere.</summary>
    NoLeader = 1,

    /// <summary>The request is malformed, or asks for what this protocol does not offer (for example a read mode).</summary>
    Unsupported = 2,
}
