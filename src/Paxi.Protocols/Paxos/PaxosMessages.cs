using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Wire;

namespace Paxi.Protocols.Paxos;

// Multi-Paxos.
//
// A log of slots, numbered from 1, is agreed on slot by slot; every replica executes it in order. Each slot is one instance of the Synod protocol
// [1, section 2], and all instances share phase 1 [1, section 3]: a replica that wants to lead picks a ballot above every one that it has seen and asks the
// acceptors to promise it, for all slots from the first one that it does not know to be decided. An acceptor that promises will not vote below that ballot any more,
// and tells what it has voted for. When a phase-1 quorum has promised, the replica leads: where somebody reported a vote it proposes the command of the
// highest ballot again, where nobody did but a higher slot is taken it proposes a no-op, and after those the clients' batches. A slot is decided when a phase-2
// quorum has voted for the same ballot; only phase-1 and phase-2 quorums need to intersect [2]. Promises and votes are durable before they are sent.
//
// Normal case (phase 2), with two followers. The leader's own acceptor votes like the others.
//
//   Client   Gateway   Leader             Acceptor (own)    Acceptor (other)   Learner (own)   Learner (other)
//     | ------> |         |                     |                 |                 |                |
//     |         | Propose |                     |                 |                 |                |
//     |         | ------> | Accept -----------> |                 |                 |                |
//     |         |         | Accept ---------------------------->  |                 |                |
//     |         |         |                   (sync)            (sync)              |                |
//     |         |         | <---------- Accepted|                 |                 |                |
//     |         |         | <---------------------------- Accepted|                 |                |
//     |         |         | a quorum: Learn ------------------------------------->  |                |
//     |         | <------------------------------------------------------ Executed  |                |
//     | <------ |         | next Accept, or Commit when idle -->  | Learn ------------------------>  |
//
// The commit watermark says "every slot up to here is decided". A follower may take its own vote for the decided command only if that vote was in the ballot of the
// watermark; a vote of another ballot may be for a command that lost, so the learner asks for what was decided.
//
// First election. (The detector's poll before it is described there.)
//
//   Detector   Leader               Learner (own)      Acceptors (a phase-1 quorum)
//     | ElectionDue |                     |                     |
//     | ----------> | LearnerQuery -----> |                     |
//     |             | <------- LearnedTo  |                     |
//     |             | Prepare (from = learned + 1) -----------> |
//     |             |                     |                   (sync)
//     |             | <---------------------- Promise (chunk)   |   more of them: Prepare again, from where the chunk ended
//     |             | all of a quorum: leads                    |
//
// Catch-up, by entries of the log or, when those are cut off behind a snapshot, by the snapshot.
//
//   Learner            Acceptor (another)     Learner (another)
//     | CatchUp ------------> |                     |
//     | <----- CatchUpEntries |                     |
//     |   cut off: SnapshotRequest ---------------> |
//     | <----------------------------- SnapshotChunk|   and so on, chunk by chunk; verified, restored, made durable
//
// Paxos Quorum Read [3]: the highest slot that a phase-1 quorum has voted for bounds every decided slot; when the replica that was asked has executed up to
// there ("rinse"), it reads its own state.
//
//   Gateway   Reader            Acceptors (a phase-1 quorum)      Learner (own)
//     | ------> | ReadQuery ------------> |                            |
//     |         | <------------ ReadAnswer|                            |
//     |         | ReadAt (highest answer) ---------------------------> |
//     | <------------------------------------------------- Executed    |
//
// Leader read: under a lease the leader reads its own state without a round. A follower's acknowledgement of a heartbeat is a grant: for the lease's duration it
// promises no other replica's ballot [4, section 6.4.1 gives the idea for Raft]. Grants of a phase-2 quorum keep every phase-1 quorum from forming.
//
// [1] Lamport: Paxos Made Simple. ACM SIGACT News 32(4), 2001.
// [2] Howard, Malkhi, Spiegelman: Flexible Paxos: Quorum Intersection Revisited. OPODIS 2016.
// [3] Charapko, Ailijiang, Demirbas: Linearizable Quorum Reads in Paxos. HotStorage 2019.
// [4] Ongaro: Consensus: Bridging Theory and Practice. PhD thesis, Stanford, 2014.

/// <summary>A command that an acceptor has voted for in a slot, and the ballot of that vote.</summary>
public readonly record struct LogEntry(long Slot, Ballot Ballot, Batch Batch)
{
    /// <summary>About how many bytes it takes on the wire.</summary>
    public int Size => 24 + Batch.Payload.Length;
}

/// <summary>Phase 1a: promise this ballot, and tell your votes from that slot on. Sent again with a higher slot for the next chunk of votes.</summary>
public sealed record Prepare(ReplicaId From, Ballot Ballot, long FirstSlot) : IWireMessage;

/// <summary>Phase 1b: the ballot is promised, durably.</summary>
/// <param name="FirstSlot">As in the <see cref="Prepare"/> that it answers.</param>
/// <param name="IsLast">Whether these are all votes; else the next chunk begins after the last entry.</param>
/// <param name="Truncated">Votes up to this slot are gone: they are decided, and in a snapshot.</param>
/// <param name="Decided">The acceptor knows that every slot up to this one is decided.</param>
/// <param name="Entries">Every vote from the first slot on, decided or not, in the order of the slots.</param>
public sealed record Promise(
    ReplicaId From, Ballot Ballot, long FirstSlot, bool IsLast, long Truncated, long Decided, IReadOnlyList<LogEntry> Entries) : IWireMessage
{
    public int SizeHint => 64 + PaxosWire.SizeOf(Entries);
}

/// <summary>An acceptor does not take what was asked in <paramref name="Ballot"/>: it has promised a higher one.</summary>
public sealed record Reject(ReplicaId From, Ballot Ballot, Ballot Promised) : IWireMessage;

/// <summary>Phase 2a: vote for this batch in this slot.</summary>
/// <param name="Commit">Every slot up to this one is decided.</param>
public sealed record Accept(ReplicaId From, Ballot Ballot, long Slot, long Commit, Batch Batch) : IWireMessage
{
    public int SizeHint => 40 + Batch.Payload.Length;
}

/// <summary>Phase 2b: the vote is durable.</summary>
public sealed record Accepted(ReplicaId From, Ballot Ballot, long Slot) : IWireMessage
{
    public int SizeHint => 20;
}

/// <summary>Every slot up to <paramref name="Slot"/> is decided. Sent when no accept is there to carry it, and with each heartbeat.</summary>
/// <param name="Fresh">The first slot that the leader of this ballot fills with new commands: votes of lower ballots from here on decide nothing any more.</param>
public sealed record Commit(ReplicaId From, Ballot Ballot, long Slot, long Fresh) : IWireMessage
{
    public int SizeHint => 28;
}

/// <summary>Learner → acceptor of another replica: send me what was decided from this slot on.</summary>
public sealed record CatchUp(ReplicaId From, long FirstSlot) : IWireMessage;

/// <summary>Decided entries, a chunk at a time.</summary>
/// <param name="Truncated">Entries up to this slot are gone; when that is not below what was asked for, ask for the snapshot.</param>
/// <param name="Decided">The sender knows that every slot up to this one is decided.</param>
/// <param name="Entries">Consecutive, from the slot that was asked for.</param>
public sealed record CatchUpEntries(ReplicaId From, long Truncated, long Decided, IReadOnlyList<LogEntry> Entries) : IWireMessage
{
    public int SizeHint => 64 + PaxosWire.SizeOf(Entries);
}

/// <summary>Learner → learner of another replica: send me your snapshot, from this offset on.</summary>
/// <param name="Slot">Which snapshot; 0 for the newest.</param>
public sealed record SnapshotRequest(ReplicaId From, long Slot, long Offset) : IWireMessage;

/// <summary>A part of the snapshot that covers every slot up to <paramref name="Slot"/>. Of another snapshot than asked for, its start, when that one is gone.</summary>
/// <param name="Length">Of the whole snapshot, bytes.</param>
/// <param name="Hash">SHA-256 of the whole snapshot.</param>
public sealed record SnapshotChunk(
    ReplicaId From, long Slot, Ballot Ballot, long Offset, long Length, ReadOnlyMemory<byte> Hash, ReadOnlyMemory<byte> Bytes) : IWireMessage
{
    public int SizeHint => 128 + Bytes.Length;
}

/// <summary>Sync → acceptor: what is the highest slot that you voted for? Asked while the members change.</summary>
/// <param name="Round">The asker's number for this question.</param>
public sealed record SyncQuery(ReplicaId From, long Round) : IWireMessage;

/// <summary>No slot above <paramref name="Slot"/> was decided with this acceptor's vote before the epoch in which it answers.</summary>
/// <param name="Promised">The highest ballot that it has promised.</param>
public sealed record SyncAnswer(ReplicaId From, long Round, long Slot, Ballot Promised) : IWireMessage;

/// <summary>Reader → acceptor: what is the highest slot that you voted for?</summary>
/// <param name="Round">The reader's number for this question.</param>
public sealed record ReadQuery(ReplicaId From, long Round) : IWireMessage;

/// <summary>No slot above <paramref name="Slot"/> is decided by a quorum with this acceptor's vote, as of now.</summary>
public sealed record ReadAnswer(ReplicaId From, long Round, long Slot) : IWireMessage;
