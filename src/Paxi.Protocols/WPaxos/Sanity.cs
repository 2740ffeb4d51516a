using Paxi.Actors;

namespace Paxi.Protocols.WPaxos;

/// <summary>What no replica sends. A message with it is refused.</summary>
internal static class Sanity
{
    /// <summary>
    /// Every ballot that is taken, seen or made has a lower counter; as in <see cref="Paxos.AcceptorActor.LargestCounter"/>. It has 32 bits and each phase 1 for an object adds one, so no replica comes near,
    /// and of a forged ballot above there would soon be none higher. It is one limit for all roles: an acceptor that took a ballot which owners do not believe in would keep its object from all of them.
    /// </summary>
    public const uint LargestCounter = 0xF000_0000;

    /// <summary>No log comes near this slot.</summary>
    public const long LargestSlot = 1L << 56;

    /// <summary>A place in which this replica may propose.</summary>
    public static bool IsPlace(Place place, ReplicaId from) =>
        place.Ballot.Owner == from && place.Ballot.Counter is > 0 and < LargestCounter && place.Slot is > 0 and <= LargestSlot;

    /// <summary>Votes of any replica's ballots, those of each object in the order of their slots.</summary>
    public static bool AreHoldings(Holdings holdings)
    {
        foreach (var holding in holdings.Objects)
        {
            var last = holding.Truncated;
            if (last is < 0 or > LargestSlot || holding.Ballot.Counter >= LargestCounter)
            {
                return false;
            }

            foreach (var vote in holding.Votes)
            {
                if (!IsProposal(vote, vote.Place.Ballot.Owner) || vote.Place.Object != holding.Object || vote.Place.Slot <= last)
                {
                    return false;
                }

                last = vote.Place.Slot;
            }
        }

        return holdings is { NextIndex: >= 0, NextAfter: >= 0 };
    }

    public static bool IsProposal(Proposal proposal, ReplicaId from) => IsPlace(proposal.Place, from) && proposal.Decided >= 0 && proposal.Decided < proposal.Place.Slot
        && (proposal.Share is not { } share || IsShare(share, proposal));

    private static bool IsShare(Share share, Proposal proposal)
    {
        if (share.Places.Count < 2 || (share.States.Count != 0 && share.States.Count != share.Places.Count)
            || (share.Kind is ShareKind.Hold or ShareKind.Commit && share.States.Count == 0)
            || (share.Kind is ShareKind.Hold ? share.Command : proposal.Batch).Count != (share.Kind is ShareKind.Abandon ? 0 : 1)
            || share.IndexOf(proposal.Place.Object) is var own && (share.Kind == ShareKind.Commit ? own != 0 : own < 1))
        {
            return false;
        }

        for (var index = 1; index < share.Places.Count; index++)
        {
            if (share.Places[index].Object <= share.Places[index - 1].Object)
            {
                return false;
            }
        }

        return true;
    }
}
