using System.Buffers;
using Paxi.Actors.Commands;
using Paxi.Actors.Replicas;

namespace Paxi.Actors.StateMachines;

/// <summary>
/// The twin of <see cref="ReplicatedState"/> for protocols that order each object by itself: the state machine together with the sessions, the latter per object, so that a retried command
/// takes effect once. A function of the commands executed on each object, in that object's order, alone.
/// <para>
/// There is no order that all replicas share in which sessions could be opened, so no command opens one: an object knows a session from its first command there. Each object keeps, for at most
/// <see cref="MaxSessionsPerObject"/> sessions, how their commands ended from the session's lowest outstanding number on. When there are more, the session with the smallest id is forgotten, and the object's floor
/// rises above it: a command of a session below the floor that the object does not know ends as <see cref="CommandStatus.SessionExpired"/>, because nothing tells whether an earlier copy took effect.
/// </para>
/// </summary>
public abstract class ObjectStates
{
    /// <summary>The most bytes of one object's state with its sessions; it must fit a frame of the network.</summary>
    public const int MaxObjectBytes = 3 << 20;

    /// <summary>Executes the commands of all blocks of one proposal, each at most once.</summary>
    /// <param name="objects">The objects of the proposal, ascending: one, or those of a transaction; the sessions of the first are used.</param>
    /// <param name="batch">Decided; a no-op does nothing.</param>
    /// <param name="results">Takes the results, in the order of the commands; null where nobody waits.</param>
    public abstract void Execute(ReadOnlySpan<ObjectKey> objects, Batch batch, ResultBlocks? results);

    /// <summary>Answers read-only commands from the present state, as <see cref="ReplicatedState.Read"/>.</summary>
    public abstract IReadOnlyList<ResultBlock> Read(Batch batch);

    /// <summary>Writes the object's state with its sessions; equal states write equal bytes.</summary>
    public abstract void WriteObject(ObjectKey key, IBufferWriter<byte> state);

    /// <summary>Replaces the object's state and sessions by what <see cref="WriteObject"/> wrote.</summary>
    /// <exception cref="Wire.WireFormatException">The bytes are no state of an object; nothing was changed.</exception>
    public abstract void ReadObject(ObjectKey key, ReadOnlyMemory<byte> state);
}
