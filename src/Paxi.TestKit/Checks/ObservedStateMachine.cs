using System.Buffers;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;

namespace Paxi.TestKit.Checks;

/// <summary>
/// A replica's state machine, which tells the ledger what takes effect. Its snapshots carry, before the state machine's own, a digest of all that took effect, so that
/// the ledger can tell whether a restored replica holds exactly what the snapshot claims to cover.
/// </summary>
internal sealed class ObservedStateMachine(ExecutionLedger ledger, ReplicaExecution execution, IStateMachine inner) : IObjectStateMachine
{
    public IStateMachine Inner { get; } = inner;

    /// <summary>Whether the last snapshot that was read is what the state machine writes again.</summary>
    public bool IsFaithful { get; private set; } = true;

    public void Execute(ReadOnlySpan<byte> command, IBufferWriter<byte> result)
    {
        // What cannot be executed throws and takes no effect.
        Inner.Execute(command, result);
        if (!Inner.IsReadOnly(command))
        {
            ledger.TakeEffect(execution, command);
        }
    }

    public bool IsReadOnly(ReadOnlySpan<byte> command) => Inner.IsReadOnly(command);

    public bool Conflicts(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => Inner.Conflicts(left, right);

    public void WriteSnapshot(IBufferWriter<byte> snapshot)
    {
        var header = new WireWriter();
        header.VarInt(execution.Chains.Count);
        foreach (var (log, chain) in execution.Chains)
        {
            header.Text(log);
            header.UInt64((ulong)(chain >> 64));
            header.UInt64((ulong)chain);
        }

        snapshot.Write(header.WrittenSpan);
        Inner.WriteSnapshot(snapshot);
    }

    public void ReadSnapshot(ReadOnlyMemory<byte> snapshot)
    {
        var reader = new WireReader(snapshot);
        var chains = new List<(string Log, UInt128 Chain)>();
        for (var left = reader.Count(17); left > 0; left--)
        {
            chains.Add((reader.Text(), new UInt128(reader.UInt64(), reader.UInt64())));
        }

        var own = snapshot[reader.Position..];
        Inner.ReadSnapshot(own);
        IsFaithful = ExecutionLedger.SnapshotOf(Inner).Span.SequenceEqual(own.Span);
        execution.Pending.Clear();
        execution.Chains.Clear();
        foreach (var (log, chain) in chains)
        {
            execution.Chains.Add(log, chain);
        }
    }

    public void ListObjects(ReadOnlySpan<byte> command, ICollection<ObjectKey> objects) => Objects.ListObjects(command, objects);

    public void WriteObject(ObjectKey key, IBufferWriter<byte> state)
    {
        var chain = execution.Chains.GetValueOrDefault(key.ToString());
        var header = new WireWriter();
        header.UInt64((ulong)(chain >> 64));
        header.UInt64((ulong)chain);
        state.Write(header.WrittenSpan);
        Objects.WriteObject(key, state);
    }

    public void ReadObject(ObjectKey key, ReadOnlyMemory<byte> state)
    {
        var chain = UInt128.Zero;
        var own = state;
        if (!state.IsEmpty)
        {
            var reader = new WireReader(state);
            chain = new UInt128(reader.UInt64(), reader.UInt64());
            own = state[reader.Position..];
        }

        Objects.ReadObject(key, own);
        var again = new ArrayBufferWriter<byte>();
        Objects.WriteObject(key, again);
        IsFaithful = again.WrittenSpan.SequenceEqual(own.Span);
        execution.Pending.Clear();
        execution.Chains[key.ToString()] = chain;
    }

    private IObjectStateMachine Objects => (IObjectStateMachine)Inner;
}
