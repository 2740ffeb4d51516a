using System.Buffers.Binary;
using Paxi.Actors;
using Paxi.Actors.Journal;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;

namespace Paxi.Protocols.WPaxos;

/// <summary>
/// What a replica keeps, and its form.
/// <code>
/// table 1   object                              ballot u64                 the highest ballot that the acceptor has promised there
/// table 2   length u32, object, slot u64        proposal                   the acceptor's vote in that slot
/// table 3   object                              slot u64, ballot u64, state    the learner's checkpoint: the object with its sessions after that slot, and the ballot of that slot
/// </code>
/// The keys of table 2 have big-endian numbers, so that the votes in one object's log lie together, in the order of their slots. A vote goes only when the checkpoint of its object covers it; so after a restart the checkpoints tell up to where votes are gone.
/// </summary>
internal static class WPaxosJournal
{
    public const byte PromiseTable = 1;
    public const byte VoteTable = 2;
    public const byte StateTable = 3;

    private const int NumberBytes = sizeof(ulong);

    public static JournalWrite Promised(ObjectKey key, Ballot ballot)
    {
        var value = new byte[NumberBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(value, ballot.Packed);
        return JournalWrite.Put(PromiseTable, key.Bytes, value);
    }

    public static JournalWrite Vote(Proposal proposal)
    {
        var writer = new WireWriter(proposal.Size);
        WPaxosWire.WriteProposal(proposal, writer);
        return JournalWrite.Put(VoteTable, VoteKey(proposal.Place.Object, proposal.Place.Slot), writer.WrittenMemory);
    }

    public static JournalWrite DeleteVote(ObjectKey key, long slot) => JournalWrite.Delete(VoteTable, VoteKey(key, slot));

    /// <summary>All votes in the object's log up to and with the slot.</summary>
    public static JournalWrite DeleteVotes(ObjectKey key, long slot) => JournalWrite.DeleteRange(VoteTable, VoteKey(key, 0), VoteKey(key, slot + 1));

    /// <summary>A checkpoint of the object as it is.</summary>
    public static JournalWrite State(Place place, ObjectStates states, Share? tie)
    {
        var writer = new WireWriter();
        writer.UInt64((ulong)place.Slot);
        writer.Ballot(place.Ballot);
        WPaxosWire.WriteTied(place.Object, states, tie, writer);
        return JournalWrite.Put(StateTable, place.Object.Bytes, writer.WrittenMemory);
    }

    /// <exception cref="JournalException">What was stored does not fit together.</exception>
    public static IEnumerable<(ObjectKey Object, Ballot Ballot)> ReadPromises(IJournalStore store)
    {
        foreach (var (key, value) in store.Read(PromiseTable))
        {
            if (value.Length != NumberBytes)
            {
                throw new JournalException($"the promise for object {new ObjectKey(key)} in the journal has {value.Length} bytes instead of {NumberBytes}");
            }

            yield return (new ObjectKey(key), Ballot.FromPacked(BinaryPrimitives.ReadUInt64LittleEndian(value)));
        }
    }

    /// <summary>The votes, object by object, and in each in the order of the slots.</summary>
    /// <exception cref="JournalException">What was stored does not fit together.</exception>
    public static IEnumerable<(Place Place, Proposal Proposal)> ReadVotes(IJournalStore store)
    {
        foreach (var (key, value) in store.Read(VoteTable))
        {
            var (name, slot) = ParseVoteKey(key);
            var proposal = ParseProposal(name, slot, value);
            yield return proposal.Place.Object == name && proposal.Place.Slot == slot
                ? (proposal.Place, proposal)
                : throw new JournalException($"the vote for slot {slot} of object {name} in the journal is for another place");
        }
    }

    /// <summary>The checkpoints; the states are what <see cref="WPaxosWire.WriteTied"/> wrote.</summary>
    /// <exception cref="JournalException">What was stored does not fit together.</exception>
    public static IEnumerable<(Place Place, ReadOnlyMemory<byte> State)> ReadStates(IJournalStore store)
    {
        foreach (var (key, value) in store.Read(StateTable))
        {
            if (value.Length < 2 * NumberBytes)
            {
                throw new JournalException($"the checkpoint of object {new ObjectKey(key)} in the journal has {value.Length} bytes");
            }

            var slot = (long)BinaryPrimitives.ReadUInt64LittleEndian(value);
            var ballot = Ballot.FromPacked(BinaryPrimitives.ReadUInt64LittleEndian(value.AsSpan(NumberBytes)));
            yield return (new Place(new ObjectKey(key), ballot, slot), value.AsMemory(2 * NumberBytes));
        }
    }

    private static Proposal ParseProposal(ObjectKey name, long slot, byte[] value)
    {
        try
        {
            var reader = new WireReader(value);
            var proposal = WPaxosWire.ReadProposal(ref reader);
            return reader.End ? proposal : throw new WireFormatException($"{reader.Remaining} bytes too many");
        }
        catch (WireFormatException damage)
        {
            throw new JournalException($"the vote for slot {slot} of object {name} in the journal cannot be read: {damage.Message}", damage);
        }
    }

    private static byte[] VoteKey(ObjectKey name, long slot)
    {
        var key = new byte[sizeof(uint) + name.Length + NumberBytes];
        BinaryPrimitives.WriteInt32BigEndian(key, name.Length);
        name.Span.CopyTo(key.AsSpan(sizeof(uint)));
        BinaryPrimitives.WriteInt64BigEndian(key.AsSpan(sizeof(uint) + name.Length), slot);
        return key;
    }

    private static (ObjectKey Name, long Slot) ParseVoteKey(byte[] key)
    {
        if (key.Length < sizeof(uint) + NumberBytes || BinaryPrimitives.ReadInt32BigEndian(key) != key.Length - sizeof(uint) - NumberBytes)
        {
            throw new JournalException($"a vote in the journal has a key of {key.Length} bytes that is no object and slot");
        }

        return (new ObjectKey(key.AsSpan(sizeof(uint), key.Length - sizeof(uint) - NumberBytes)), BinaryPrimitives.ReadInt64BigEndian(key.AsSpan(key.Length - NumberBytes)));
    }
}
