using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;
using static Paxi.Actors.Commands.BatchWire;

namespace Paxi.Protocols.WPaxos;

/// <summary>The parts that messages are made of. The journal writes proposals in the same form.</summary>
internal static partial class WPaxosWire
{
    public static void WriteProposal(Proposal proposal, WireWriter writer)
    {
        WritePlace(proposal.Place, writer);
        WriteBatch(proposal.Batch, writer);
        WriteShare(proposal.Share, writer);
        writer.VarInt(proposal.Place.Slot - proposal.Decided);
    }

    public static Proposal ReadProposal(ref WireReader reader)
    {
        var place = ReadPlace(ref reader);
        var batch = ReadBatch(ref reader);
        var share = ReadShare(ref reader);
        return new Proposal(place, batch, share, place.Slot - reader.VarInt());
    }

    /// <summary>An object's state, and the transaction that its last slot is of: what <see cref="ReadTie"/> and then <see cref="ObjectStates.ReadObject"/> take.</summary>
    public static void WriteTied(ObjectKey key, ObjectStates states, Share? tie, WireWriter writer)
    {
        WriteShare(tie, writer);
        states.WriteObject(key, writer.Buffer);
    }

    /// <returns>The transaction, and the rest of the bytes.</returns>
    public static (Share? Tie, ReadOnlyMemory<byte> State) ReadTie(ReadOnlyMemory<byte> tied)
    {
        var reader = new WireReader(tied);
        return (ReadShare(ref reader), tied[reader.Position..]);
    }

    private static void WriteShare(Share? share, WireWriter writer)
    {
        writer.Byte((byte)(share?.Kind ?? 0));
        if (share is null)
        {
            return;
        }

        writer.UInt64(share.Id.Start);
        writer.VarInt(share.Id.Number);
        WritePlaces(share.Places, writer);
        WriteBatch(share.Command, writer);
        writer.VarInt(share.States.Count);
        for (var index = 0; index < share.States.Count; index++)
        {
            writer.Bytes(share.States[index].Span);
        }
    }

    private static Share? ReadShare(ref WireReader reader)
    {
        var kind = (ShareKind)reader.Byte();
        if (kind == 0)
        {
            return null;
        }

        if (kind > ShareKind.Abandon)
        {
            throw new WireFormatException($"{(byte)kind} is no kind of a share in a transaction");
        }

        var id = new TransactionId(reader.UInt64(), reader.VarInt());
        var places = ReadPlaces(ref reader);
        var command = ReadBatch(ref reader);
        var count = reader.Count();
        ReadOnlyMemory<byte>[] states = count == 0 ? [] : new ReadOnlyMemory<byte>[count];
        for (var index = 0; index < states.Length; index++)
        {
            states[index] = reader.Bytes();
        }

        return new Share(kind, id, places, command, states);
    }

    public static void WriteObject(ObjectKey key, WireWriter writer) => writer.Bytes(key.Span);

    /// <summary>The bytes are copied: a key outlives the frame by far.</summary>
    public static ObjectKey ReadObject(ref WireReader reader) => new(reader.Bytes().Span);

    private static void WritePlace(Place place, WireWriter writer)
    {
        WriteObject(place.Object, writer);
        writer.Ballot(place.Ballot);
        writer.VarInt(place.Slot);
    }

    private static Place ReadPlace(ref WireReader reader)
    {
        var key = ReadObject(ref reader);
        var ballot = reader.Ballot();
        return new Place(key, ballot, reader.VarInt());
    }

    private static void WritePlaces(IReadOnlyList<Place> places, WireWriter writer)
    {
        writer.VarInt(places.Count);
        for (var index = 0; index < places.Count; index++)
        {
            WritePlace(places[index], writer);
        }
    }

    private static Place[] ReadPlaces(ref WireReader reader)
    {
        var count = reader.Count(LeastPlace);
        var places = count == 0 ? [] : new Place[count];
        for (var index = 0; index < places.Length; index++)
        {
            places[index] = ReadPlace(ref reader);
        }

        return places;
    }

    private static void WriteProposals(IReadOnlyList<Proposal> proposals, WireWriter writer)
    {
        writer.VarInt(proposals.Count);
        for (var index = 0; index < proposals.Count; index++)
        {
            WriteProposal(proposals[index], writer);
        }
    }

    private static Proposal[] ReadProposals(ref WireReader reader)
    {
        var proposals = new Proposal[reader.Count(LeastProposal)];
        for (var index = 0; index < proposals.Length; index++)
        {
            proposals[index] = ReadProposal(ref reader);
        }

        return proposals;
    }

    private static int Number(ref WireReader reader, int most) => reader.VarInt() is var value && value <= most
        ? (int)value
        : throw new WireFormatException($"{value} where at most {most} is possible");
}
