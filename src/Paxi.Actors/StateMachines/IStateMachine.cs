using System.Buffers;

namespace Paxi.Actors.StateMachines;

/// <summary>
/// What a user replicates. Every replica feeds it the same commands in the same order, one at a time, on one thread; so execution must be a
/// function of the state and the command alone: no clock, no chance, no I/O, no iteration over hash-ordered collections.
/// </summary>
public interface IStateMachine
{
    /// <summary>
    /// Executes one command and writes its result. A command that cannot be read has no effect and throws
    /// <see cref="InvalidCommandException"/>: the caller answers with its message. Any other exception is a defect and stops the replica.
    /// </summary>
    /// <param name="command">
    /// The command's body, in the state machine's own encoding; valid only during the call. Never empty: an empty body opens a session
    /// (<see cref="ReplicatedState"/>).
    /// </param>
    /// <param name="result">Takes the result, in the state machine's own encoding.</param>
    void Execute(ReadOnlySpan<byte> command, IBufferWriter<byte> result);

    /// <summary>
    /// True for a command that changes nothing: it may be answered outside the log and needs no place in the session. Never throws; what
    /// cannot be read may be either.
    /// </summary>
    bool IsReadOnly(ReadOnlySpan<byte> command);

    /// <summary>True if the two commands do not commute: one writes what the other reads or writes.</summary>
    bool Conflicts(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right);

    /// <summary>Writes the whole state; equal states write equal bytes.</summary>
    void WriteSnapshot(IBufferWriter<byte> snapshot);

    /// <summary>Replaces the whole state by what <see cref="WriteSnapshot"/> wrote.</summary>
    /// <exception cref="Wire.WireFormatException">The bytes are no snapshot; the state is as it was.</exception>
    void ReadSnapshot(ReadOnlyMemory<byte> snapshot);
}

/// <summary>The state machine cannot take this command; it had no effect. The message says why, in one line.</summary>
public sealed class InvalidCommandException(string message) : Exception(message);
