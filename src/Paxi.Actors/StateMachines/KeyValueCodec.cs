using Paxi.Actors.Clients;
using Paxi.Actors.Wire;

namespace Paxi.Actors.StateMachines;

/// <summary>The key-value store's commands and results as bytes; what a client writes and <see cref="KeyValueStore"/> reads, and back.</summary>
public static class KeyValueCodec
{
    /// <summary>The command's body.</summary>
    /// <exception cref="InvalidCommandException">A key or value over its limit; the message says which.</exception>
    public static void Write(Command command, WireWriter writer) => throw new NotImplementedException();

    public static bool IsReadOnly(Command command) => throw new NotImplementedException();

    /// <summary>The reply (<see cref="Outcome.Done"/>, without slot and ballot) that a result stands for.</summary>
    /// <exception cref="WireFormatException">The bytes are no result of this command.</exception>
    public static Reply ReadResult(Command command, ReadOnlyMemory<byte> result) => throw new NotImplementedException();
}
