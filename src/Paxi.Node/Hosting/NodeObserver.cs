using System.Diagnostics.Metrics;
using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Epochs;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;

namespace Paxi.Node.Hosting;

/// <summary>Tells who leads, and counts what the replica does for the meter <c>Paxi</c>. Called on the hot path: it adds to plain numbers, which are read when somebody asks.</summary>
internal sealed class NodeObserver : IReplicaObserver, IDisposable
{
    private readonly Meter _meter = new("Paxi");
    private readonly Action<Ballot> _led;
    private volatile Epoch? _epoch;
    private long _votes;
    private long _slots;
    private long _commands;
    private long _leaderships;
    private long _restores;

    /// <param name="led">The replica has won phase 1.</param>
    public NodeObserver(ReplicaId replica, Action<Ballot> led)
    {
        _led = led;
        var tag = new KeyValuePair<string, object?>("replica", replica.ToString());
        Counter("paxi.votes", "{vote}", "Votes made durable", () => Interlocked.Read(ref _votes));
        Counter("paxi.slots.executed", "{slot}", "Slots applied to the state machine", () => Interlocked.Read(ref _slots));
        Counter("paxi.commands.executed", "{command}", "Commands applied to the state machine", () => Interlocked.Read(ref _commands));
        Counter("paxi.leaderships", "{ballot}", "Times this replica won phase 1", () => Interlocked.Read(ref _leaderships));
        Counter("paxi.snapshots.restored", "{snapshot}", "Snapshots taken over", () => Interlocked.Read(ref _restores));

        void Counter(string name, string unit, string text, Func<long> value) =>
            _meter.CreateObservableCounter(name, () => new Measurement<long>(value(), tag), unit, text);
    }

    /// <summary>The epoch in which the replica's roles act; null before they start.</summary>
    public Epoch? Epoch => _epoch;

    /// <summary>Called when an epoch begins here.</summary>
    public event Action<Epoch>? EpochBegan;

    public void Began(ReplicaId replica, Epoch epoch, QuorumSystem quorums)
    {
        _epoch = epoch;
        EpochBegan?.Invoke(epoch);
    }

    public void Promised(ReplicaId replica, string log, Ballot ballot) { }

    public void Accepted(ReplicaId replica, string log, long slot, Ballot ballot, Batch batch) => _votes++;

    public void Led(ReplicaId replica, string log, Ballot ballot)
    {
        _leaderships++;
        _led(ballot);
    }

    public void Decided(ReplicaId replica, string log, long slot, Batch batch) { }

    public void Executed(ReplicaId replica, string log, long slot, Batch batch)
    {
        _slots++;
        _commands += batch.Count;
    }

    public void Restored(ReplicaId replica, string log, long slot) => _restores++;

    public void Dispose() => _meter.Dispose();
}
