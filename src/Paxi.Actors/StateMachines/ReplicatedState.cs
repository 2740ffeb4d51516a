using Paxi.Actors.Commands;
using Paxi.Actors.Replicas;

namespace Paxi.Actors.StateMachines;

/// <summary>The state machine together with the sessions, so that a retried command takes effect once. A function of the batches executed, alone.</summary>
public sealed class ReplicatedState(IStateMachine machine, SessionLimits limits)
{
    internal (IStateMachine, SessionLimits) Parts { get; } = (machine, limits);

    /// <summary>Executes the commands of all blocks, each at most once.</summary>
    /// <param name="batch">Decided; a no-op gives no blocks.</param>
    /// <param name="wantsResults">False where nobody waits: nothing is encoded and the list is empty.</param>
    public IReadOnlyList<ResultBlock> Execute(Batch batch, bool wantsResults) => throw new NotImplementedException();

    /// <summary>Answers read-only commands from the present state; a command that is not read-only ends as <see cref="CommandStatus.Invalid"/>.</summary>
    public IReadOnlyList<ResultBlock> Read(Batch batch) => throw new NotImplementedException();

    /// <summary>Sessions and state machine; equal states give equal bytes.</summary>
    public ReadOnlyMemory<byte> Snapshot() => throw new NotImplementedException();

    /// <summary>Replaces everything by what <see cref="Snapshot"/> gave.</summary>
    /// <exception cref="Wire.WireFormatException">The bytes are no snapshot; nothing was changed.</exception>
    public void Restore(ReadOnlyMemory<byte> snapshot) => throw new NotImplementedException();
}

/// <summary>Bounds of the session table; part of the configuration, and the same on every replica.</summary>
/// <param name="MaxSessions">When it is full, the session that was used longest ago is forgotten.</param>
/// <param name="MaxOutstanding">How far a sequence number may be above the session's lowest outstanding one.</param>
public sealed record SessionLimits(int MaxSessions = 65_536, int MaxOutstanding = 16_384);
