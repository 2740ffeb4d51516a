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
// A transaction over several objects T = {x < y < ...} is done by an owner of them all. It gathers them in ascending order, by phase 1 where it is not the owner, and lets what is under
// way there be decided; meanwhile nothing else is proposed in them. Then, each step after the one before is decided:
//
//   slot j of y (and so on)   Hold      T, its home (slot i of x), and the states of the other objects before T
//   slot i of x               Commit    T, and the states of the other objects: T has happened, and is answered
//   slot j + 1 of y           Release   T takes effect on y; or Abandon: it does not
//   slot i + 1 of x           a no-op   x is free again
//
// Every log stands by itself: the states that come along are all that is needed to execute T on one object, so objects are executed, written and copied independently, and no replica
// can be left with half of a transaction that nobody has whole. One vote for all places at once, as in M2Paxos [3, section IV], would save a round and not have that.
// An object whose last slot is a Hold or a Commit is tied: whoever takes it over gathers the objects of T and brings T to its end. The slot i of x tells how: T has happened when its
// Commit was decided there, else that slot is filled with something else first. A slot after i is proposed only when all objects are released, so a tied object with x beyond i is
// abandoned. A Commit is proposed only by who held the objects, in the ballots in which it gathered them, after their Holds were decided; who loses an object loses the transaction.
// With a Hold or a Commit nothing else is under way in that log, and every proposal says up to where all was decided when it was made. So who finds votes around one knows which of them
// are dead: a vote behind it that does not know it to be decided is of an owner that had something else in its slot. Of two such votes the one with the lower ballot is not proposed again.
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
/// <param name="Decided">Every slot up to this one was decided when this was proposed; those between were under way, in the same ballot.</param>
public sealed record Proposal(Place Place, Batch Batch, Share? Share = null, long Decided = 0)
{
    /// <summary>About how many bytes it takes on the wire.</summary>
    public int Size => 48 + Place.Object.Length + Batch.Payload.Length + (Share?.Size ?? 0);

    /// <summary>Whether the same is to be decided by both, in whatever ballot. What a transaction has in a place follows from the attempt and the kind of the share.</summary>
    public bool HasContentOf(Proposal other) =>
        ReferenceEquals(this, other) || (Batch.ContentEquals(other.Batch) && Share?.Kind == other.Share?.Kind && Share?.Id == other.Share?.Id);
}

/// <summary>Phase 1a: promise this ballot for the object, and tell your votes from that slot on. Sent again with a higher slot for the next chunk of votes.</summary>
public sealed record Prepare(ReplicaId From, ObjectKey Object, Ballot Ballot, long FirstSlot) : IWireMessage
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
    ReplicaId From, ObjectKey Object, Ballot Ballot, long FirstSlot, bool IsLast, long Truncated, long Decided, IReadOnlyList<Proposal> Votes) : IWireMessage
{
    public int SizeHint => 96 + Object.Length + WPaxosWire.SizeOf(Votes);
}

/// <summary>An acceptor does not promise <paramref name="Ballot"/>: it has promised a higher one.</summary>
public sealed record Reject(ReplicaId From, ObjectKey Object, Ballot Ballot, Ballot Promised) : IWireMessage
{
    public int SizeHint => 48 + Object.Length;
}

/// <summary>Phase 2a, for any number of objects: vote for these proposals.</summary>
/// <param name="Round">The proposer's number for this message; never used again by this start of the replica.</param>
/// <param name="Start">The start of the proposer's roles, so that an answer to an earlier start is not taken for one to this.</param>
/// <param name="Proposals">At least one.</param>
/// <param name="Decided">Rides along: as in <see cref="Commits"/>.</param>
public sealed record Accepts(ReplicaId From, ulong Start, long Round, IReadOnlyList<Proposal> Proposals, IReadOnlyList<Place> Decided) : IWireMessage
{
    public int SizeHint => 48 + WPaxosWire.SizeOf(Proposals) + WPaxosWire.SizeOf(Decided);
}

/// <summary>A proposal of a round was not voted for: the acceptor has promised a higher ballot for one of its objects.</summary>
/// <param name="Index">In the round.</param>
/// <param name="Object">The object that another ballot holds.</param>
public readonly record struct Refused(int Index, ObjectKey Object, Ballot Promised);

/// <summary>Phase 2b: the votes for all proposals of the round are durable, but for those refused.</summary>
public sealed record Accepted(ReplicaId From, ulong Start, long Round, IReadOnlyList<Refused> Refused) : IWireMessage
{
    public int SizeHint => 32 + (64 * Refused.Count);
}

/// <summary>
/// In each of these logs every slot up to that place's is decided. An acceptor may take its own vote for the decided command only if that vote was in the place's ballot; else
/// the learner asks for the object's state.
/// </summary>
public sealed record Commits(ReplicaId From, IReadOnlyList<Place> Places) : IWireMessage
{
    public int SizeHint => 24 + WPaxosWire.SizeOf(Places);
}

/// <summary>These proposals are decided, each in its places.</summary>
public sealed record Decided(ReplicaId From, IReadOnlyList<Proposal> Proposals) : IWireMessage
{
    public int SizeHint => 24 + WPaxosWire.SizeOf(Proposals);
}

/// <summary>The owner wants the receiver to have the object: take it by phase 1. Requests for it follow.</summary>
/// <param name="Ballot">In which the sender owns it.</param>
public sealed record Handover(ReplicaId From, ObjectKey Object, Ballot Ballot) : IWireMessage
{
    public int SizeHint => 40 + Object.Length;
}

/// <summary>Learner → learner of another replica: send me the state of these objects, as far as it is newer than mine.</summary>
/// <param name="Places">The objects, each with the last slot that the asker has executed; the ballot is not used.</param>
public sealed record StateRequest(ReplicaId From, IReadOnlyList<Place> Places) : IWireMessage
{
    public int SizeHint => 24 + WPaxosWire.SizeOf(Places);
}

/// <summary>The state of an object, with its sessions, after every slot up to the place's; the ballot is that of the last slot.</summary>
public sealed record ObjectState(ReplicaId From, Place Place, ReadOnlyMemory<byte> State) : IWireMessage
{
    public int SizeHint => 64 + Place.Object.Length + State.Length;
}

/// <summary>"I am here": with each heartbeat, to every member.</summary>
/// <param name="Objects">How many objects the replica has executed something of.</param>
/// <param name="Digest">The sum (modulo 2^64) over all objects of a hash of the object and its last executed slot; equal for equal tables.</param>
public sealed record Beat(ReplicaId From, long Objects, ulong Digest) : IWireMessage
{
    public int SizeHint => 40;
}

/// <summary>Learner → learner of another replica: tell me the digests of your buckets (<paramref name="Bucket"/> is -1), or what is in one.</summary>
/// <param name="After">In a bucket: objects behind this one, in ascending order; empty from the start.</param>
public sealed record TableRequest(ReplicaId From, int Bucket, ObjectKey After) : IWireMessage
{
    public int SizeHint => 32 + After.Length;
}

/// <summary>The digests of all buckets of the table of objects, in their order.</summary>
public sealed record TableDigests(ReplicaId From, IReadOnlyList<ulong> Buckets) : IWireMessage
{
    public int SizeHint => 24 + (8 * Buckets.Count);
}

/// <summary>Objects of a bucket, ascending, with the last slot executed and its ballot.</summary>
public sealed record TableEntries(ReplicaId From, int Bucket, bool IsLast, IReadOnlyList<Place> Places) : IWireMessage
{
    public int SizeHint => 32 + WPaxosWire.SizeOf(Places);
}
