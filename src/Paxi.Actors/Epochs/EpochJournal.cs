using Paxi.Actors.Journal;
using Paxi.Actors.Wire;

namespace Paxi.Actors.Epochs;

/// <summary>
/// What a replica keeps of the epochs, and its form, in the kernel's table.
/// <code>
/// "epoch"        epoch                                                              the newest that is decided
/// "epoch-vote"   number varint, promised ballot, voted ballot, 0 | 1 epoch          the acceptor's state in the slot of that number
/// </code>
/// </summary>
internal static class EpochJournal
{
    private const byte Table = 0;

    private static readonly byte[] EpochKey = "epoch"u8.ToArray();
    private static readonly byte[] VoteKey = "epoch-vote"u8.ToArray();

    public static JournalWrite Decided(Epoch epoch)
    {
        var writer = new WireWriter(64);
        epoch.Write(writer);
        return JournalWrite.Put(Table, EpochKey, writer.WrittenMemory);
    }

    public static JournalWrite Voted(EpochVote vote)
    {
        var writer = new WireWriter(96);
        writer.VarInt(vote.Number);
        writer.Ballot(vote.Promised);
        writer.Ballot(vote.Ballot);
        writer.Bool(vote.Epoch is not null);
        vote.Epoch?.Write(writer);
        return JournalWrite.Put(Table, VoteKey, writer.WrittenMemory);
    }

    /// <summary>The epoch in the journal; null in one that was never used. The first is written down too: from then on it counts, whatever the configuration says.</summary>
    /// <exception cref="JournalException">The record cannot be read.</exception>
    public static Epoch? Find(IJournalStore store)
    {
        foreach (var (key, value) in store.Read(Table, EpochKey))
        {
            if (!key.AsSpan().SequenceEqual(EpochKey))
            {
                return null;
            }

            try
            {
                var reader = new WireReader(value);
                return Epoch.Read(ref reader);
            }
            catch (WireFormatException damage)
            {
                throw new JournalException($"the epoch in the journal cannot be read: {damage.Message}", damage);
            }
        }

        return null;
    }

    /// <summary>What was decided last, and the acceptor's state in the slot behind it.</summary>
    /// <param name="first">The epoch of the configuration, when none was decided yet.</param>
    /// <exception cref="JournalException">The records cannot be read.</exception>
    public static (Epoch Epoch, EpochVote Vote) Read(IJournalStore store, Epoch first)
    {
        var epoch = Find(store) ?? first;
        EpochVote? vote = null;
        try
        {
            foreach (var (key, value) in store.Read(Table, VoteKey))
            {
                var reader = new WireReader(value);
                if (key.AsSpan().SequenceEqual(VoteKey))
                {
                    vote = new EpochVote(reader.VarInt(), reader.Ballot(), reader.Ballot(), reader.Bool() ? Epoch.Read(ref reader) : null);
                }
            }
        }
        catch (WireFormatException damage)
        {
            throw new JournalException($"the epoch in the journal cannot be read: {damage.Message}", damage);
        }

        return (epoch, vote?.Number == epoch.Number + 1 ? vote : new EpochVote(epoch.Number + 1, Ballot.Zero, Ballot.Zero, null));
    }
}

/// <summary>An acceptor's state in the slot of one epoch.</summary>
/// <param name="Promised">The highest ballot promised.</param>
/// <param name="Ballot">Of the vote; zero without one.</param>
/// <param name="Epoch">The vote, or null.</param>
internal sealed record EpochVote(long Number, Ballot Promised, Ballot Ballot, Epoch? Epoch);
