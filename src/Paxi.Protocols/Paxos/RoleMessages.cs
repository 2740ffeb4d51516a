using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Commands;

namespace Paxi.Protocols.Paxos;

// Between the roles of one replica; they never leave the process.

/// <summary>Names of the roles.</summary>
public static class PaxosRoles
{
    /// <summary>Elections, batches, proposals, votes counted.</summary>
    public const string Leader = "leader";

    /// <summary>Promises and votes, and the log.</summary>
    public const string Acceptor = "acceptor";

    /// <summary>Execution, snapshots, catch-up.</summary>
    public const string Learner = "learner";

    /// <summary>Reads outside the log.</summary>
    public const string Reader = "reader";

    /// <summary>While the members change: when this replica holds all that it must.</summary>
    public const string Sync = "sync";
}

/// <summary>Acceptor → leader, once: what was recovered from the journal.</summary>
/// <param name="IsNew">It has never promised or voted.</param>
internal sealed record AcceptorReady(Ballot Promised, bool IsNew) : INoSerializationVerificationNeeded;

/// <summary>Acceptor → leader: it has promised a ballot of another replica, or voted in one.</summary>
internal sealed record BallotRaised(Ballot Ballot) : INoSerializationVerificationNeeded;

/// <summary>Leader → learner: how far are you? Answered with <see cref="LearnedTo"/>.</summary>
internal sealed record LearnerQuery : INoSerializationVerificationNeeded
{
    public static readonly LearnerQuery Instance = new();
}

/// <summary>Learner → leader: every slot up to this one is executed here; told on demand, and after a catch-up.</summary>
internal sealed record LearnedTo(long Slot) : INoSerializationVerificationNeeded;

/// <summary>Leader or acceptor → learner: the slot is decided. Each of the two tells an unbroken run of slots.</summary>
/// <param name="IsOwn">This replica proposed it: somebody here waits for the results.</param>
internal sealed record Learn(long Slot, Ballot Ballot, Batch Batch, bool IsOwn) : INoSerializationVerificationNeeded;

/// <summary>Acceptor or leader → learner: slots up to this one are decided, and <paramref name="Peer"/> says so, but what was decided is not known here.</summary>
internal sealed record CommitSeen(long Slot, ReplicaId Peer) : INoSerializationVerificationNeeded;

/// <summary>Learner → acceptor: these entries are decided; they came from another replica.</summary>
/// <param name="Entries">Consecutive, from the first slot that the learner lacked.</param>
internal sealed record Learned(IReadOnlyList<LogEntry> Entries) : INoSerializationVerificationNeeded;

/// <summary>Learner → acceptor: a snapshot of everything up to this slot is durable, so the log behind it may go.</summary>
internal sealed record SnapshotDurable(long Slot) : INoSerializationVerificationNeeded;

/// <summary>Sync → acceptor: tell when everything up to this slot is known to be decided here, durably, and no ballot below that one is promised any more. Not answered while it is not.</summary>
internal sealed record DurableQuery(long Slot, Ballot Promised) : INoSerializationVerificationNeeded;

/// <summary>Acceptor → sync: the answer.</summary>
internal sealed record DurableTo(long Slot) : INoSerializationVerificationNeeded;

/// <summary>Leader → reader: this replica leads.</summary>
/// <param name="Barrier">Lease reads wait until this slot is executed: the last one that may have been decided before.</param>
internal sealed record LeadershipWon(Ballot Ballot, long Barrier) : INoSerializationVerificationNeeded;

/// <summary>Leader → reader: this replica does not lead; <paramref name="Leader"/> may.</summary>
internal sealed record LeadershipLost(ReplicaId? Leader) : INoSerializationVerificationNeeded;

/// <summary>Reader → learner: read the state once this slot is executed; refuse when that takes too long.</summary>
internal sealed record ReadAt(Batch Batch, long Slot, TimeSpan Deadline) : INoSerializationVerificationNeeded;
