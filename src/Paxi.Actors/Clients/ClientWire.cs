using Paxi.Actors.Commands;
using Paxi.Actors.Wire;

namespace Paxi.Actors.Clients;

/// <summary>The binary forms of what clients and replicas say to each other.</summary>
internal static class ClientWire
{
    public static void Write(ClientRequests message, WireWriter writer)
    {
        writer.UInt64(message.Session);
        writer.VarInt(message.Request);
        writer.Byte((byte)message.Mode);
        BatchWire.WriteBatch(message.Block, writer);
    }

    public static ClientRequests ReadRequests(ref WireReader reader)
    {
        var session = reader.UInt64();
        var request = reader.VarInt();
        var mode = (ReadMode)reader.Byte((byte)ReadMode.Any);
        return new ClientRequests(session, request, mode, BatchWire.ReadBatch(ref reader));
    }

    public static void Write(ClientReplies message, WireWriter writer)
    {
        writer.UInt64(message.Session);
        writer.Replica(message.Leader);
        writer.VarInt(message.Slot);
        writer.Ballot(message.Ballot);
        writer.VarInt(message.Executed);
        writer.VarInt(message.Count);
        writer.Bytes(message.Results.Span);
    }

    public static ClientReplies ReadReplies(ref WireReader reader)
    {
        var session = reader.UInt64();
        var leader = reader.Replica();
        var slot = reader.VarInt();
        var ballot = reader.Ballot();
        var executed = reader.VarInt();
        var count = reader.Count();
        return new ClientReplies(session, leader, slot, ballot, executed, count, reader.Bytes());
    }

    public static void Write(ClientRefusal message, WireWriter writer)
    {
        writer.UInt64(message.Session);
        writer.VarInt(message.Request);
        writer.Byte((byte)message.Reason);
        writer.Bool(message.Leader is not null);
        if (message.Leader is { } leader)
        {
            writer.Replica(leader);
        }
    }

    public static void Write(ClientInterrupted message, WireWriter writer) => writer.UInt64(message.Session);

    public static ClientInterrupted ReadInterrupted(ref WireReader reader) => new(reader.UInt64());

    public static ClientRefusal ReadRefusal(ref WireReader reader)
    {
        var session = reader.UInt64();
        var request = reader.VarInt();
        var reason = (RefusalReason)reader.Byte((byte)RefusalReason.Unsupported);
        return new ClientRefusal(session, request, reason, reader.Bool() ? reader.Replica() : null);
    }
}
