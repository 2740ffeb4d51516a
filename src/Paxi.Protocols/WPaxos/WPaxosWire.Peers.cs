using Paxi.Actors;
using Paxi.Actors.Wire;

namespace Paxi.Protocols.WPaxos;

/// <summary>What peers take.</summary>
internal static partial class WPaxosWire
{
    private static void WriteBeat(Beat message, WireWriter writer)
    {
        writer.VarInt(message.Objects);
        writer.UInt64(message.Digest);
    }

    private static Beat ReadBeat(ref WireReader reader, ReplicaId from) => new(from, reader.VarInt(), reader.UInt64());
}
