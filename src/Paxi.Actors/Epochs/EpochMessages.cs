using System.Collections.Immutable;
using Akka.Actor;
using Paxi.Actors.Quorums;
using Paxi.Actors.Wire;

namespace Paxi.Actors.Epochs;

// Who votes, and how that changes.
//
// The epochs are a log of their own: slot n holds epoch n. It is decided by the members of epoch n - 1, by a majority of them (in a joint epoch by a majority of the old and one of the new voters), one
// instance of the Synod protocol a slot [1, section 2]. There is no leader that stays: changes are rare.
//
//   Epochs (driver)         Epochs (members of epoch n - 1)
//     | EpochPrepare (n) ------> |
//     |                        (sync)
//     | <--------- EpochPromise  |   with its vote, if it has one: that must be proposed then
//     | EpochAccept (n) -------> |
//     |                        (sync)
//     | <-------- EpochAccepted  |
//     | a majority: EpochNotice (epoch n) to all members of n - 1 and n
//
// A change of the members goes from epoch n (stable) to n + 1 (joint: quorums of the old and the new voters) to n + 2 (the new ones). Messages of protocols carry the number of the sender's epoch; a replica refuses
// what comes from an older one and sends its EpochNotice; one that is behind asks. So a replica that acts in epoch n + 1 never again helps a quorum of epoch n.
//
// When may epoch n + 2 begin? Four things must be sure, for any rules of quorums whose phases intersect within one epoch; the old and the new quorums need not.
//   1. No quorum of epoch n can form any more: those that know epoch n + 1, durably, have a member in every phase-1 and every phase-2 quorum of the old voters. Until then old voters alone
//      might still begin to decide something, or answer a quorum read without what the new voters decide.
//   2. What was decided in epoch n is seen by every phase-1 quorum of the new voters. A voter is "synced" when it holds, durably, all that a phase-1 quorum of the old voters had voted for when each of them already knew epoch n + 1.
//      Whatever was decided in epoch n has a voter in that quorum, who had voted before it knew. What is decided in epoch n + 1 has a phase-2 quorum of the new voters itself. It suffices that
//      every phase-1 quorum of the new voters has a synced member.
//   3. A proposer that had won phase 1 in epoch n has not got the promises of the new voters. So a phase 1 of epoch n does not count in n + 1: whoever leads or owns does phase 1 again, with a higher ballot, by joint quorums, before it
//      proposes there. A phase 1 of the joint epoch has a phase-1 quorum of the new voters in it, so it counts in n + 2.
//   4. Ballots of one slot must rise from epoch to epoch, since the vote of the highest one decides what is proposed; quorums of n and of n + 2 need not meet. So a synced voter has also promised, durably, every ballot that
//      was won in epoch n: those that told it what they hold have a member in every phase-1 quorum of the old voters.
// From the joint epoch there is a way back to the old voters, which needs nothing of this: the driver takes it when the new voters are not synced in time.
// Each member tells the others with each EpochBeat which epoch it knows and whether it is synced. Any member that sees 1 and 2 fulfilled may propose epoch n + 2; the driver does so at once, the others after a while, so that a change goes on when its driver dies.
//
// [1] Lamport: Paxos Made Simple. ACM SIGACT News 32(4), 2001.
// Vertical Paxos [Lamport, Malkhi, Zhou: Vertical Paxos and Primary-Backup Replication. PODC 2009] has the idea that what was decided before must be moved to the new quorums before these count alone.

/// <summary>Phase 1a of slot <paramref name="Number"/>.</summary>
public sealed record EpochPrepare(ReplicaId From, long Number, Ballot Ballot) : IWireMessage;

/// <summary>Phase 1b; durable.</summary>
/// <param name="Voted">The ballot of the acceptor's vote in this slot; zero when it has none.</param>
/// <param name="Vote">What it has voted for, or null.</param>
public sealed record EpochPromise(ReplicaId From, long Number, Ballot Ballot, Ballot Voted, Epoch? Vote) : IWireMessage;

/// <summary>Phase 2a: vote for this epoch in the slot of its number.</summary>
public sealed record EpochAccept(ReplicaId From, Ballot Ballot, Epoch Epoch) : IWireMessage;

/// <summary>Phase 2b; durable.</summary>
public sealed record EpochAccepted(ReplicaId From, long Number, Ballot Ballot) : IWireMessage;

/// <summary>The acceptor has promised a higher ballot in this slot.</summary>
public sealed record EpochReject(ReplicaId From, long Number, Ballot Ballot, Ballot Promised) : IWireMessage;

/// <summary>This epoch is decided; the newest that the sender knows.</summary>
public sealed record EpochNotice(ReplicaId From, Epoch Epoch) : IWireMessage;

/// <summary>What I know; from time to time, to all members. One that is ahead of the sender answers with <see cref="EpochNotice"/>.</summary>
/// <param name="Number">The newest epoch known, durably.</param>
/// <param name="IsSynced">See above; of that epoch.</param>
public sealed record EpochBeat(ReplicaId From, long Number, bool IsSynced) : IWireMessage
{
    /// <summary>Voters that the sender has not heard for the configured time, in the order of their ids; none where unreachable voters are not removed.</summary>
    public ImmutableArray<ReplicaId> Missed { get; init; } = [];
}

// Between the epochs and the other actors of the replica.

/// <summary>Epochs → replica and roles: this epoch is in force here, durably.</summary>
/// <param name="Quorums">Of the epoch, by the protocol's rules.</param>
public sealed record EpochChanged(Epoch Epoch, QuorumSystem Quorums) : INoSerializationVerificationNeeded;

/// <summary>A role → epochs: everything that the joint epoch asks for is here, durably.</summary>
public sealed record Synced(long Number) : INoSerializationVerificationNeeded;

/// <summary>A role → epochs: a message of another epoch came from that replica; whoever is behind shall learn of it.</summary>
public sealed record OtherEpoch(ReplicaId Peer, long Number) : INoSerializationVerificationNeeded;

/// <summary>Asks the epochs to change the voters; answered to the sender with <see cref="ChangeEnded"/>.</summary>
/// <param name="Add">Who shall vote.</param>
/// <param name="Remove">Who shall not vote any more.</param>
public sealed record ChangeMembers(IReadOnlyList<ReplicaId> Add, IReadOnlyList<ReplicaId> Remove) : IColdMessage;

/// <summary>How a <see cref="ChangeMembers"/> ended.</summary>
/// <param name="Epoch">The newest one that this replica knows.</param>
/// <param name="Error">Null when the change is in force; else one line that says why not.</param>
public sealed record ChangeEnded(EpochView Epoch, string? Error) : IColdMessage;

/// <summary>Asks a replica for the newest epoch that it knows; answered with <see cref="EpochView"/>. So a node that joins learns who votes.</summary>
public sealed record EpochRequest : IColdMessage
{
    public static readonly EpochRequest Instance = new();
}

/// <summary>An <see cref="Epochs.Epoch"/> as plain data.</summary>
public sealed record EpochView(long Number, IReadOnlyList<ReplicaId> Voters, IReadOnlyList<ReplicaId> Before) : IColdMessage
{
    /// <summary>The epoch in a form that Hyperion writes.</summary>
    public static EpochView Of(Epoch epoch)
    {
        ArgumentNullException.ThrowIfNull(epoch);
        return new EpochView(epoch.Number, epoch.Voters.ToArray(), epoch.Before.ToArray());
    }

    /// <summary>The epoch that it tells of.</summary>
    /// <exception cref="ArgumentException">No voters, a voter twice, or a number below 1.</exception>
    public Epoch ToEpoch() => new(Number, [.. Voters], [.. Before]);
}

/// <summary>Membership → links: this replica exists, member or not; talk to it.</summary>
public sealed record PeerSeen(ReplicaId Id) : INoSerializationVerificationNeeded;
