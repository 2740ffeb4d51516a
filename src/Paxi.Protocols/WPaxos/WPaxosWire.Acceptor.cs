using Paxi.Actors;
using Paxi.Actors.Wire;

namespace Paxi.Protocols.WPaxos;

/// <summary>What acceptors take.</summary>
internal static partial class WPaxosWire
{
    private static void WritePrepare(Prepare message, WireWriter writer)
    {
        WritePlace(new Place(message.Object, message.Ballot, message.FirstSlot), writer);
    }

    private static Prepare ReadPrepare(ref WireReader reader, ReplicaId from)
    {
        var place = ReadPlace(ref reader);
        return new Prepare(from, place.Object, place.Ballot, place.Slot);
    }

    private static void WriteAccepts(Accepts message, WireWriter writer)
    {
        writer.UInt64(message.Start);
        writer.VarInt(message.Round);
        WriteProposals(message.Proposals, writer);
        WritePlaces(message.Decided, writer);
    }

    private static Accepts ReadAccepts(ref WireReader reader, ReplicaId from) =>
        new(from, reader.UInt64(), reader.VarInt(), ReadProposals(ref reader), ReadPlaces(ref reader));

    private static void WriteCommits(Commits message, WireWriter writer)
    {
        WritePlaces(message.Places, writer);
    }

    private static Commits ReadCommits(ref WireReader reader, ReplicaId from) => new(from, ReadPlaces(ref reader));

    private static void WriteDecided(Decided message, WireWriter writer)
    {
        WriteProposals(message.Proposals, writer);
    }

    private static Decided ReadDecided(ref WireReader reader, ReplicaId from) => new(from, ReadProposals(ref reader));

    private static void WriteHoldingsRequest(HoldingsRequest message, WireWriter writer)
    {
        writer.VarInt(message.Round);
        writer.VarInt(message.Index);
        writer.VarInt(message.After);
    }

    private static HoldingsRequest ReadHoldingsRequest(ref WireReader reader, ReplicaId from) => new(from, reader.VarInt(), reader.VarInt(), reader.VarInt());
}
