using Paxi.Actors;
using Paxi.Actors.Wire;

namespace Paxi.Protocols.WPaxos;

/// <summary>What replicas take that are brought up before they vote.</summary>
internal static partial class WPaxosWire
{
    private static void WriteHoldings(Holdings message, WireWriter writer)
    {
        writer.VarInt(message.Round);
        writer.UInt64(message.Start);
        writer.VarInt(message.Index);
        writer.VarInt(message.After);
        writer.VarInt(message.NextIndex);
        writer.VarInt(message.NextAfter);
        writer.Bool(message.IsLast);
        writer.VarInt(message.Objects.Count);
        foreach (var holding in message.Objects)
        {
            WritePlace(new Place(holding.Object, holding.Ballot, holding.Truncated), writer);
            WriteProposals(holding.Votes, writer);
        }
    }

    private static Holdings ReadHoldings(ref WireReader reader, ReplicaId from)
    {
        var (round, start, index, after) = (reader.VarInt(), reader.UInt64(), reader.VarInt(), reader.VarInt());
        var (nextIndex, nextAfter, isLast) = (reader.VarInt(), reader.VarInt(), reader.Bool());
        var objects = new Holding[reader.Count(LeastPlace + 1)];
        for (var number = 0; number < objects.Length; number++)
        {
            var place = ReadPlace(ref reader);
            objects[number] = new Holding(place.Object, place.Ballot, place.Slot, ReadProposals(ref reader));
        }

        return new Holdings(from, round, start, index, after, nextIndex, nextAfter, isLast, objects);
    }
}
