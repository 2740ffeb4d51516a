using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Quorums;
using Paxi.Actors.StateMachines;

namespace Paxi.Protocols.WPaxos;

// Between the owners role and its children, the owner actors. A child handles one object; its parent knows them all, talks to the replicas, and decides who serves a request.
//
//   Owners (parent)        Owner (child)
//     | Serve -------------> |
//     | <------------ Solicit |    phase 1: the parent sends the Prepare, and hands on Promise and Reject
//     | <---------------- Won |
//     | <-------------- Offer |    phase 2: the parent puts it into a round
//     | SlotDecided --------> |
//     | <------------- Chosen |    decided, in the order of the slots
//     | <--------------- Lost |    another replica has a higher ballot: what waits comes back
//     | Rest ---------------> |
//     | <------------- Retire |    nothing to do: the parent keeps a row and ends the child; what reaches the child meanwhile comes back by Returned

/// <summary>Commands for one object.</summary>
/// <param name="Batch">Blocks with commands for this object alone.</param>
/// <param name="Asked">The replica whose gateway the client asked.</param>
/// <param name="Hops">How often they were passed on.</param>
internal readonly record struct OwnedRequest(Batch Batch, ReplicaId Asked, byte Hops);

/// <summary>What an owner actor may do for a request when it does not own the object.</summary>
internal enum ServeMode : byte
{
    /// <summary>Nothing: give it back.</summary>
    IfOwned,

    /// <summary>Ask the acceptor who owns it; phase 1 when nobody does.</summary>
    IfUnknown,

    /// <summary>Phase 1.</summary>
    Steal,
}

/// <summary>Parent → child: get these decided.</summary>
internal sealed record Serve(OwnedRequest Request, ServeMode Mode) : INoSerializationVerificationNeeded;

/// <summary>Parent → child: the owner wants this replica to have the object.</summary>
internal sealed record TakeOver : INoSerializationVerificationNeeded
{
    public static readonly TakeOver Instance = new();
}

/// <summary>Child → parent: send this to these members.</summary>
internal sealed record Solicit(Prepare Prepare, VoteSet Members, bool IsFirst) : INoSerializationVerificationNeeded;

/// <summary>Child → parent: phase 1 is won.</summary>
/// <param name="Decided">Every slot up to this one was decided before, and a state covers it.</param>
/// <param name="Knows">A replica that has such a state; of no meaning when this replica knows it itself.</param>
/// <param name="Before">The highest ballot that this replica knew of when it chose its own.</param>
internal sealed record Won(ObjectKey Object, Ballot Ballot, long Decided, ReplicaId? Knows, Ballot Before) : INoSerializationVerificationNeeded;

/// <summary>Child → parent: get this voted for.</summary>
/// <param name="IsOwn">It has commands that were given to the child.</param>
internal sealed record Offer(Proposal Proposal, bool IsOwn) : INoSerializationVerificationNeeded;

/// <summary>Parent → child: a quorum has voted for the proposal in that slot.</summary>
/// <param name="Told">Who was asked for a vote.</param>
internal sealed record SlotDecided(Ballot Ballot, long Slot, VoteSet Told) : INoSerializationVerificationNeeded;

/// <summary>Child → parent: decided, and so is every slot before.</summary>
internal sealed record Chosen(Proposal Proposal, bool IsOwn, VoteSet Told) : INoSerializationVerificationNeeded;

/// <summary>Child → parent: this replica does not own the object. What waited comes back, to be served by whoever owns it.</summary>
/// <param name="Highest">The highest ballot that the child knows of.</param>
/// <param name="Waited">How many of the commands had not been offered.</param>
internal sealed record Lost(ObjectKey Object, Ballot Highest, IReadOnlyList<OwnedRequest> Requests, int Waited) : INoSerializationVerificationNeeded;

/// <summary>Child → parent: these were not proposed.</summary>
internal sealed record Returned(ObjectKey Object, IReadOnlyList<OwnedRequest> Requests) : INoSerializationVerificationNeeded;

/// <summary>Child → parent: so many commands were given up; their clients ask again.</summary>
internal sealed record Dropped(ObjectKey Object, int Commands) : INoSerializationVerificationNeeded;

/// <summary>Child → parent: by the policy that replica should have the object.</summary>
internal sealed record Move(ObjectKey Object, ReplicaId To) : INoSerializationVerificationNeeded;

/// <summary>Parent → child: go if you have nothing to do.</summary>
internal sealed record Rest : INoSerializationVerificationNeeded
{
    public static readonly Rest Instance = new();
}

/// <summary>Child → parent: it has nothing to do.</summary>
/// <param name="Ballot">Zero when it does not own the object.</param>
/// <param name="Decided">The last decided slot.</param>
internal sealed record Retire(ObjectKey Object, Ballot Ballot, long Decided) : INoSerializationVerificationNeeded;

// Transactions.

/// <summary>Parent → child: own the object, and once everything proposed there is decided propose nothing but what is <see cref="Put"/>. Answered with <see cref="Reserved"/>.</summary>
/// <param name="Number">Of the transaction; the answers have it.</param>
/// <param name="IsFirst">Nothing is reserved for it yet, so it may wait after lost ballots. Who waited with objects in hand would lose them meanwhile, and rivals would do nothing else to each other.</param>
internal sealed record Reserve(long Number, bool IsFirst) : INoSerializationVerificationNeeded;

/// <summary>Child → parent: nothing is under way.</summary>
/// <param name="Decided">The last slot.</param>
/// <param name="Tie">The transaction that the last slot ties the object to, or null.</param>
internal sealed record Reserved(ObjectKey Object, long Number, Ballot Ballot, long Decided, Share? Tie) : INoSerializationVerificationNeeded;

/// <summary>Parent → child: get this decided in the next slot of the reserved object.</summary>
internal sealed record Put(long Number, Batch Batch, Share? Share) : INoSerializationVerificationNeeded;

/// <summary>Child → parent: it is decided.</summary>
internal sealed record PutDone(ObjectKey Object, long Number, long Slot) : INoSerializationVerificationNeeded;

/// <summary>Parent → child: go on with what waits.</summary>
/// <param name="IsStale">What the child knows of the object is too old: give it up, so that the next request runs phase 1.</param>
internal sealed record Unreserve(long Number, bool IsStale) : INoSerializationVerificationNeeded;

/// <summary>Child → parent: the object is tied to a transaction that must be brought to its end before anything else is proposed there.</summary>
internal sealed record Tied(ObjectKey Object, Share Share) : INoSerializationVerificationNeeded;
