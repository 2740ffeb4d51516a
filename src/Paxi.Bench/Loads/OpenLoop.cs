using System.Collections.Concurrent;
using System.Diagnostics;
using Paxi.Bench.Measurement;
using Paxi.Bench.Workloads;

namespace Paxi.Bench.Loads;

/// <summary>
/// An open loop: operations arrive by a Poisson process at a given rate, whether or not those before them are answered, and a latency counts from when its
/// operation should have started. So a stall is in the figures as a client in the real world would see it. Each operation under way has a client of its own; an
/// arrival that finds no client of its zone free is missed, which is counted.
/// </summary>
internal sealed class OpenLoop
{
    private static readonly TimeSpan IdlePoll = TimeSpan.FromMilliseconds(5);

    private readonly IDriver _driver;
    private readonly LoadMeter _meter;
    private readonly double _rate;
    private readonly Slot[] _slots;
    private readonly ConcurrentQueue<Slot>[] _free;
    private readonly Random _random;
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly TaskCompletionSource _fault = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _outstanding;

    public OpenLoop(IDriver driver, ClientWorkload[] clients, LoadPlan plan, LoadMeter meter)
    {
        (_driver, _meter, _rate) = (driver, meter, plan.Rate);
        var zones = Math.Min(plan.Zones, clients.Length);
        _free = [.. Enumerable.Range(0, zones).Select(static _ => new ConcurrentQueue<Slot>())];
        _slots = [.. clients.Select((workload, client) => new Slot(this, workload, client))];
        foreach (var slot in _slots)
        {
            _free[slot.Client % zones].Enqueue(slot);
        }

        _random = new Random(Seed);
    }

    /// <summary>Operations that are not answered yet.</summary>
    public long Outstanding => Interlocked.Read(ref _outstanding);

    /// <summary>The arrivals of two runs at the same rate are the same.</summary>
    private static int Seed => 20190630;

    /// <summary>Ends when it is told to and the last answers are there.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        // A thread of its own: one of the pool's might be waited for.
        var arrivals = Task.Factory.StartNew(() => Arrive(stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (await Task.WhenAny(arrivals, _fault.Task) == _fault.Task)
        {
            await _fault.Task;
        }

        await arrivals;
        while (Outstanding > 0)
        {
            if (_fault.Task.IsFaulted)
            {
                await _fault.Task;
            }

            await Task.Delay(IdlePoll, CancellationToken.None);
        }
    }

    /// <summary>An arrival: starts an operation if a client of its zone is free.</summary>
    /// <param name="intended">When it is to start, a <see cref="Stopwatch"/> timestamp.</param>
    /// <returns>Whether it was started; else it is counted as missed.</returns>
    public bool Offer(long intended)
    {
        if (!_free[_random.Next(_free.Length)].TryDequeue(out var slot))
        {
            _meter.Miss(intended);
            return false;
        }

        Interlocked.Increment(ref _outstanding);
        slot.Intended = intended;
        ThreadPool.UnsafeQueueUserWorkItem(slot, preferLocal: false);
        return true;
    }

    private void Arrive(CancellationToken stop)
    {
        var arrivals = new PoissonArrivals(_rate, _random);
        while (true)
        {
            var intended = _started + (long)(arrivals.Next() * Stopwatch.Frequency);
            if (!PreciseWait.Until(intended, stop))
            {
                return;
            }

            Offer(intended);
        }
    }

    private async Task ServeAsync(Slot slot)
    {
        try
        {
            var actual = Stopwatch.GetTimestamp();
            _meter.Late(slot.Intended, actual);
            var operation = slot.Workload.Next(Stopwatch.GetElapsedTime(_started, actual));
            var result = await _driver.SendAsync(slot.Client, operation).ConfigureAwait(false);
            _meter.Record(slot.Client, slot.Intended, Stopwatch.GetTimestamp(), result);
        }
        catch (Exception fault)
        {
            // A driver does not throw for an outcome; whatever this is, it ends the run.
            _fault.TrySetException(fault);
        }

        _free[slot.Client % _free.Length].Enqueue(slot);
        Interlocked.Decrement(ref _outstanding);
    }

    private sealed class Slot(OpenLoop loop, ClientWorkload workload, int client) : IThreadPoolWorkItem
    {
        public ClientWorkload Workload { get; } = workload;

        public int Client { get; } = client;

        public long Intended { get; set; }

        public void Execute() => _ = loop.ServeAsync(this);
    }
}
