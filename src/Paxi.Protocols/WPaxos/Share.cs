using Paxi.Actors.Commands;
using Paxi.Actors.StateMachines;

namespace Paxi.Protocols.WPaxos;

/// <summary>What a transaction over several objects has in a slot of one of them; <see cref="Accepts"/>'s file tells how they follow each other.</summary>
public enum ShareKind : byte
{
    /// <summary>In the log of every object but the first: nothing happens here until it is known how the transaction ended.</summary>
    Hold = 1,

    /// <summary>In the log of the first object, its home: once decided in the slot that the holds name, the transaction has happened.</summary>
    Commit = 2,

    /// <summary>After a hold: the transaction was committed, and takes effect on this object here.</summary>
    Release = 3,

    /// <summary>After a hold: the transaction was not committed and never will be.</summary>
    Abandon = 4,
}

/// <summary>An attempt at a transaction; never used for another one.</summary>
/// <param name="Start">Of the proposer's roles.</param>
public readonly record struct TransactionId(ulong Start, long Number);

/// <summary>A transaction's part in the log of one object. Whoever executes it needs the state of this object alone: those of the others come along.</summary>
/// <param name="Places">A place for each object, ascending: in the first the commit, in the others the holds; in the ballots in which the proposer owned them.</param>
/// <param name="Command">In a hold, the transaction; else nothing, for then it is the proposal's batch.</param>
/// <param name="States">In holds and commits: the state of each object before the transaction, in the order of the places; that of the own object is left empty.</param>
public sealed record Share(ShareKind Kind, TransactionId Id, IReadOnlyList<Place> Places, Batch Command, IReadOnlyList<ReadOnlyMemory<byte>> States)
{
    /// <summary>Where the transaction is committed, or is not.</summary>
    public Place Home => Places[0];

    /// <summary>About how many bytes it takes on the wire.</summary>
    public int Size
    {
        get
        {
            var size = 32 + WPaxosWire.SizeOf(Places) + Command.Payload.Length;
            for (var index = 0; index < States.Count; index++)
            {
                size += 4 + States[index].Length;
            }

            return size;
        }
    }

    /// <summary>The number of the object in the transaction, -1 when it is not in it.</summary>
    public int IndexOf(ObjectKey key)
    {
        for (var index = 0; index < Places.Count; index++)
        {
            if (Places[index].Object == key)
            {
                return index;
            }
        }

        return -1;
    }

    /// <summary>Whether an object with this in its last slot is tied: nothing is proposed there but what brings the transaction to its end.</summary>
    public bool Ties => Kind is ShareKind.Hold or ShareKind.Commit;

    public Share Of(ShareKind kind) => new(kind, Id, Places, Batch.NoOp, []);
}
