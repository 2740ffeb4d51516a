using System.Buffers;

namespace Paxi.Actors.StateMachines;

/// <summary>
/// A state machine whose state falls apart into objects, each of which can be ordered, copied and restored by itself. What protocols with an owner per object need.
/// The effect of a command on an object, and its result, must be a function of that command and of the objects that it names alone.
/// </summary>
public interface IObjectStateMachine : IStateMachine
{
    /// <summary>
    /// Adds the objects that the command reads or writes, each once, in ascending order. Looks at nothing but the command, so that it may be called anywhere.
    /// </summary>
    /// <exception cref="InvalidCommandException">The bytes are no command; the message is for the client.</exception>
    void ListObjects(ReadOnlySpan<byte> command, ICollection<ObjectKey> objects);

    /// <summary>Writes the state of one object; nothing when it is absent. Equal states write equal bytes. At most <see cref="ObjectStates.MaxObjectBytes"/>.</summary>
    void WriteObject(ObjectKey key, IBufferWriter<byte> state);

    /// <summary>Replaces the state of one object by what <see cref="WriteObject"/> wrote; by nothing when it is empty.</summary>
    /// <exception cref="Wire.WireFormatException">The bytes are no state of an object; the state is as it was.</exception>
    void ReadObject(ObjectKey key, ReadOnlyMemory<byte> state);
}
