using Akka.Actor;
using Paxi.Actors.Commands;

namespace Paxi.Actors.Clients;

/// <summary>What a client asks for: <c>client.Ask&lt;Reply&gt;(new Get("k"))</c>.</summary>
public abstract record Command : INoSerializationVerificationNeeded
{
    /// <summary>How a read is answered; null for the client's default. Means nothing for a write.</summary>
    public ReadMode? Mode { get; init; }

    /// <summary>After this time the outcome is unknown; null for the client's default.</summary>
    public TimeSpan? Timeout { get; init; }
}

/// <summary>A command of the key-value store.</summary>
public abstract record KeyCommand(string Key) : Command;

/// <summary>Reads the value of a key.</summary>
public sealed record Get(string Key) : KeyCommand(Key);

/// <summary>Writes a value; the reply has the previous one.</summary>
public sealed record Set(string Key, ReadOnlyMemory<byte> Value) : KeyCommand(Key);

/// <summary>Makes the key absent; the reply has the previous value.</summary>
public sealed record Delete(string Key) : KeyCommand(Key);

/// <summary>Writes <paramref name="Value"/> if the key holds <paramref name="Expected"/>; the reply has the previous value and whether it wrote.</summary>
/// <param name="Expected">Null: the key must be absent.</param>
public sealed record CompareAndSet(string Key, ReadOnlyMemory<byte>? Expected, ReadOnlyMemory<byte> Value) : KeyCommand(Key);

/// <summary>Reads the versions of a key that the store keeps, the oldest first; they begin with the first write after the key was last absent.</summary>
public sealed record GetHistory(string Key) : KeyCommand(Key);

/// <summary>
/// Does all of these (get, set, delete, compare-and-set), in their order, at one instant; each sees what those before it wrote. A compare-and-set that does not find what it
/// expects reports that for itself, and the others are done all the same.
/// </summary>
public sealed record Transact(IReadOnlyList<KeyCommand> Commands) : Command;

/// <summary>A command of the user's own state machine, in its own encoding; the reply's value is its result.</summary>
public sealed record Invoke(ReadOnlyMemory<byte> Body, bool IsReadOnly) : Command;

/// <summary>How a command ended.</summary>
public enum Outcome : byte
{
    /// <summary>It took effect exactly once, or was a read that was answered.</summary>
    Done,

    /// <summary>It certainly had no effect and will have none.</summary>
    Failed,

    /// <summary>It may have taken effect, may yet, or may never.</summary>
    Unknown,
}

/// <summary>The end of a command.</summary>
public sealed record Reply : INoSerializationVerificationNeeded
{
    /// <summary>Done, failed for certain, or unknown; the three are never mixed up.</summary>
    public required Outcome Outcome { get; init; }

    /// <summary>Why it is not done, in one line; null when it is.</summary>
    public string? Error { get; init; }

    /// <summary>What a get found, or what a write found before it wrote; null when the key was absent.</summary>
    public ReadOnlyMemory<byte>? Value { get; init; }

    /// <summary>For a compare-and-set: whether it wrote.</summary>
    public bool Swapped { get; init; }

    /// <summary>For a history: the versions, the oldest first.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>>? Versions { get; init; }

    /// <summary>For a transaction: the end of each of its commands.</summary>
    public IReadOnlyList<Reply>? Parts { get; init; }

    /// <summary>Where it was decided; for a read outside the log the last slot executed.</summary>
    public long Slot { get; init; }

    /// <summary>The ballot of the replica that proposed it.</summary>
    public Ballot Ballot { get; init; }

    /// <summary>The last slot executed when the answer was made.</summary>
    public long Executed { get; init; }

    /// <summary>The replica that proposed it.</summary>
    public ReplicaId Leader { get; init; }
}
