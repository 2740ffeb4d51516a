namespace Paxi.Actors.Quorums;

/// <summary>
/// A quorum system that cannot be: a size out of range, or two quorums of different phases that miss each other. The
/// message is one line and prints both.
/// </summary>
public sealed class QuorumException(string message) : ArgumentException(message);
