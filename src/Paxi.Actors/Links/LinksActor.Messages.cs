using System.Collections.Immutable;
using Akka.Actor;
using Paxi.Actors.Replicas;
using Paxi.Actors.Wire;

namespace Paxi.Actors.Links;

/// <content>What the replica and its roles tell the links.</content>
public sealed partial class LinksActor
{
    /// <summary>A role has something for a peer, or for all of them.</summary>
    /// <param name="Start">Of the roles; 0 for the epochs, which outlive them.</param>
    internal sealed record Outbound(ReplicaId? To, IWireMessage Message, ulong Start) : INoSerializationVerificationNeeded;

    /// <summary>From here on roles of this start send, in this epoch.</summary>
    internal sealed record StartRoles(ulong Number, long Epoch, uint Fingerprint, ImmutableArray<ReplicaId> Members) : INoSerializationVerificationNeeded;

    /// <summary>The replica's roles are there: deliver to them.</summary>
    internal sealed record AttachRoles(ReplicaContext Context) : INoSerializationVerificationNeeded;

    /// <summary>Where the messages of the epochs go, also while the roles are restarted.</summary>
    internal sealed record AttachEpochs(IActorRef Epochs) : INoSerializationVerificationNeeded;

    /// <summary>The replica's roles make room for those of another epoch: hold what comes for the gateway.</summary>
    internal sealed record PauseRoles : INoSerializationVerificationNeeded
    {
        public static readonly PauseRoles Instance = new();
    }

    /// <summary>The replica's roles are gone: drop what comes.</summary>
    internal sealed record DetachRoles : INoSerializationVerificationNeeded
    {
        public static readonly DetachRoles Instance = new();
    }

    /// <summary>A class, not a record: as a timer's key each is itself.</summary>
    private sealed class DelayedEnvelope(ReplicaId to, Envelope envelope) : INoSerializationVerificationNeeded
    {
        public ReplicaId To { get; } = to;

        public Envelope Envelope { get; } = envelope;
    }

    private sealed record Flush : INoSerializationVerificationNeeded
    {
        public static readonly Flush Instance = new();
    }
}
