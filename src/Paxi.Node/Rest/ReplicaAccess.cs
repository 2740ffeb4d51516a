using System.Collections.Immutable;
using Akka.Actor;
using Paxi.Actors;

namespace Paxi.Node.Rest;

/// <summary>What the endpoints need of the replica behind them.</summary>
/// <param name="ProposesAnywhere">Whether the protocol does without a leader.</param>
/// <param name="Admin">Whether faults may be injected.</param>
internal sealed record ReplicaAccess(
    ReplicaId Self, string Algorithm, bool ProposesAnywhere, ImmutableArray<ReplicaId> Members, bool Admin, IActorRef Replica, IActorRef Membership);
