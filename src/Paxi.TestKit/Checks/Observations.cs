using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.TestKit.Histories;

namespace Paxi.TestKit.Checks;

/// <summary>The commands of a slot that changed a replica's state machine, in their order: without reads, repeats that the session table caught, and refused ones.</summary>
/// <param name="Bodies">Digests of the commands' bodies.</param>
/// <param name="First">What the first replica to execute this slot saw; equal to <paramref name="Bodies"/> where this replica is the first.</param>
/// <param name="IsFirst">No replica has executed this slot before.</param>
public sealed record SlotEffects(IReadOnlyList<UInt128> Bodies, IReadOnlyList<UInt128> First, bool IsFirst);

/// <summary>What a replica's state machine holds after it was restored from a snapshot.</summary>
/// <param name="Effects">A digest of every command that ever took effect in it, in their order.</param>
/// <param name="Expected">The same of the replica that executed the slot first; null when no replica has executed the slot.</param>
/// <param name="IsFaithful">Whether the state machine, asked for a snapshot at once, writes the bytes that it was restored from.</param>
public sealed record RestoredState(UInt128 Effects, UInt128? Expected, bool IsFaithful);

/// <summary>An operation that completed, or that failed for certain, as a client of a run saw it.</summary>
/// <param name="Operation">With its results, if it completed; its client is the session of the client's program, which may share a session of the protocol with others.</param>
/// <param name="Mode">How reads were answered.</param>
/// <param name="Body">The digest of the command as the state machine gets it.</param>
public sealed record ClientAnswer(Operation Operation, ReadMode Mode, UInt128 Body);

/// <summary>A replica at rest.</summary>
/// <param name="Snapshot">The state machine's own snapshot.</param>
/// <param name="Expected">The snapshot of a state machine that executed the decided commands once, in order, and never crashed; null when commands are not observed.</param>
public sealed record FinalState(ReplicaId Replica, ReadOnlyMemory<byte> Snapshot, ReadOnlyMemory<byte>? Expected);
