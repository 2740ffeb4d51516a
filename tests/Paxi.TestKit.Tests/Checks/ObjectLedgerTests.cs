using System.Buffers;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;
using Paxi.TestKit.Checks;
using Xunit;

namespace Paxi.TestKit.Tests.Checks;

/// <summary>The ledger follows replicas that order each object by itself.</summary>
public sealed class ObjectLedgerTests
{
    private static readonly ReplicaId A = new(1, 1);
    private static readonly ReplicaId B = new(1, 2);

    private readonly ExecutionLedger _ledger = new(static () => new KeyValueStore());
    private readonly IObjectStateMachine _a;
    private readonly IObjectStateMachine _b;
    private readonly List<UInt128> _first = [];

    public ObjectLedgerTests()
    {
        (_a, _b) = ((IObjectStateMachine)_ledger.Create(A), (IObjectStateMachine)_ledger.Create(B));
        _ledger.TookEffectFirst += _first.Add;
    }

    [Fact]
    public void A_transaction_takes_effect_once_and_is_in_the_chain_of_each_object()
    {
        Do(_a, new Set("x", "1"u8.ToArray()));
        Assert.Single(_ledger.Executed(A, "x", 1).Bodies);
        Do(_a, Both("2"));
        var one = _ledger.Executed(A, "x", 2);
        var other = _ledger.Executed(A, "y", 1);
        Assert.Equal((1, 0, true, true), (one.Bodies.Count, other.Bodies.Count, one.IsFirst, other.IsFirst));
        Assert.Equal(2, _first.Count);

        // The other replica gets x as a state and y's first slot by itself: its state of y is not that after the transaction.
        _b.ReadObject(new ObjectKey("x"), State(_a, "x"));
        Assert.Equal(_ledger.Restored(B, "x", 2), new RestoredState(_ledger.Restored(A, "x", 2).Effects, _ledger.Restored(A, "x", 2).Expected, true));
        Assert.Equal(_ledger.Restored(B, "x", 2).Expected, _ledger.Restored(B, "x", 2).Effects);
        _ledger.Executed(B, "y", 1);
        _b.ReadObject(new ObjectKey("y"), State(_b, "y"));
        Assert.NotEqual(_ledger.Restored(B, "y", 1).Expected, _ledger.Restored(B, "y", 1).Effects);
        _b.ReadObject(new ObjectKey("y"), State(_a, "y"));
        Assert.Equal(_ledger.Restored(B, "y", 1).Expected, _ledger.Restored(B, "y", 1).Effects);
        Assert.True(_ledger.SnapshotOf(A)!.Value.Span.SequenceEqual(_ledger.SnapshotOf(B)!.Value.Span));
        Assert.True(_ledger.SnapshotOf(A)!.Value.Span.SequenceEqual(ExecutionLedger.SnapshotOf(_ledger.Reference).Span));
        Assert.Equal(_ledger.PositionsOf(A), _ledger.PositionsOf(B));
    }

    [Fact]
    public void Replicas_may_interleave_objects_otherwise()
    {
        Do(_a, new Set("x", "1"u8.ToArray()));
        _ledger.Executed(A, "x", 1);
        Do(_a, new Set("y", "1"u8.ToArray()));
        _ledger.Executed(A, "y", 1);
        Do(_b, new Set("y", "1"u8.ToArray()));
        Assert.False(_ledger.Executed(B, "y", 1).IsFirst);
        Do(_b, new Set("x", "1"u8.ToArray()));
        var effects = _ledger.Executed(B, "x", 1);
        Assert.Equal(effects.First, effects.Bodies);
        Assert.Equal(2, _first.Count);
        Assert.True(_ledger.SnapshotOf(A)!.Value.Span.SequenceEqual(_ledger.SnapshotOf(B)!.Value.Span));
    }

    [Fact]
    public void One_log_takes_everything_whatever_its_objects()
    {
        Do(_a, Both("1"));
        Do(_a, new Set("z", "1"u8.ToArray()));
        Assert.Equal(2, _ledger.Executed(A, "", 1).Bodies.Count);
        Assert.Empty(_ledger.Executed(A, "", 2).Bodies);
    }

    private static Transact Both(string value) => new([new Set("x", System.Text.Encoding.UTF8.GetBytes(value)), new Set("y", System.Text.Encoding.UTF8.GetBytes(value))]);

    private static void Do(IObjectStateMachine machine, Command command)
    {
        var body = new WireWriter();
        KeyValueCodec.Write(command, body);
        machine.Execute(body.WrittenSpan, new ArrayBufferWriter<byte>());
    }

    private static ReadOnlyMemory<byte> State(IObjectStateMachine machine, string key)
    {
        var state = new ArrayBufferWriter<byte>();
        machine.WriteObject(new ObjectKey(key), state);
        return state.WrittenMemory;
    }
}
