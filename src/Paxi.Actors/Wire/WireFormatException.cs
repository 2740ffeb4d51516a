using System.Runtime.Serialization;

namespace Paxi.Actors.Wire;

/// <summary>
/// Bytes that are not a registered message. A <see cref="SerializationException"/>, which Akka.Remote takes as a fault of that one
/// message: it is dropped and the association lives on.
/// </summary>
public sealed class WireFormatException(string message) : SerializationException(message);
