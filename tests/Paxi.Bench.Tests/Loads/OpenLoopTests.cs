using System.Collections.Concurrent;
using System.Diagnostics;
using Paxi.Actors.Replicas;
using Paxi.Bench.Loads;
using Paxi.Bench.Measurement;
using Paxi.Bench.Workloads;
using Xunit;

namespace Paxi.Bench.Tests.Loads;

public sealed class OpenLoopTests
{
    [Fact]
    public void Gaps_of_a_Poisson_process_have_the_mean_and_the_deviation_of_its_rate()
    {
        const int Count = 50_000;
        var arrivals = new PoissonArrivals(200, new SeededRandom(3));
        var (last, gaps) = (0.0, new double[Count]);
        for (var index = 0; index < Count; index++)
        {
            var at = arrivals.Next();
            (gaps[index], last) = (at - last, at);
        }

        var mean = gaps.Average();
        var deviation = Math.Sqrt(gaps.Average(gap => (gap - mean) * (gap - mean)));
        Assert.InRange(mean, 0.00492, 0.00508);
        Assert.InRange(deviation, 0.0049, 0.0051);
        Assert.All(gaps, static gap => Assert.True(gap >= 0));
    }

    [Fact]
    public async Task What_cannot_be_started_is_missed_and_the_rest_counts_from_its_intended_start()
    {
        var driver = new HeldDriver();
        var meter = new LoadMeter();
        var loop = Loop(driver, meter, clients: 2);
        var intended = Stopwatch.GetTimestamp();
        meter.Open(intended);
        Assert.True(loop.Offer(intended));
        Assert.True(loop.Offer(intended));
        await driver.Holds(2);
        Assert.False(loop.Offer(intended));
        Assert.Equal((2, 1L), (driver.Held.Count, meter.Missed));

        // Whoever is answered is free again.
        driver.Answer();
        while (!loop.Offer(intended))
        {
            await Task.Yield();
        }

        await driver.Holds(2);
        driver.Answer();
        driver.Answer();
        while (loop.Outstanding > 0)
        {
            await Task.Yield();
        }

        meter.Close();
        Assert.Equal(3, meter.Operations);
        Assert.Equal(3, meter.Lateness().TotalCount);
        // All were to start at one time, so that none took less than the slot that it waited for.
        Assert.True(meter.Latencies().GetValueAtPercentile(0) >= meter.Lateness().GetValueAtPercentile(0));
    }

    [Fact]
    public async Task Two_operations_never_share_a_client()
    {
        var driver = new HeldDriver();
        var meter = new LoadMeter();
        var loop = Loop(driver, meter, clients: 8);
        meter.Open(0);
        for (var index = 0; index < 8; index++)
        {
            Assert.True(loop.Offer(1));
        }

        await driver.Holds(8);
        Assert.Equal(Enumerable.Range(0, 8), driver.Held.Select(static held => held.Client).Order());
    }

    [Fact]
    public async Task A_driver_that_throws_ends_the_load()
    {
        using var stop = new CancellationTokenSource();
        var loop = Loop(new BrokenDriver(), new LoadMeter(), clients: 4);
        var fault = await Assert.ThrowsAsync<InvalidDataException>(() => loop.RunAsync(stop.Token));
        Assert.Equal("broken", fault.Message);
        await stop.CancelAsync();
    }

    [Fact]
    public async Task It_ends_when_it_is_told_to_and_the_answers_are_there()
    {
        using var stop = new CancellationTokenSource();
        var driver = new HeldDriver();
        var running = Loop(driver, new LoadMeter(), clients: 1).RunAsync(stop.Token);
        await driver.Holds(1);
        await stop.CancelAsync();
        Assert.False(running.IsCompleted);
        driver.Answer();
        await running;
    }

    private static OpenLoop Loop(IDriver driver, LoadMeter meter, int clients)
    {
        var workload = new Workload(new WorkloadSettings(), 1);
        return new OpenLoop(driver, [.. Enumerable.Range(0, clients).Select(workload.ForClient)], new LoadPlan(clients, default, default, Rate: 1000), meter);
    }

    /// <summary>Answers when the test says so.</summary>
    private sealed class HeldDriver : IDriver
    {
        private readonly SemaphoreSlim _arrived = new(0);

        public ConcurrentQueue<(int Client, TaskCompletionSource<LoadResult> Answer)> Held { get; } = [];

        public async Task Holds(int count)
        {
            while (Held.Count < count)
            {
                await _arrived.WaitAsync();
            }
        }

        public void Answer()
        {
            Assert.True(Held.TryDequeue(out var held));
            held.Answer.SetResult(LoadResult.Done());
        }

        public ValueTask<LoadResult> SendAsync(int client, LoadOperation operation)
        {
            var answer = new TaskCompletionSource<LoadResult>(TaskCreationOptions.RunContinuationsAsynchronously);
            Held.Enqueue((client, answer));
            _arrived.Release();
            return new ValueTask<LoadResult>(answer.Task);
        }

        public ValueTask DisposeAsync() => default;
    }

    private sealed class BrokenDriver : IDriver
    {
        public ValueTask<LoadResult> SendAsync(int client, LoadOperation operation) => throw new InvalidDataException("broken");

        public ValueTask DisposeAsync() => default;
    }
}
