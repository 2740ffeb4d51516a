using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.StateMachines;

namespace Paxi.Protocols.WPaxos;

// Between the roles of one replica. They never leave the process.

/// <summary>The names of the roles.</summary>
internal static class WPaxosRoles
{
    /// <summary>The parent of the owners: takes the commands, splits them by object, sends the rounds of all owners.</summary>
    public const string Owners = "owners";

    public const string Acceptor = "acceptor";

    public const string Learner = "learner";

    /// <summary>Beats, suspicion, the comparison of tables.</summary>
    public const string Peers = "peers";

    /// <summary>Brings a replica up before it votes.</summary>
    public const string Sync = "sync";
}

/// <summary>Owners → acceptor: what do you know of this object? Asked before phase 1, to choose a ballot.</summary>
internal sealed record ObjectQuery(ObjectKey Object) : INoSerializationVerificationNeeded;

/// <summary>The highest ballot that the acceptor has promised or seen, and the last slot up to which everything is decided.</summary>
internal sealed record ObjectKnown(ObjectKey Object, Ballot Ballot, long Decided) : INoSerializationVerificationNeeded;

/// <summary>Acceptor → owners: somebody acts in this object with a ballot higher than any before, so its owner may be another now.</summary>
internal sealed record BallotSeen(ObjectKey Object, Ballot Ballot) : INoSerializationVerificationNeeded;

/// <summary>Acceptor or owners → learner: these proposals are decided, in every place. Those of one object come in the order of their slots, but some may be missing.</summary>
/// <param name="IsOwn">This replica proposed them and its clients wait for the results.</param>
internal sealed record Learn(IReadOnlyList<Proposal> Proposals, bool IsOwn) : INoSerializationVerificationNeeded;

/// <summary>Acceptor or owners → learner: slots up to these places are decided, but not known here; that replica knows them.</summary>
/// <param name="IsWaitedFor">An owner waits for them, and nobody sends them unasked; else they may be on their way.</param>
internal sealed record Missing(ReplicaId Peer, IReadOnlyList<Place> Places, bool IsWaitedFor) : INoSerializationVerificationNeeded;

/// <summary>
/// Learner → acceptor: every slot up to these places is decided and executed here, which the acceptor may not know: the objects' states came from another replica, or slots were learned out of
/// their order.
/// </summary>
internal sealed record Restored(IReadOnlyList<Place> Places) : INoSerializationVerificationNeeded;

/// <summary>Learner → acceptor: the objects' states after these places are durable; votes up to there are not needed any more.</summary>
internal sealed record Checkpointed(IReadOnlyList<Place> Places) : INoSerializationVerificationNeeded;

/// <summary>Peers → owners: whether a replica is suspected to be down. Its objects are taken over when a request for them comes.</summary>
internal sealed record PeerSuspected(ReplicaId Peer, bool IsSuspected) : INoSerializationVerificationNeeded;

/// <summary>Owners → acceptor: what this replica proposed is decided up to these places; the learner knows it already.</summary>
internal sealed record DecidedHere(IReadOnlyList<Place> Places) : INoSerializationVerificationNeeded;

/// <summary>
/// Acceptor → owners: it has voted in these logs above what it knows to be decided, and for long nobody has told how that ended: who proposed it may be gone. What was decided there and answered to a client
/// is then in votes alone, so whoever is told takes the object over with nothing of its own to propose: phase 1 finds the votes and gets them decided. Told again while nothing changes.
/// Learner → owners: the objects have been tied to transactions for long.
/// </summary>
internal sealed record Unsettled(IReadOnlyList<ObjectKey> Objects) : INoSerializationVerificationNeeded;

/// <summary>Owners → acceptor: which objects, from the one at this index on, had an owner that is no voter any more? Answered at once with <see cref="OrphansKnown"/>.</summary>
internal sealed record OrphansQuery(int Index) : INoSerializationVerificationNeeded;

/// <param name="Next">The index to go on with; null when that was all.</param>
internal sealed record OrphansKnown(IReadOnlyList<ObjectKey> Objects, int? Next) : INoSerializationVerificationNeeded;

/// <summary>Peers → learner: answer with <see cref="TableKnown"/>.</summary>
internal sealed record TableQuery : INoSerializationVerificationNeeded
{
    public static readonly TableQuery Instance = new();
}

/// <summary>Learner → peers: what the next <see cref="Beat"/> says.</summary>
internal sealed record TableKnown(long Objects, ulong Digest) : INoSerializationVerificationNeeded;

/// <summary>Peers → learner: that replica's table is not equal to ours, and has not been for a while. Find out where it is ahead.</summary>
internal sealed record CompareTables(ReplicaId Peer) : INoSerializationVerificationNeeded;

/// <summary>
/// Owners → learner: is the object tied to a transaction? Answered with <see cref="TieKnown"/> as soon as this slot is executed. Of several that wait for one object only the last one is answered.
/// </summary>
internal sealed record TieQuery(ObjectKey Object, long Slot) : INoSerializationVerificationNeeded;

/// <param name="Executed">The last slot executed.</param>
/// <param name="Tie">The hold or commit that is in that slot, or null.</param>
internal sealed record TieKnown(ObjectKey Object, long Executed, Share? Tie) : INoSerializationVerificationNeeded;

/// <summary>Owners → learner: the states of the objects after these slots, for a transaction. Answered at once with <see cref="StatesKnown"/>.</summary>
internal sealed record StatesQuery(long Number, IReadOnlyList<Place> Places) : INoSerializationVerificationNeeded;

/// <param name="States">In the order of the places; null when some object is not at that slot.</param>
internal sealed record StatesKnown(long Number, IReadOnlyList<ReadOnlyMemory<byte>>? States) : INoSerializationVerificationNeeded;
