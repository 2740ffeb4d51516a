using Paxi.Actors.StateMachines;

namespace Paxi.Protocols.WPaxos;

/// <summary>What the owners role is about with a transaction over several objects: to do it, or to bring one to its end that somebody has left.</summary>
/// <param name="number">Never used again by this start of the roles.</param>
/// <param name="objects">Ascending.</param>
internal sealed class Transaction(long number, ObjectKey[] objects)
{
    public long Number => number;

    public IReadOnlyList<ObjectKey> Objects => objects;

    /// <summary>Null when it is to be brought to its end.</summary>
    public OwnedRequest? Request { get; init; }

    /// <summary>What an object is tied to, when the transaction is to be brought to its end; else the transaction's own identity and places, once they are known.</summary>
    public Share? Share { get; set; }

    /// <summary>Attempts that failed before this one.</summary>
    public int Failures { get; init; }

    /// <summary>When the request came.</summary>
    public TimeSpan Since { get; init; }

    /// <summary>Given up when nothing happens until then.</summary>
    public TimeSpan Until { get; set; }

    public TransactionStep Step { get; set; } = TransactionStep.Gathering;

    /// <summary>How many of the objects are reserved, from the first on.</summary>
    public int Gathered { get; set; }

    /// <summary>What is known of each reserved object.</summary>
    public Reserved[] Reserved { get; } = new Reserved[objects.Length];

    /// <summary>Whether it has happened.</summary>
    public bool IsCommitted { get; set; }

    /// <summary>Objects in which something is put and not decided.</summary>
    public SortedSet<ObjectKey> Open { get; } = [];
}

internal enum TransactionStep : byte
{
    /// <summary>The objects are reserved, one after the other.</summary>
    Gathering,

    /// <summary>The learner is asked for the states.</summary>
    Reading,

    Holding,

    Committing,

    /// <summary>The learner has not executed the commit yet.</summary>
    Executing,

    /// <summary>Somebody else's transaction: its slot at home is filled with something else.</summary>
    Fencing,

    Releasing,

    /// <summary>The home gets a slot after the commit, so that it is free.</summary>
    Closing,
}
