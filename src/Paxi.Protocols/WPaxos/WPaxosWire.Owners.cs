using Paxi.Actors;
using Paxi.Actors.Wire;

namespace Paxi.Protocols.WPaxos;

/// <summary>What owners take.</summary>
internal static partial class WPaxosWire
{
    private static void WritePromise(Promise message, WireWriter writer)
    {
        WritePlace(new Place(message.Object, message.Ballot, message.FirstSlot), writer);
        writer.Bool(message.IsLast);
        writer.VarInt(message.Truncated);
        writer.VarInt(message.Decided);
        WriteProposals(message.Votes, writer);
    }

    private static Promise ReadPromise(ref WireReader reader, ReplicaId from)
    {
        var place = ReadPlace(ref reader);
        return new Promise(from, place.Object, place.Ballot, place.Slot, reader.Bool(), reader.VarInt(), reader.VarInt(), ReadProposals(ref reader));
    }

    private static void WriteReject(Reject message, WireWriter writer)
    {
        WriteObject(message.Object, writer);
        writer.Ballot(message.Ballot);
        writer.Ballot(message.Promised);
    }

    private static Reject ReadReject(ref WireReader reader, ReplicaId from) =>
        new(from, ReadObject(ref reader), reader.Ballot(), reader.Ballot());

    private static void WriteAccepted(Accepted message, WireWriter writer)
    {
        writer.UInt64(message.Start);
        writer.VarInt(message.Round);
        writer.VarInt(message.Refused.Count);
        for (var index = 0; index < message.Refused.Count; index++)
        {
            var refused = message.Refused[index];
            writer.VarInt(refused.Index);
            WriteObject(refused.Object, writer);
            writer.Ballot(refused.Promised);
        }
    }

    private static Accepted ReadAccepted(ref WireReader reader, ReplicaId from)
    {
        var start = reader.UInt64();
        var round = reader.VarInt();
        var count = reader.Count(LeastPlace);
        var refused = count == 0 ? [] : new Refused[count];
        for (var index = 0; index < refused.Length; index++)
        {
            refused[index] = new Refused(Number(ref reader, int.MaxValue), ReadObject(ref reader), reader.Ballot());
        }

        return new Accepted(from, start, round, refused);
    }

    private static void WriteHandover(Handover message, WireWriter writer)
    {
        WriteObject(message.Object, writer);
        writer.Ballot(message.Ballot);
    }

    private static Handover ReadHandover(ref WireReader reader, ReplicaId from) => new(from, ReadObject(ref reader), reader.Ballot());
}
