using Paxi.Actors;
using Paxi.Actors.Wire;

namespace Paxi.Protocols.WPaxos;

/// <summary>What learners take: states and tables.</summary>
internal static partial class WPaxosWire
{
    private static void WriteStateRequest(StateRequest message, WireWriter writer)
    {
        WritePlaces(message.Places, writer);
    }

    private static StateRequest ReadStateRequest(ref WireReader reader, ReplicaId from) => new(from, ReadPlaces(ref reader));

    private static void WriteObjectState(ObjectState message, WireWriter writer)
    {
        WritePlace(message.Place, writer);
        writer.Bytes(message.State.Span);
    }

    private static ObjectState ReadObjectState(ref WireReader reader, ReplicaId from) =>
        new(from, ReadPlace(ref reader), reader.Bytes());

    private static void WriteTableRequest(TableRequest message, WireWriter writer)
    {
        writer.VarInt(message.Bucket + 1);
        WriteObject(message.After, writer);
    }

    private static TableRequest ReadTableRequest(ref WireReader reader, ReplicaId from) =>
        new(from, Number(ref reader, Buckets) - 1, ReadObject(ref reader));

    private static void WriteTableDigests(TableDigests message, WireWriter writer)
    {
        writer.VarInt(message.Buckets.Count);
        for (var index = 0; index < message.Buckets.Count; index++)
        {
            writer.UInt64(message.Buckets[index]);
        }
    }

    private static TableDigests ReadTableDigests(ref WireReader reader, ReplicaId from)
    {
        var buckets = new ulong[reader.Count(sizeof(ulong))];
        for (var index = 0; index < buckets.Length; index++)
        {
            buckets[index] = reader.UInt64();
        }

        return new TableDigests(from, buckets);
    }

    private static void WriteTableEntries(TableEntries message, WireWriter writer)
    {
        writer.VarInt(message.Bucket);
        writer.Bool(message.IsLast);
        WritePlaces(message.Places, writer);
    }

    private static TableEntries ReadTableEntries(ref WireReader reader, ReplicaId from) =>
        new(from, Number(ref reader, Buckets - 1), reader.Bool(), ReadPlaces(ref reader));
}
