using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.Replicas;

namespace Paxi.TestKit.Simulation;

/// <summary>What the clients of a run do, drawn from its seed: few keys, so that conflicts are many, and every kind of command that the protocol offers.</summary>
public sealed record Workload
{
    /// <summary>How many operations all clients together begin.</summary>
    public required int Operations { get; init; }

    /// <summary>Sequential clients, each with one operation under way at most.</summary>
    public required int Clients { get; init; }

    /// <summary>Client actors; clients that share one share a session of the protocol and travel in one block.</summary>
    public required int Actors { get; init; }

    public required int Keys { get; init; }

    /// <summary>Of 100 operations, how many are reads; the rest are sets, deletes, compare-and-sets and transactions.</summary>
    public required int Reads { get; init; }

    public required int Deletes { get; init; }

    public required int Swaps { get; init; }

    public required int Transactions { get; init; }

    /// <summary>A read draws its mode from these.</summary>
    public required ImmutableArray<ReadMode> ReadModes { get; init; }

    /// <summary>The mean pause of a client between two operations, exponential.</summary>
    public required TimeSpan Think { get; init; }

    /// <summary>Of 100 operations, how many follow without a pause.</summary>
    public required int Bursts { get; init; }

    /// <summary>
    /// Of 100 elections, after how many an idle client begins at once and goes on without a pause for a while: what a new leader does not know, and what an old one
    /// still believes, shows in the first moments only.
    /// </summary>
    public required int Wakes { get; init; }

    /// <summary>Bytes that a few values are filled up to.</summary>
    public required int LargeValue { get; init; }

    /// <summary>After this time a client takes the outcome as unknown.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>After this time it asks another replica.</summary>
    public required TimeSpan Retry { get; init; }

    internal static Workload Draw(SeededRandom random, int operations, int clients, ProtocolPromises promises)
    {
        T Pick<T>(params T[] values) => values[random.Next(values.Length)];
        var span = FaultPlan.Horizon * (0.3 + (random.NextDouble() * 0.6));
        var modes = promises.ReadModes.Where(_ => random.Next(3) > 0).ToImmutableArray();
        return new Workload
        {
            Operations = operations,
            Clients = clients,
            Actors = Math.Min(clients, Pick(1, 2, 5, clients, clients)),
            Keys = Pick(1, 2, 3, 5, 8, 13),
            Reads = Pick(20, 40, 60, 80),
            Deletes = Pick(0, 2, 5),
            Swaps = Pick(0, 5, 10),
            Transactions = promises.Transactions ? Pick(0, 0, 3, 8) : 0,
            ReadModes = modes.IsEmpty ? [promises.ReadModes[0]] : modes,
            Think = span * clients / Math.Max(operations, 1),
            Bursts = Pick(0, 20, 80),
            LargeValue = Pick(0, 0, 200, 3_000),
            Timeout = TimeSpan.FromMilliseconds(Pick(700, 2_000, 5_000)),
            Retry = TimeSpan.FromMilliseconds(Pick(60, 200, 500)),
            Wakes = Pick(0, 30, 100),
        };
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Operations} operations of {Clients} clients in {Actors} sessions on {Keys} keys: {Reads} % reads ({string.Join('/', ReadModes)}), {Deletes} % deletes, "
        + $"{Swaps} % compare-and-sets, {Transactions} % transactions; think {Think.TotalMilliseconds:0} ms, bursts {Bursts} %, woken by {Wakes} % of elections, "
        + $"time-out {Timeout.TotalMilliseconds:0} ms, retry {Retry.TotalMilliseconds:0} ms{(LargeValue > 0 ? $", values up to {LargeValue} bytes" : "")}");
}

/// <summary>One sequential client of a run.</summary>
internal sealed class WorkloadClient
{
    /// <summary>Operations that follow without a pause once an election has woken the client.</summary>
    private const int AwakeFor = 6;

    /// <summary>An election does not wake a client that another has woken within this time: where elections are many, the operations would be used up by the first of them.</summary>
    private static readonly TimeSpan s_rested = TimeSpan.FromSeconds(1);

    private readonly Workload _workload;
    private readonly SimulatedCluster _cluster;
    private readonly SimulatedClient _client;
    private readonly SeededRandom _random;
    private readonly Func<bool> _mayBegin;
    private readonly long _number;
    private readonly Dictionary<string, ReadOnlyMemory<byte>?> _known = [];
    private int _written;
    private bool _isIdle;
    private int _pauses;
    private int _awake;
    private TimeSpan _restedAt;

    /// <param name="mayBegin">Takes one operation from what is left; false when there is none.</param>
    public WorkloadClient(Workload workload, SimulatedCluster cluster, SimulatedClient client, SeededRandom random, long number, Func<bool> mayBegin)
    {
        (_workload, _cluster, _client, _random, _number, _mayBegin) = (workload, cluster, client, random, number, mayBegin);
        _cluster.Stepped += (moment, _) => Wake(moment);
        Rest(Pause(_workload.Think));
    }

    public bool IsDone { get; private set; }

    /// <summary>How its operations ended: done, failed, unknown.</summary>
    public int[] Ends { get; } = new int[3];

    private void Wake(Moment moment)
    {
        var now = _cluster.World.Now;
        if (moment == Moment.Lead && !IsDone && now >= _restedAt && _random.Next(100) < _workload.Wakes)
        {
            (_awake, _restedAt) = (AwakeFor, now + s_rested);
            if (_isIdle)
            {
                Rest(TimeSpan.Zero);
            }
        }
    }

    /// <summary>Begins after the pause, unless another is begun meanwhile. Also without a pause by a timer: the client's turn ends first.</summary>
    private void Rest(TimeSpan pause)
    {
        _isIdle = true;
        var number = ++_pauses;
        _cluster.World.ScheduleOnce(pause, () =>
        {
            if (number == _pauses)
            {
                Begin();
            }
        });
    }

    private void Begin()
    {
        _isIdle = false;
        if (!_mayBegin())
        {
            IsDone = true;
            return;
        }

        var command = Next();
        _client.Send(command, reply => End(command, reply), _number);
    }

    private void End(Command command, Reply reply)
    {
        Ends[(int)reply.Outcome]++;
        if (reply.Outcome == Outcome.Done && command is KeyCommand single)
        {
            _known[single.Key] = command switch
            {
                Set set => set.Value,
                CompareAndSet swap when reply.Swapped => swap.Value,
                Delete => null,
                _ => reply.Value,
            };
        }

        var isHasty = _random.Next(100) < _workload.Bursts || _awake > 0;
        _awake = Math.Max(0, _awake - 1);
        Rest(isHasty ? TimeSpan.Zero : Pause(_workload.Think));
    }

    private TimeSpan Pause(TimeSpan mean) => mean * -Math.Log(1.0 - _random.NextDouble());

    private Command Next()
    {
        var kind = _random.Next(100);
        if ((kind -= _workload.Reads) < 0)
        {
            return new Get(Key()) { Mode = _workload.ReadModes[_random.Next(_workload.ReadModes.Length)] };
        }

        if ((kind -= _workload.Transactions) < 0)
        {
            return new Transact([.. Enumerable.Range(0, 2 + _random.Next(2)).Select(_ => NextPart())]);
        }

        if ((kind -= _workload.Deletes) < 0)
        {
            return new Delete(Key());
        }

        return (kind - _workload.Swaps) < 0 ? Swap() : new Set(Key(), Value());
    }

    private KeyCommand NextPart() => _random.Next(5) switch
    {
        0 or 1 => new Get(Key()),
        2 => Swap(),
        3 when _workload.Deletes > 0 => new Delete(Key()),
        _ => new Set(Key(), Value()),
    };

    /// <summary>Expects what it saw last, so that it often succeeds.</summary>
    private CompareAndSet Swap()
    {
        var key = Key();
        return new CompareAndSet(key, _known.GetValueOrDefault(key), Value());
    }

    private string Key() => string.Create(CultureInfo.InvariantCulture, $"k{_random.Next(_workload.Keys)}");

    /// <summary>Unique, since it names the client and counts.</summary>
    private ReadOnlyMemory<byte> Value()
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{_number}.{++_written}");
        return Encoding.UTF8.GetBytes(_workload.LargeValue > 0 && _random.Next(4) == 0 ? text.PadRight(_random.Next(_workload.LargeValue), '-') : text);
    }
}
