using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;

namespace Paxi.Protocols.WPaxos;

/// <summary>The binary forms of the messages. The sender is not written: the envelope has it.</summary>
internal static class WPaxosWire
{
    /// <summary>How many digests a table of objects has: <see cref="TableDigests"/>.</summary>
    public const int Buckets = 256;

    private const byte FirstTag = 64;

    /// <summary>The fewest bytes of a place: an empty object, a ballot, a slot.</summary>
    private const int LeastPlace = 10;

    /// <summary>The fewest bytes of a proposal: a place, a no-op, no share.</summary>
    private const int LeastProposal = LeastPlace + 4;

    public static void Register(WireRegistry registry)
    {
        registry.Register(FirstTag, WPaxosRoles.Acceptor, WritePrepare, ReadPrepare);
        registry.Register(FirstTag + 1, WPaxosRoles.Owners, WritePromise, ReadPromise);
        registry.Register(FirstTag + 2, WPaxosRoles.Owners, WriteReject, ReadReject);
        registry.Register(FirstTag + 3, WPaxosRoles.Acceptor, WriteAccepts, ReadAccepts);
        registry.Register(FirstTag + 4, WPaxosRoles.Owners, WriteAccepted, ReadAccepted);
        registry.Register(FirstTag + 5, WPaxosRoles.Acceptor, WriteCommits, ReadCommits);
        registry.Register(FirstTag + 6, WPaxosRoles.Acceptor, WriteDecided, ReadDecided);
        registry.Register(FirstTag + 7, WPaxosRoles.Learner, WriteStateRequest, ReadStateRequest);
        registry.Register(FirstTag + 8, WPaxosRoles.Learner, WriteObjectState, ReadObjectState);
        registry.Register(FirstTag + 9, WPaxosRoles.Peers, WriteBeat, ReadBeat);
        registry.Register(FirstTag + 10, WPaxosRoles.Learner, WriteTableRequest, ReadTableRequest);
        registry.Register(FirstTag + 11, WPaxosRoles.Learner, WriteTableDigests, ReadTableDigests);
        registry.Register(FirstTag + 12, WPaxosRoles.Learner, WriteTableEntries, ReadTableEntries);
        registry.Register<HoldingsRequest>(FirstTag + 20, WPaxosRoles.Acceptor,
            static (message, writer) =>
            {
                writer.VarInt(message.Round);
                writer.VarInt(message.Index);
                writer.VarInt(message.After);
            },
            static (ref WireReader reader, ReplicaId from) => new HoldingsRequest(from, reader.VarInt(), reader.VarInt(), reader.VarInt()));
        registry.Register(FirstTag + 21, WPaxosRoles.Sync, WriteHoldings, ReadHoldings);
        registry.Register<Handover>(FirstTag + 13, WPaxosRoles.Owners,
            static (message, writer) =>
            {
                writer.VarInt(message.Epoch);
                WriteObject(message.Object, writer);
                writer.Ballot(message.Ballot);
            },
            static (ref WireReader reader, ReplicaId from) => new Handover(from, reader.VarInt(), ReadObject(ref reader), reader.Ballot()));
    }

    public static int SizeOf(IReadOnlyList<Proposal> proposals)
    {
        var size = 0;
        for (var index = 0; index < proposals.Count; index++)
        {
            size += proposals[index].Size;
        }

        return size;
    }

    public static int SizeOf(IReadOnlyList<Place> places)
    {
        const int Rest = 20;
        var size = 0;
        for (var index = 0; index < places.Count; index++)
        {
            size += Rest + places[index].Object.Length;
        }

        return size;
    }

    // The parts. The journal writes proposals in the same form.

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

    private static void WriteBatch(Batch batch, WireWriter writer)
    {
        writer.VarInt(batch.Count);
        writer.Bytes(batch.Payload.Span);
    }

    private static Batch ReadBatch(ref WireReader reader)
    {
        var count = reader.Count();
        var payload = reader.Bytes();
        return count == 0 ? Batch.NoOp : new Batch(count, payload);
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

    // Phase 1.

    private static void WritePrepare(Prepare message, WireWriter writer)
    {
        writer.VarInt(message.Epoch);
        WritePlace(new Place(message.Object, message.Ballot, message.FirstSlot), writer);
    }

    private static Prepare ReadPrepare(ref WireReader reader, ReplicaId from)
    {
        var epoch = reader.VarInt();
        var place = ReadPlace(ref reader);
        return new Prepare(from, epoch, place.Object, place.Ballot, place.Slot);
    }

    private static void WritePromise(Promise message, WireWriter writer)
    {
        writer.VarInt(message.Epoch);
        WritePlace(new Place(message.Object, message.Ballot, message.FirstSlot), writer);
        writer.Bool(message.IsLast);
        writer.VarInt(message.Truncated);
        writer.VarInt(message.Decided);
        WriteProposals(message.Votes, writer);
    }

    private static Promise ReadPromise(ref WireReader reader, ReplicaId from)
    {
        var epoch = reader.VarInt();
        var place = ReadPlace(ref reader);
        return new Promise(from, epoch, place.Object, place.Ballot, place.Slot, reader.Bool(), reader.VarInt(), reader.VarInt(), ReadProposals(ref reader));
    }

    private static void WriteReject(Reject message, WireWriter writer)
    {
        writer.VarInt(message.Epoch);
        WriteObject(message.Object, writer);
        writer.Ballot(message.Ballot);
        writer.Ballot(message.Promised);
    }

    private static Reject ReadReject(ref WireReader reader, ReplicaId from) =>
        new(from, reader.VarInt(), ReadObject(ref reader), reader.Ballot(), reader.Ballot());

    // Phase 2.

    private static void WriteAccepts(Accepts message, WireWriter writer)
    {
        writer.VarInt(message.Epoch);
        writer.UInt64(message.Start);
        writer.VarInt(message.Round);
        WriteProposals(message.Proposals, writer);
        WritePlaces(message.Decided, writer);
    }

    private static Accepts ReadAccepts(ref WireReader reader, ReplicaId from) =>
        new(from, reader.VarInt(), reader.UInt64(), reader.VarInt(), ReadProposals(ref reader), ReadPlaces(ref reader));

    private static void WriteAccepted(Accepted message, WireWriter writer)
    {
        writer.VarInt(message.Epoch);
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
        var epoch = reader.VarInt();
        var start = reader.UInt64();
        var round = reader.VarInt();
        var count = reader.Count(LeastPlace);
        var refused = count == 0 ? [] : new Refused[count];
        for (var index = 0; index < refused.Length; index++)
        {
            refused[index] = new Refused(Number(ref reader, int.MaxValue), ReadObject(ref reader), reader.Ballot());
        }

        return new Accepted(from, epoch, start, round, refused);
    }

    private static void WriteCommits(Commits message, WireWriter writer)
    {
        writer.VarInt(message.Epoch);
        WritePlaces(message.Places, writer);
    }

    private static Commits ReadCommits(ref WireReader reader, ReplicaId from) => new(from, reader.VarInt(), ReadPlaces(ref reader));

    private static void WriteDecided(Decided message, WireWriter writer)
    {
        writer.VarInt(message.Epoch);
        WriteProposals(message.Proposals, writer);
    }

    private static Decided ReadDecided(ref WireReader reader, ReplicaId from) => new(from, reader.VarInt(), ReadProposals(ref reader));

    // States and tables.

    private static void WriteStateRequest(StateRequest message, WireWriter writer)
    {
        writer.VarInt(message.Epoch);
        WritePlaces(message.Places, writer);
    }

    private static StateRequest ReadStateRequest(ref WireReader reader, ReplicaId from) => new(from, reader.VarInt(), ReadPlaces(ref reader));

    private static void WriteObjectState(ObjectState message, WireWriter writer)
    {
        writer.VarInt(message.Epoch);
        WritePlace(message.Place, writer);
        writer.Bytes(message.State.Span);
    }

    private static ObjectState ReadObjectState(ref WireReader reader, ReplicaId from) =>
        new(from, reader.VarInt(), ReadPlace(ref reader), reader.Bytes());

    private static void WriteBeat(Beat message, WireWriter writer)
    {
        writer.VarInt(message.Epoch);
        writer.VarInt(message.Objects);
        writer.UInt64(message.Digest);
    }

    private static Beat ReadBeat(ref WireReader reader, ReplicaId from) => new(from, reader.VarInt(), reader.VarInt(), reader.UInt64());

    private static void WriteTableRequest(TableRequest message, WireWriter writer)
    {
        writer.VarInt(message.Epoch);
        writer.VarInt(message.Bucket + 1);
        WriteObject(message.After, writer);
    }

    private static TableRequest ReadTableRequest(ref WireReader reader, ReplicaId from) =>
        new(from, reader.VarInt(), Number(ref reader, Buckets) - 1, ReadObject(ref reader));

    private static void WriteTableDigests(TableDigests message, WireWriter writer)
    {
        writer.VarInt(message.Epoch);
        writer.VarInt(message.Buckets.Count);
        for (var index = 0; index < message.Buckets.Count; index++)
        {
            writer.UInt64(message.Buckets[index]);
        }
    }

    private static TableDigests ReadTableDigests(ref WireReader reader, ReplicaId from)
    {
        var epoch = reader.VarInt();
        var buckets = new ulong[reader.Count(sizeof(ulong))];
        for (var index = 0; index < buckets.Length; index++)
        {
            buckets[index] = reader.UInt64();
        }

        return new TableDigests(from, epoch, buckets);
    }

    private static void WriteTableEntries(TableEntries message, WireWriter writer)
    {
        writer.VarInt(message.Epoch);
        writer.VarInt(message.Bucket);
        writer.Bool(message.IsLast);
        WritePlaces(message.Places, writer);
    }

    private static TableEntries ReadTableEntries(ref WireReader reader, ReplicaId from) =>
        new(from, reader.VarInt(), Number(ref reader, Buckets - 1), reader.Bool(), ReadPlaces(ref reader));

    // What acceptors hold.

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

    private static int Number(ref WireReader reader, int most) => reader.VarInt() is var value && value <= most
        ? (int)value
        : throw new WireFormatException($"{value} where at most {most} is possible");
}
