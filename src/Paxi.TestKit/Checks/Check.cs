using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Replicas;

namespace Paxi.TestKit.Checks;

/// <summary>What a check saw that must never happen.</summary>
/// <param name="Check">The check's name.</param>
/// <param name="Source">Paper and section of the property.</param>
/// <param name="At">Virtual time since the world began.</param>
public sealed record Violation(string Check, string Source, string Message, TimeSpan At)
{
    public override string ToString() => $"{Check} at {At.TotalMilliseconds:0.###} ms: {Message} ({Source})";
}

/// <summary>A run broke a property. Thrown out of the run, so that no caller can overlook it.</summary>
public sealed class ViolationException(Violation violation) : Exception(violation.ToString())
{
    public Violation Violation { get; } = violation;
}

/// <summary>One property of a protocol, watched on every replica at every step. A check only looks; it reports through its suite.</summary>
public abstract class Check : IReplicaObserver
{
    private CheckSuite? _suite;

    /// <summary>Short, in words: <c>agreement</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Where the property is stated.</summary>
    public abstract string Source { get; }

    public virtual void Promised(ReplicaId replica, string log, Ballot ballot) { }

    public virtual void Accepted(ReplicaId replica, string log, long slot, Ballot ballot, Batch batch) { }

    public virtual void Led(ReplicaId replica, string log, Ballot ballot) { }

    public virtual void Decided(ReplicaId replica, string log, long slot, Batch batch) { }

    public virtual void Executed(ReplicaId replica, string log, long slot, Batch batch) { }

    public virtual void Restored(ReplicaId replica, string log, long slot) { }

    /// <summary>The replica starts again from what it had synced.</summary>
    public virtual void Restarted(ReplicaId replica) { }

    internal void Attach(CheckSuite suite) => _suite = suite;

    protected void Violate(string message) =>
        (_suite ?? throw new InvalidOperationException($"the check {Name} belongs to no suite")).Report(this, message);

    /// <summary>A batch in a message: how many commands and a digest of them.</summary>
    protected static string Show(Batch batch)
    {
        if (batch.IsNoOp)
        {
            return "no-op";
        }

        var digest = 14695981039346656037UL;
        foreach (var value in batch.Payload.Span)
        {
            digest = (digest ^ value) * 1099511628211UL;
        }

        return $"{batch.Count} commands #{digest & 0xFFFFFFFF:x8}";
    }
}
