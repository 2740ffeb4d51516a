using System.Buffers;
using Paxi.Actors;
using Paxi.Actors.StateMachines;

namespace Paxi.TestKit.Checks;

/// <summary>
/// Which commands took effect, on which replica, in which slot. It hands every replica a state machine that tells it, and keeps for each slot what the first replica
/// to execute it saw, and a state machine of its own that executes that once, in order, and never crashes: what every replica must come to.
/// A protocol reports a slot as executed before it takes a snapshot that covers it.
/// </summary>
public sealed class ExecutionLedger
{
    /// <summary>A protocol that never reports a slot as executed is not followed; this much is kept before that is clear.</summary>
    private const int LargestPending = 1 << 16;

    private readonly Func<IStateMachine> _machine;
    private readonly SortedDictionary<ReplicaId, ReplicaExecution> _replicas = [];

    /// <summary>Where each log has a state machine of its own: that of a log on a replica, and what all of them must come to.</summary>
    private readonly SortedDictionary<(string Log, ReplicaId Replica), ReplicaExecution> _parts = new(
        Comparer<(string Log, ReplicaId Replica)>.Create(static (left, right) =>
            string.CompareOrdinal(left.Log, right.Log) is not 0 and var order ? order : left.Replica.CompareTo(right.Replica)));
    private readonly SortedDictionary<string, IStateMachine> _references = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Log, long Slot), (UInt128[] Bodies, UInt128 Chain)> _slots = [];
    private readonly Dictionary<string, UInt128> _chains = [];
    private readonly SortedDictionary<string, long> _positions = new(StringComparer.Ordinal);
    private readonly ArrayBufferWriter<byte> _discarded = new();

    /// <summary>Commands over several objects that took effect in the log of the first, and not yet in the log of this one on any replica.</summary>
    private readonly HashSet<(UInt128 Command, string Log)> _halves = [];

    public ExecutionLedger(Func<IStateMachine> machine)
    {
        _machine = machine;
        Reference = machine();
    }

    /// <summary>Executes every command that took effect anywhere, once, in the order of the first executions.</summary>
    public IStateMachine Reference { get; }

    /// <summary>Whether the protocol reports what it executes.</summary>
    public bool IsFollowed => _slots.Count > 0;

    /// <summary>Whether every command over several objects that took effect in one of them did so in all.</summary>
    public bool IsWhole => _halves.Count == 0;

    /// <summary>Called with the digest of each command of a slot that is executed for the first time, in order.</summary>
    public event Action<UInt128>? TookEffectFirst;

    /// <summary>Called when a replica starts anew: it makes a state machine.</summary>
    public event Action<ReplicaId>? Restarted;

    /// <summary>The state machine of a replica that starts: an empty one, observed.</summary>
    public IStateMachine Create(ReplicaId replica)
    {
        var execution = new ReplicaExecution(this, _machine());
        _replicas[replica] = execution;
        foreach (var part in _parts.Keys.Where(part => part.Replica == replica).ToArray())
        {
            _parts.Remove(part);
        }

        Restarted?.Invoke(replica);
        return execution.Machine;
    }

    /// <summary>The state machine of one log of a replica, which has one for each; made after <see cref="Create(ReplicaId)"/>, which tells that the replica starts anew.</summary>
    public IStateMachine Create(ReplicaId replica, string log)
    {
        var execution = new ReplicaExecution(this, _machine());
        _parts[(log, replica)] = execution;
        if (!_references.ContainsKey(log))
        {
            _references.Add(log, _machine());
        }

        return execution.Machine;
    }

    /// <summary>The last slot of each log that any replica ever executed.</summary>
    public IReadOnlyCollection<KeyValuePair<string, long>> Positions => _positions;

    /// <summary>The last slot of each log that the replica's state machine holds, in the order of the logs' names.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> PositionsOf(ReplicaId replica) =>
        [.. (_replicas.GetValueOrDefault(replica)?.Positions ?? []).Concat(_parts.Where(part => part.Key.Replica == replica).SelectMany(part => part.Value.Positions))];

    /// <summary>The logs that have a state machine of their own; none where a replica has one for everything.</summary>
    public IReadOnlyList<string> Parts => [.. _references.Keys];

    /// <summary>The replicas that have a state machine for that log, in the order of their ids.</summary>
    public IReadOnlyList<ReplicaId> ReplicasOf(string log) => [.. _parts.Keys.Where(part => part.Log == log).Select(part => part.Replica)];

    /// <summary>The snapshot of one replica's state machine; null before it has one.</summary>
    /// <param name="log">Of that log alone; null where the replica has one for everything.</param>
    public ReadOnlyMemory<byte>? SnapshotOf(ReplicaId replica, string? log = null)
    {
        var execution = log is null ? _replicas.GetValueOrDefault(replica) : _parts.GetValueOrDefault((log, replica));

        // A bare null would become the empty memory.
        return execution is null ? default(ReadOnlyMemory<byte>?) : SnapshotOf(execution.Machine.Inner);
    }

    /// <summary>What the state machine of that log must come to; as <see cref="Reference"/>.</summary>
    public IStateMachine ReferenceOf(string? log) => log is null ? Reference : _references[log];

    internal static ReadOnlyMemory<byte> SnapshotOf(IStateMachine machine)
    {
        var buffer = new ArrayBufferWriter<byte>();
        machine.WriteSnapshot(buffer);
        return buffer.WrittenMemory;
    }

    /// <summary>The replica has executed the slot.</summary>
    internal SlotEffects Executed(ReplicaId replica, string log, long slot)
    {
        var execution = Of(replica, log);
        var effects = execution.Take(log);
        UInt128[] bodies = [.. effects.Where(effect => effect.IsNew).Select(effect => effect.Effect.Digest)];
        UInt128[] chained = [.. effects.Select(effect => effect.Effect.Digest)];
        execution.Advance(log, slot, chained);
        if (_slots.TryGetValue((log, slot), out var known))
        {
            return new SlotEffects(bodies, known.Bodies, IsFirst: false);
        }

        _positions[log] = Math.Max(slot, _positions.GetValueOrDefault(log));
        var chain = Chain(_chains.GetValueOrDefault(log), chained);
        _chains[log] = chain;
        _slots.Add((log, slot), (bodies, chain));
        foreach (var (effect, isNew) in effects)
        {
            NoteHalves(effect, log, isNew);
            if (isNew)
            {
                _discarded.ResetWrittenCount();
                (_references.GetValueOrDefault(log) ?? Reference).Execute(effect.Body, _discarded);
                TookEffectFirst?.Invoke(effect.Digest);
            }
        }

        return new SlotEffects(bodies, bodies, IsFirst: true);
    }

    private void NoteHalves(PendingEffect effect, string log, bool isNew)
    {
        if (effect.Objects.Count < 2 || !effect.Objects.Contains(log))
        {
            return;
        }

        if (!isNew)
        {
            _halves.Remove((effect.Digest, log));
            return;
        }

        foreach (var other in effect.Objects)
        {
            if (other != log)
            {
                _halves.Add((effect.Digest, other));
            }
        }
    }

    /// <summary>The replica's state machine was restored from a snapshot that covers the slot.</summary>
    internal RestoredState Restored(ReplicaId replica, string log, long slot)
    {
        var execution = Of(replica, log);
        execution.Pending.Clear();
        execution.Positions[log] = slot;
        UInt128? expected = _slots.TryGetValue((log, slot), out var known) ? known.Chain : null;
        return new RestoredState(execution.Chains.GetValueOrDefault(log), expected, execution.Machine.IsFaithful);
    }

    private ReplicaExecution Of(ReplicaId replica, string log) => _parts.GetValueOrDefault((log, replica)) ?? _replicas[replica];

    internal void TakeEffect(ReplicaExecution execution, ReadOnlySpan<byte> body)
    {
        if (execution.Pending.Count >= LargestPending)
        {
            if (IsFollowed)
            {
                throw new InvalidOperationException($"more than {LargestPending} commands took effect and no slot was reported as executed");
            }

            execution.Pending.Clear();
        }

        execution.Pending.Add(new PendingEffect(BatchView.DigestOf(body), body.ToArray(), execution.Machine.ObjectsOf(body)));
    }

    internal static UInt128 Chain(UInt128 chain, UInt128[] bodies)
    {
        foreach (var body in bodies)
        {
            var hash = default(World.TraceHash);
            hash.Add((ulong)chain);
            hash.Add((ulong)(chain >> 64));
            hash.Add((ulong)body);
            hash.Add((ulong)(body >> 64));
            chain = hash.Value;
        }

        return chain;
    }
}

/// <summary>One start of one replica.</summary>
internal sealed class ReplicaExecution
{
    public ReplicaExecution(ExecutionLedger ledger, IStateMachine machine) => Machine = new ObservedStateMachine(ledger, this, machine);

    public ObservedStateMachine Machine { get; }

    /// <summary>What took effect and was not yet reported as executed in every log that it is in.</summary>
    public List<PendingEffect> Pending { get; } = [];

    /// <summary>A digest, by log, of all that took effect, also before a snapshot that it was restored from.</summary>
    public SortedDictionary<string, UInt128> Chains { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, long> Positions { get; } = new(StringComparer.Ordinal);

    /// <summary>
    /// What took effect in a slot of that log. Where logs are those of objects, a command over several of them is in the chain of each, and new in that of the first: whether it is executed in all at one
    /// instant and reported once for each, or in each by itself. Where a log is none of the objects, everything is its.
    /// </summary>
    public IReadOnlyList<(PendingEffect Effect, bool IsNew)> Take(string log)
    {
        if (Pending.Count == 0)
        {
            return [];
        }

        var isOfObjects = Pending.Exists(effect => effect.Objects.Contains(log));
        var taken = new List<(PendingEffect, bool)>();
        foreach (var effect in Pending)
        {
            if (!isOfObjects)
            {
                taken.Add((effect, !effect.IsReported));
                effect.Left.Clear();
            }
            else if (effect.Left.Remove(log))
            {
                taken.Add((effect, !effect.IsReported && effect.Objects[0] == log));
                effect.IsReported |= effect.Objects[0] == log;
            }
        }

        Pending.RemoveAll(effect => effect.Left.Count == 0);
        return taken;
    }

    public void Advance(string log, long slot, UInt128[] bodies)
    {
        Positions[log] = slot;
        if (bodies.Length > 0)
        {
            Chains[log] = ExecutionLedger.Chain(Chains.GetValueOrDefault(log), bodies);
        }
    }
}

/// <summary>A command that took effect on a replica.</summary>
internal sealed class PendingEffect(UInt128 digest, byte[] body, IReadOnlyList<string> objects)
{
    public UInt128 Digest => digest;

    public byte[] Body => body;

    /// <summary>What it is about, where the state machine can tell.</summary>
    public IReadOnlyList<string> Objects => objects;

    /// <summary>Those in whose logs it was not reported yet.</summary>
    public HashSet<string> Left { get; } = [.. objects];

    public bool IsReported { get; set; }
}
