using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;

namespace Paxi.Protocols.WPaxos;

// WPaxos and its family.
//
// Every object has a log of its own, and the log an owner: the replica that won phase 1 for the object with the highest ballot [1, section 3]. The owner alone proposes
// there, so its commands are decided by one round of phase 2. Phase 1 needs a quorum of Q1, phase 2 one of Q2; in the flexible grid Q2 is a majority in each of
// fz + 1 zones, so that with fz = 0 nothing leaves the zone, and Q1 a majority in each of Z - fz zones [1, section 2.3; 2]. Another replica takes an object over
// ("steals" it) by phase 1 with a higher ballot: it learns what the owner before it may have got decided, and proposes that again before its own.
//
//   first touch, or a steal              replicas of Q1
//   Owner (new)                        Acceptors ...
//     | Prepare (object, ballot, from)  -> |
//     |                                  (sync)
//     | <------ Promise (votes, decided)   |  or Reject (a higher ballot): back off, and pass the commands on to whom that ballot belongs
//
//   phase 2, for many objects at once    replicas of Q2
//   Owner      Owners (parent)         Acceptors ...            Learner
//     | ------->   |                       |                       |
//     | ------->   | Accepts (round) ----> |                       |
//     |            |                     (sync)                    |
//     |            | <--- Accepted (round) |                       |
//     | <--------  | a quorum: Learn ---------------------------> |  executes, object by object
//     |            | Commits (to those who have voted) ----------> |
//     |            | Decided (to all others, with the commands) -> |
//
// The proposals that wait at a replica for the same acceptors share a message, a round: one sync, one answer for all of them. An acceptor refuses the proposals in it, of which it has
// promised a higher ballot, by their index; the others have its vote.
//
// A transaction over several objects is one proposal with a place in the log of each. An acceptor votes for all its places or for none, so it is decided in all logs at
// once; a replica executes it when it is next in all of them. The owner must hold all the objects: it gathers them in ascending order, each by phase 1 where it is not the
// owner yet, and proposes nothing else in them meanwhile. A thief of one object that finds a vote for a transaction there gathers the others too before it proposes. If the
// highest vote in the transaction's place of another object is for something else, the transaction was not decided and never will be: an acceptor that had voted
// for it in one place had voted in both, a phase-1 quorum of either object would show it [the argument is that of one Paxos instance over the vector of places]. Then the
// place is filled with a no-op. This is M2Paxos' idea [3, section IV]: one round for all the objects of a command.
//
// What is decided reaches every replica by Commits and Decided, at best effort. Replicas compare digests of their tables with each beat and fetch the state of
// objects that they are behind in: an object's state replaces any number of missing slots.
//
// [1] Ailijiang, Charapko, Demirbas, Kosar: WPaxos: Wide Area Network Flexible Consensus. IEEE TPDS 31(1), 2020.
// [2] Howard, Malkhi, Spiegelman: Flexible Paxos: Quorum Intersection Revisited. OPODIS 2016.
// [3] Peluso, Turcu, Palmieri, Losa, Ravindran: Making Fast Consensus Generally Faster. DSN 2016.

/// <summary>A slot in an object's log, and the ballot in which something is proposed there.</summary>
public readonly record struct Place(ObjectKey Object, Ballot Ballot, long Slot);

/// <summary>What is to be decided in a place of an object's log: a batch, or what a transaction over several objects has there.</summary>
/// <param name="Batch">The commands that take effect when it is executed; for a transaction exactly one.</param>
/// <param name="Share">Null but for a transaction.</param>
public sealed record Proposal(Place Place, Batch Batch, Share? Share = null)
{
    /// <summary>About how many bytes it takes on the wire.</summary>
    public int Size => 40 + Place.Object.Length + Batch.Payload.Length + (Share?.Size ?? 0);
}

/// <summary>Phase 1a: promise this ballot for the object, and tell your votes from that slot on. Sent again with a higher slot for the next chunk of votes.</summary>
/// <param name="Epoch">The number of the sender's configuration of members.</param>
public sealed record Prepare(ReplicaId From, long Epoch, ObjectKey Object, Ballot Ballot, long FirstSlot) : IWireMessage
{
    public int SizeHint => 48 + Object.Length;
}

/// <summary>Phase 1b: the ballot is promised, durably.</summary>
/// <param name="FirstSlot">As in the <see cref="Prepare"/> that it answers.</param>
/// <param name="IsLast">Whether these are all votes; else the next chunk begins after the last one.</param>
/// <param name="Truncated">Votes up to this slot are gone: they are decided, and in the object's state on the acceptor's disk.</param>
/// <param name="Decided">The acceptor knows that every slot up to this one is decided.</param>
/// <param name="Votes">Every vote from the first slot on, decided or not, in the order of the slots.</param>
public sealed record Promise(
    ReplicaId From, long Epoch, ObjectKey Object, Ballot Ballot, long FirstSlot, bool IsLast, long Truncated, long Decided, IReadOnlyList<Proposal> Votes) : IWireMessage
{
    public int SizeHint => 96 + Object.Length + WPaxosWire.SizeOf(Votes);
}

/// <summary>An acceptor does not promise <paramref name="Ballot"/>: it has promised a higher one.</summary>
public sealed record Reject(ReplicaId From, long Epoch, ObjectKey Object, Ballot Ballot, Ballot Promised) : IWireMessage
{
    public int SizeHint => 48 + Object.Length;
}

/// <summary>Phase 2a, for any number of objects: vote for these proposals.</summary>
/// <param name="Round">The proposer's number for this message; never used again by this start of the replica.</param>
/// <param name="Start">The start of the proposer's roles, so that an answer to an earlier start is not taken for one to this.</param>
/// <param name="Proposals">At least one.</param>
/// <param name="Decided">Rides along: as in <see cref="Commits"/>.</param>
public sealed record Accepts(ReplicaId From, long Epoch, ulong Start, long Round, IReadOnlyList<Proposal> Proposals, IReadOnlyList<Place> Decided) : IWireMessage
{
    public int SizeHint => 48 + WPaxosWire.SizeOf(Proposals) + WPaxosWire.SizeOf(Decided);
}

/// <summary>A proposal of a round was not voted for: the acceptor has promised a higher ballot for one of its objects.</summary>
/// <param name="Index">In the round.</param>
/// <param name="Object">The object that another ballot holds.</param>
public readonly record struct Refused(int Index, ObjectKey Object, Ballot Promised);

/// <summary>Phase 2b: the votes for all proposals of the round are durable, but for those refused.</summary>
public sealed record Accepted(ReplicaId From, long Epoch, ulong Start, long Round, IReadOnlyList<Refused> Refused) : IWireMessage
{
    public int SizeHint => 32 + (64 * Refused.Count);
}

/// <summary>
/// In each of these logs every slot up to that place's is decided. An acceptor may take its own vote for the decided command only if that vote was in the place's ballot; else
/// the learner asks for the object's state.
/// </summary>
public sealed record Commits(ReplicaId From, long Epoch, IReadOnlyList<Place> Places) : IWireMessage
{
    public int SizeHint => 24 + WPaxosWire.SizeOf(Places);
}

/// <summary>These proposals are decided, each in its places.</summary>
public sealed record Decided(ReplicaId From, long Epoch, IReadOnlyList<Proposal> Proposals) : IWireMessage
{
    public int SizeHint => 24 + WPaxosWire.SizeOf(Proposals);
}

/// <summary>The owner wants the receiver to have the object: take it by phase 1. Requests for it follow.</summary>
/// <param name="Ballot">In which the sender owns it.</param>
public sealed record Handover(ReplicaId From, long Epoch, ObjectKey Object, Ballot Ballot) : IWireMessage
{
    public int SizeHint => 40 + Object.Length;
}

/// <summary>Learner → learner of another replica: send me the state of these objects, as far as it is newer than mine.</summary>
/// <param name="Places">The objects, each with the last slot that the asker has executed; the ballot is not used.</param>
public sealed record StateRequest(ReplicaId From, long Epoch, IReadOnlyList<Place> Places) : IWireMessage
{
    public int SizeHint => 24 + WPaxosWire.SizeOf(Places);
}

/// <summary>The state of an object, with its sessions, after every slot up to the place's; the ballot is that of the last slot.</summary>
public sealed record ObjectState(ReplicaId From, long Epoch, Place Place, ReadOnlyMemory<byte> State) : IWireMessage
{
    public int SizeHint => 64 + Place.Object.Length + State.Length;
}

/// <summary>"I am here": with each heartbeat, to every member.</summary>
/// <param name="Objects">How many objects the replica has executed something of.</param>
/// <param name="Digest">The sum (modulo 2^64) over all objects of a hash of the object and its last executed slot; equal for equal tables.</param>
public sealed record Beat(ReplicaId From, long Epoch, long Objects, ulong Digest) : IWireMessage
{
    public int SizeHint => 40;
}

/// <summary>Learner → learner of another replica: tell me the digests of your buckets (<paramref name="Bucket"/> is -1), or what is in one.</summary>
/// <param name="After">In a bucket: objects behind this one, in ascending order; empty from the start.</param>
public sealed record TableRequest(ReplicaId From, long Epoch, int Bucket, ObjectKey After) : IWireMessage
{
    public int SizeHint => 32 + After.Length;
}

/// <summary>The digests of all buckets of the table of objects, in their order.</summary>
public sealed record TableDigests(ReplicaId From, long Epoch, IReadOnlyList<ulong> Buckets) : IWireMessage
{
    public int SizeHint => 24 + (8 * Buckets.Count);
}

/// <summary>Objects of a bucket, ascending, with the last slot executed and its ballot.</summary>
public sealed record TableEntries(ReplicaId From, long Epoch, int Bucket, bool IsLast, IReadOnlyList<Place> Places) : IWireMessage
{
    public int SizeHint => 32 + WPaxosWire.SizeOf(Places);
}
