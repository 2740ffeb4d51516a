using System.Text.Json;
using Paxi.Bench.Cli;
using Paxi.Bench.Loads;
using Paxi.Bench.Processes;
using Paxi.Bench.Runs;
using Paxi.Bench.Workloads;
using Paxi.Node.Cli;
using Xunit;

namespace Paxi.Bench.Tests.Runs;

/// <summary>What is left of a run of <c>echo</c>, <c>etcd</c> or <c>embedded</c>, which all go this way, read back.</summary>
public sealed class ComparedRunTests : IDisposable
{
    private static readonly LoadPlan Endless = new(2, TimeSpan.Zero, TimeSpan.FromHours(1));

    private readonly string _path = Directory.CreateTempSubdirectory("paxi-bench-tests-").FullName;

    public void Dispose() => Directory.Delete(_path, recursive: true);

    [Theory]
    [InlineData("echo", "paxi {}")]
    [InlineData("etcd", "")]
    [InlineData("dotnext", "paxi {}")]
    public async Task A_run_leaves_its_figures(string name, string configuration)
    {
        var status = await MeasureAsync(name, configuration, Endless with { Operations = 100 }, new TaskCompletionSource<BenchException>().Task, default);
        Assert.Equal(ExitStatus.Good, status);
        using var run = Read();
        Assert.Equal($"{name}: a title", run.RootElement.GetProperty("title").GetString());
        Assert.Equal(JsonValueKind.Null, run.RootElement.GetProperty("invalid").ValueKind);
        Assert.Equal([name, "--clients", "2"], run.RootElement.GetProperty("arguments").EnumerateArray().Select(static word => word.GetString()));
        var report = run.RootElement.GetProperty("report");
        Assert.Equal((name, 3), (report.GetProperty("algorithm").GetString(), report.GetProperty("replicas").GetInt32()));
        var operations = report.GetProperty("ops").GetInt64();
        Assert.True(operations >= 100);
        var seconds = File.ReadAllLines(Path.Combine(_path, "seconds.csv")).Skip(1).Sum(static line => long.Parse(line.Split(',')[1], null));
        Assert.Equal(operations, seconds);
        Assert.Contains("#[Max", File.ReadAllText(Path.Combine(_path, "latency.hgrm")), StringComparison.Ordinal);
        Assert.Equal(configuration.Length > 0, File.Exists(Path.Combine(_path, "configuration.hocon")));
        Assert.True(File.Exists(Path.Combine(_path, "report.html")));
        Assert.False(File.Exists(Path.Combine(_path, RunFolder.InvalidName)));
    }

    [Fact]
    public async Task A_death_invalidates_the_run_and_what_was_measured_is_left()
    {
        var driver = new CountingDriver(200);
        var death = driver.Reached.ContinueWith(static _ => new BenchException("the run is invalid: etcd member m1 ended with status 137; its last lines:\n  bye"), TaskScheduler.Default);
        var fault = await Assert.ThrowsAsync<BenchException>(() => MeasureAsync("etcd", "", Endless, death, default, driver));
        Assert.Contains("m1 ended with status 137", fault.Message, StringComparison.Ordinal);
        Assert.Contains(_path, fault.Message, StringComparison.Ordinal);
        using var run = Read();
        Assert.Equal("the run is invalid: etcd member m1 ended with status 137; its last lines:", run.RootElement.GetProperty("invalid").GetString());
        Assert.True(run.RootElement.GetProperty("report").GetProperty("ops").GetInt64() > 0);
        Assert.Contains("bye", File.ReadAllText(Path.Combine(_path, RunFolder.InvalidName)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interrupted_run_leaves_what_was_measured_even_when_processes_end_with_it()
    {
        using var interrupt = new CancellationTokenSource();
        var driver = new CountingDriver(200);
        // Ctrl-C reaches both; here the other process is faster.
        var death = driver.Reached.ContinueWith(static _ => new BenchException("the run is invalid"), TaskScheduler.Default);
        _ = death.ContinueWith(_ => interrupt.CancelAsync(), TaskScheduler.Default);
        var fault = await Assert.ThrowsAsync<InterruptedException>(() => MeasureAsync("echo", "", Endless, death, interrupt.Token, driver));
        Assert.Matches("^interrupted; the [0-9.]+ s that were measured are in ", fault.Message);
        using var run = Read();
        Assert.Equal("interrupted", run.RootElement.GetProperty("invalid").GetString());
        Assert.True(run.RootElement.GetProperty("report").GetProperty("seconds").GetDouble() < 60);
    }

    private JsonDocument Read() => JsonDocument.Parse(File.ReadAllText(Path.Combine(_path, "run.json")));

    private async Task<int> MeasureAsync(
        string name, string configuration, LoadPlan plan, Task<BenchException> death, CancellationToken cancellation, CountingDriver? driver = null)
    {
        var target = new LoadTarget { Algorithm = name, Replicas = 3, Driver = driver ?? new CountingDriver(0) };
        var record = new RunRecord($"{name}: a title", [name, "--clients", "2"], configuration, RunFolder.Create(_path, name));
        return await Reporting.MeasureAsync(target, new Workload(new WorkloadSettings(), 1), plan, record, death, json: false, cancellation);
    }

    private sealed class CountingDriver(int enough) : IDriver
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _count;

        public Task Reached => _reached.Task;

        public async ValueTask<LoadResult> SendAsync(int client, LoadOperation operation)
        {
            await Task.Yield();
            if (Interlocked.Increment(ref _count) == enough)
            {
                _reached.SetResult();
            }

            return LoadResult.Done();
        }

        public ValueTask DisposeAsync() => default;
    }
}
