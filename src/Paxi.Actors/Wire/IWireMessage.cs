namespace Paxi.Actors.Wire;

/// <summary>
/// A message that may travel between replicas, or between a client and a replica. Immutable. Its type is registered once with
/// <see cref="WireRegistry"/>; what is not registered is refused on receipt.
/// </summary>
public interface IWireMessage
{
    /// <summary>About how many bytes it takes on the wire; the links keep an envelope under the frame limit by it.</summary>
    int SizeHint => 64;
}
