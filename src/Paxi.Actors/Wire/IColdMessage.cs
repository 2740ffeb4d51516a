namespace Paxi.Actors.Wire;

/// <summary>
/// A rare message that travels by itself, outside an envelope, through Hyperion: what an operator's tool or another node asks a replica, and the answer.
/// Plain data; its type stands in <see cref="KernelMessages.Cold"/>, or it is refused on receipt.
/// </summary>
public interface IColdMessage;

/// <summary>A cold message that changes how a replica works. Taken from outside only where <c>paxi.admin</c> is on.</summary>
public interface IAdminMessage : IColdMessage;
