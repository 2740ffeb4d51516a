using Akka.Actor;

namespace Paxi.Actors.Wire;

/// <summary>
/// A message that may travel between replicas, or between a client and a replica. Immutable. Its type is registered once with
/// <see cref="WireRegistry"/>; what is not registered is refused on receipt.
/// </summary>
/// <remarks>
/// Between actors of one process it needs no check that it can be serialized (<c>akka.actor.serialize-messages</c>): its binary form leaves out the sender,
/// which stands in the envelope, so by itself it is not whole.
/// </remarks>
public interface IWireMessage : INoSerializationVerificationNeeded
{
    /// <summary>About how many bytes it takes on the wire; the links keep an envelope under the frame limit by it.</summary>
    int SizeHint => 64;
}
