using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;

namespace Paxi.Protocols.WPaxos;

// How a new voter gets to hold what the voters before it hold, before they count without them.
//
//   Sync (a voter that will be)            Acceptor (of each voter before)
//     | HoldingsRequest (from an object on) -> |
//     | <------------------ Holdings (a chunk) |   of each object: the ballot promised, the slot up to which a durable state covers its log, and every vote above
//
//   Sync             own Acceptor          own Learner
//     | Adopt ----------> |                    |
//     |                 (sync)                 |
//     | <------- Adopted  |                    |    promises and votes are on the disk; these objects' states are not as far as the giver's
//     | Cover -------------------------------> |  asks the giver for the states, writes checkpoints
//     | <------------------------- CoverReached |
//     | Adopt (again, to be sure) ...          |
//     | next chunk
//
// In a joint epoch n + 1 that leads from the voters of epoch n ("old") to those of n + 2 ("new"), a new voter reports Synced when it has done this with a set P of old voters that
//   (a) is a phase-1 quorum of the old voters, and
//   (b) has a member in every phase-1 quorum of the old voters.
// All of P answer in epoch n + 1: links deliver nothing of another epoch. Their tables may grow while they are read; what they held when they entered n + 1 is read in any case, for objects are only
// ever added to the end, promises and covered slots only rise, and a vote gives way only to one of a higher ballot or to a state that covers it.
// The epochs end the joint step when every phase-1 quorum of the new voters has a synced member, and those old voters that know n + 1 have a member in every old quorum.
//
// The argument, for one object. Let (b, v) be chosen in slot s in epoch n, and let c be a ballot whose owner wins phase 1 in epoch n + 2 or later; it must propose v in s, or nothing.
//   1. The phase-2 quorum that chose (b, v) has a member p in P, by (a), and p had voted before it entered n + 1, since it votes for nothing of epoch n after. So every synced voter holds durably a state
//      that covers s, or a vote in s of a ballot not below b: p told it one of them, and Adopt keeps the vote of the higher ballot.
//   2. Which vote is the highest decides what is proposed. That rule needs that ballots of the new epoch are above those that were won in the old one: were c < b possible, a vote of ballot c could be
//      chosen in n + 2 by voters that had never heard of b, and a still later phase 1 would find (b, v') of a lost old proposal above it. Within an epoch the two phases' quorums see to it; across epochs
//      they need not meet. But a ballot that won phase 1 in epoch n was promised by a member of P, by (b). It told its promise, Adopt keeps it durably, and every phase-1 quorum of the new voters has a
//      synced member: so c > b for every b that was ever won in epoch n, and, since such a P has a synced voter of the change before, in any epoch before that.
//   3. What is adopted is never counted: no Accepted is sent for it, so nothing gets chosen by it. It is a real proposal of a real ballot, so a phase 1 that finds it as the highest vote proposes what the
//      induction over ballots (Paxos Made Simple, section 2.2) asks for.
//   4. What is chosen in n + 1 has phase-2 quorums of the old and of the new voters, and what is won there has phase-1 quorums of both; n + 1 to n + 2 is as within one epoch.
//
// A replica that is no voter yet does the same with the present voters, only to have caught up before the change begins; of that nothing depends but how long the joint epoch lasts.

/// <summary>What an acceptor holds of one object, or a part of it.</summary>
/// <param name="Ballot">The highest ballot promised or seen.</param>
/// <param name="Truncated">A durable state of the acceptor covers the slots up to this one.</param>
/// <param name="Votes">Above that, in the order of their slots.</param>
public sealed record Holding(ObjectKey Object, Ballot Ballot, long Truncated, IReadOnlyList<Proposal> Votes)
{
    public int Size => 40 + Object.Length + WPaxosWire.SizeOf(Votes);
}

/// <summary>Sync → acceptor: tell what you hold.</summary>
/// <param name="Round">Of this start of the asker.</param>
/// <param name="Index">From this object on, in the acceptor's own order; from 0.</param>
/// <param name="After">Of the first object only the votes above this slot.</param>
public sealed record HoldingsRequest(ReplicaId From, long Round, long Index, long After) : IWireMessage;

/// <summary>Acceptor → sync: a chunk of what it holds. The next one begins at <paramref name="NextIndex"/> and <paramref name="NextAfter"/>.</summary>
/// <param name="Start">Of the acceptor: another start has another order.</param>
/// <param name="IsLast">There is no next one.</param>
public sealed record Holdings(
    ReplicaId From, long Round, ulong Start, long Index, long After, long NextIndex, long NextAfter, bool IsLast, IReadOnlyList<Holding> Objects) : IWireMessage
{
    public int SizeHint
    {
        get
        {
            var size = 64;
            for (var index = 0; index < Objects.Count; index++)
            {
                size += Objects[index].Size;
            }

            return size;
        }
    }
}

// Between the roles.

/// <summary>Sync → own acceptor: hold this too, durably; answered with <see cref="Adopted"/>.</summary>
internal sealed record Adopt(long Token, IReadOnlyList<Holding> Objects) : INoSerializationVerificationNeeded;

/// <summary>Own acceptor → sync: promises and votes are held, durably.</summary>
/// <param name="Uncovered">Where the giver's durable state goes further than that of this replica.</param>
internal sealed record Adopted(long Token, IReadOnlyList<Place> Uncovered) : INoSerializationVerificationNeeded;

/// <summary>Sync → own learner: get durable states of these objects that cover these places; that replica has them. In place of what was asked for with this token before.</summary>
internal sealed record Cover(long Token, ReplicaId Peer, IReadOnlyList<Place> Places) : INoSerializationVerificationNeeded;

/// <summary>Own learner → sync: there are such states, and the acceptor was told.</summary>
internal sealed record CoverReached(long Token) : INoSerializationVerificationNeeded;
