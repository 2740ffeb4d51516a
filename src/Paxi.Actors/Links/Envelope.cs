using Paxi.Actors.Wire;

namespace Paxi.Actors.Links;

/// <summary>What one replica had queued for another, as one message on the wire; taken in by the peer's links actor.</summary>
/// <param name="From">Who sends.</param>
/// <param name="Settings">The fingerprint of the sender's <see cref="Replicas.AgreedSettings"/>; a replica with another takes nothing from it.</param>
/// <param name="Messages">In the order in which the roles sent them; registered types only.</param>
public sealed record Envelope(ReplicaId From, uint Settings, IReadOnlyList<IWireMessage> Messages) : IWireMessage
{
    /// <summary>The epoch in which the sender's roles act. Roles take only what comes from their own epoch.</summary>
    public long Epoch { get; init; } = 1;

    /// <summary>Of the link on which it leaves; its bytes are known when it is serialized. Not on the wire.</summary>
    internal ByteCount? Count { get; init; }
}
