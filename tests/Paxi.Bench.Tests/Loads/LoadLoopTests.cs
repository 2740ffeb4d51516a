using Paxi.Bench.Loads;
using Paxi.Bench.Measurement;
using Paxi.Bench.Processes;
using Paxi.Bench.Workloads;
using Xunit;

namespace Paxi.Bench.Tests.Loads;

public sealed class LoadLoopTests
{
    private static readonly LoadPlan Short = new(4, TimeSpan.Zero, TimeSpan.FromHours(1), Operations: 200);

    [Fact]
    public async Task Every_key_is_written_before_the_load_when_that_is_asked_for()
    {
        var driver = new StoreDriver();
        var settings = new WorkloadSettings { K = 50, W = 0, Preload = true };
        await LoadLoop.RunAsync(driver, new Workload(settings, 1), Short, new LoadMeter(), new LoadHooks(), CancellationToken.None);
        Assert.Equal(50, driver.Store.Count);
        Assert.Equal(0, driver.ReadsOfNothing);
    }

    [Fact]
    public async Task A_key_that_cannot_be_written_ends_the_run_in_one_line()
    {
        var driver = new StoreDriver { Result = LoadResult.Failed("overloaded") };
        var settings = new WorkloadSettings { K = 1, Preload = true };
        var fault = await Assert.ThrowsAsync<BenchException>(() =>
            LoadLoop.RunAsync(driver, new Workload(settings, 1), Short, new LoadMeter(), new LoadHooks(), CancellationToken.None));
        Assert.Equal("key 0 could not be written before the run: overloaded", fault.Message);
    }

    [Fact]
    public async Task What_runs_beside_the_window_is_cancelled_with_it_and_its_fault_ends_the_load()
    {
        var cancelled = false;
        await RunAsync(async stop =>
        {
            await Task.Delay(Timeout.Infinite, stop).ContinueWith(_ => cancelled = true, TaskScheduler.Default);
        });
        Assert.True(cancelled);
        var fault = await Assert.ThrowsAsync<BenchException>(() => RunAsync(static _ => throw new BenchException("no leader"), operations: 0));
        Assert.Equal("no leader", fault.Message);

        static Task RunAsync(Func<CancellationToken, Task> during, long operations = 200) => LoadLoop.RunAsync(
            new StoreDriver(), new Workload(new WorkloadSettings(), 1), Short with { Operations = operations }, new LoadMeter(),
            new LoadHooks { DuringWindow = during }, CancellationToken.None);
    }

    [Fact]
    public async Task A_load_that_is_cut_short_is_measured_until_then()
    {
        var meter = new LoadMeter();
        var cut = new LoadHooks { DuringWindow = static _ => throw new BenchException("no leader") };
        await Assert.ThrowsAsync<BenchException>(() => LoadLoop.RunAsync(
            new StoreDriver(), new Workload(new WorkloadSettings(), 1), Short with { Operations = 0 }, meter, cut, CancellationToken.None));
        Assert.InRange(meter.Length, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_history_of_transactions_is_recorded_with_what_each_part_returned()
    {
        var history = new HistoryDriver(new StoreDriver());
        var settings = new WorkloadSettings { K = 10, Transactions = 0.5, TransactionKeys = 3 };
        await LoadLoop.RunAsync(history, new Workload(settings, 1), Short, new LoadMeter(), new LoadHooks(), CancellationToken.None);
        var check = TestKit.Linearizability.LinearizabilityChecker.Check(history.ToHistory());
        Assert.Equal(TestKit.Linearizability.Verdict.Yes, check.Verdict);
        Assert.Contains(history.ToHistory().Operations, static operation => operation.Parts.Any(static part => part.Result is not null));
    }

    [Fact]
    public async Task A_store_that_tears_transactions_is_found()
    {
        var history = new HistoryDriver(new StoreDriver { DropsSecondParts = true });
        var settings = new WorkloadSettings { K = 4, W = 0.7, Transactions = 0.8, TransactionKeys = 2 };
        await LoadLoop.RunAsync(history, new Workload(settings, 1), Short, new LoadMeter(), new LoadHooks(), CancellationToken.None);
        Assert.Equal(TestKit.Linearizability.Verdict.No, TestKit.Linearizability.LinearizabilityChecker.Check(history.ToHistory()).Verdict);
    }

    /// <summary>A correct store, or nearly.</summary>
    private sealed class StoreDriver : IDriver
    {
        private readonly Lock _lock = new();

        public Dictionary<string, byte[]> Store { get; } = [];

        public LoadResult? Result { get; init; }

        public bool DropsSecondParts { get; init; }

        public int ReadsOfNothing { get; private set; }

        public async ValueTask<LoadResult> SendAsync(int client, LoadOperation operation)
        {
            await Task.Yield();
            lock (_lock)
            {
                return Result ?? (operation.Parts is { } parts
                    ? LoadResult.DoneTransaction([.. parts.Select((part, index) => Do(part, DropsSecondParts && index == 1))])
                    : LoadResult.Done(Do(operation, false)));
            }
        }

        public ValueTask DisposeAsync() => default;

        private ReadOnlyMemory<byte>? Do(LoadOperation operation, bool isDropped)
        {
            var found = Store.TryGetValue(operation.Key, out var value) ? value : null;
            if (operation.Value is { } written && !isDropped)
            {
                Store[operation.Key] = written;
            }

            ReadsOfNothing += operation.Value is null && found is null ? 1 : 0;
            return found is null ? null : (ReadOnlyMemory<byte>?)found;
        }
    }
}
