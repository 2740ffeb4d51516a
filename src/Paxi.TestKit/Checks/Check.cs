using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Epochs;
using Paxi.Actors.Quorums;

namespace Paxi.TestKit.Checks;

/// <summary>What a check saw that must never happen.</summary>
/// <param name="Check">The check's name.</param>
/// <param name="Source">Paper and section of the property.</param>
/// <param name="At">Virtual time since the world began.</param>
public sealed record Violation(string Check, string Source, string Message, TimeSpan At)
{
    public override string ToString() =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Check} at {At.TotalMilliseconds:0.###} ms: {Message} ({Source})");
}

/// <summary>A run broke a property. Thrown out of the run, so that no caller can overlook it.</summary>
public sealed class ViolationException(Violation violation) : Exception(violation.ToString())
{
    public Violation Violation { get; } = violation;
}

/// <summary>
/// One property of a protocol, watched on every replica at every step. A check only looks; it reports through its suite. <c>log</c> names the log: "" where the protocol
/// has one log, else the object or group.
/// </summary>
public abstract class Check
{
    private CheckSuite? _suite;

    /// <summary>Short, in words: <c>agreement</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Where the property is stated.</summary>
    public abstract string Source { get; }

    /// <summary>The roles of a replica start, in this epoch.</summary>
    public virtual void Began(ReplicaId replica, Epoch epoch, QuorumSystem quorums) { }

    /// <summary>That log is decided by other quorums than the epoch's.</summary>
    public virtual void Placed(ReplicaId replica, string log, QuorumSystem quorums) { }

    /// <summary>An acceptor's promise is durable.</summary>
    public virtual void Promised(ReplicaId replica, string log, Ballot ballot) { }

    /// <summary>An acceptor's vote is durable.</summary>
    public virtual void Accepted(ReplicaId replica, string log, long slot, Ballot ballot, BatchView batch) { }

    /// <summary>A replica has won phase 1 and leads.</summary>
    public virtual void Led(ReplicaId replica, string log, Ballot ballot) { }

    /// <summary>A replica knows the slot's command.</summary>
    public virtual void Decided(ReplicaId replica, string log, long slot, BatchView batch) { }

    /// <summary>A replica has applied the slot to its state machine.</summary>
    public virtual void Executed(ReplicaId replica, string log, long slot, BatchView batch) { }

    /// <summary>What the slot changed in the replica's state machine; called after <see cref="Executed"/>.</summary>
    public virtual void TookEffect(ReplicaId replica, string log, long slot, Batch batch, SlotEffects effects) { }

    /// <summary>A replica's state machine is that of a snapshot which covers everything up to and with <paramref name="slot"/>.</summary>
    public virtual void Restored(ReplicaId replica, string log, long slot, RestoredState state) { }

    /// <summary>The replica's roles start again from what it had synced.</summary>
    public virtual void Restarted(ReplicaId replica) { }

    /// <summary>A client has the answer to an operation: it is completed, or has failed for certain (its <c>Ok</c> is then false).</summary>
    public virtual void Answered(ClientAnswer answer) { }

    /// <summary>The faults are over and all replicas have come to rest.</summary>
    /// <param name="states">In the order of the replicas.</param>
    public virtual void Converged(IReadOnlyList<FinalState> states) { }

    internal void Attach(CheckSuite suite) => _suite = suite;

    protected void Violate(string message) =>
        (_suite ?? throw new InvalidOperationException($"the check {Name} belongs to no suite")).Report(Name, Source, message);

    /// <summary>The log in a message: nothing where there is only one.</summary>
    protected static string In(string log) => log.Length == 0 ? "" : $" of {log}";
}
