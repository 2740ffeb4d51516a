namespace Paxi.Actors.Wire;

/// <summary>
/// A message that may travel between replicas, or between a client and a replica. Immutable. Its type is registered once with
/// <see cref="WireRegistry"/>; what is not registered is refused on receipt.
/// </summary>
public interface IWireMessage;
