using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace Paxi.Processes.Tests;

/// <summary>What <c>paxi-bench</c> leaves behind: nothing that runs, and what was measured.</summary>
public sealed class BenchTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly string _path = Directory.CreateTempSubdirectory("paxi-bench-tests-").FullName;

    private string Data => Path.Combine(_path, "data");

    private string Out => Path.Combine(_path, "out");

    public void Dispose() => Directory.Delete(_path, recursive: true);

    [Fact]
    public async Task Killed_it_leaves_neither_processes_nor_directories()
    {
        await using var bench = StartLocal();
        var replicas = await ReplicasUnderLoadAsync(bench);
        await bench.KillAsync();
        await UntilAsync("the replicas are gone", () => !replicas.Any(IsOurs));
        await UntilAsync("the directory is gone", () => Directory.GetFileSystemEntries(Data).Length == 0);
    }

    [Fact]
    public async Task Interrupted_it_leaves_what_it_measured_and_no_processes()
    {
        await using var bench = StartLocal();
        var replicas = await ReplicasUnderLoadAsync(bench);
        bench.SendInterrupt();
        Assert.Equal(130, await bench.ExitStatusAsync(Patience));
        Assert.Matches("^paxi-bench local: interrupted; the [0-9.]+ s that were measured are in ", bench.Errors[^1]);
        Assert.DoesNotContain(replicas, IsOurs);
        Assert.Empty(Directory.GetFileSystemEntries(Data));
        using var run = JsonDocument.Parse(File.ReadAllText(Path.Combine(Out, "run.json")));
        Assert.Equal("interrupted", run.RootElement.GetProperty("invalid").GetString());
    }

    [Fact]
    public async Task A_replica_that_dies_makes_the_run_invalid()
    {
        await using var bench = StartLocal();
        var replicas = await ReplicasUnderLoadAsync(bench);
        using (var victim = Process.GetProcessById(replicas[1]))
        {
            victim.Kill();
        }

        Assert.Equal(1, await bench.ExitStatusAsync(Patience));
        Assert.Contains(bench.Errors, static line => line.Contains("the run is invalid: replica 1.", StringComparison.Ordinal));
        Assert.StartsWith("the run is invalid: replica 1.", File.ReadAllText(Path.Combine(Out, "invalid.txt")), StringComparison.Ordinal);
        Assert.DoesNotContain(replicas, IsOurs);
    }

    private PaxiProcess StartLocal()
    {
        Directory.CreateDirectory(Data);
        return PaxiProcess.StartBench("local", "--clients", "2", "--warm-up", "0", "--seconds", "600", "--data", Data, "--out", Out);
    }

    /// <summary>Waits for the load.</summary>
    /// <returns>The ids of the replicas' processes.</returns>
    private async Task<int[]> ReplicasUnderLoadAsync(PaxiProcess bench)
    {
        await UntilAsync("the load runs", () => bench.HasExited || bench.Errors.Any(static line => line.Contains(": load ", StringComparison.Ordinal)));
        var replicas = Directory.GetDirectories("/proc").Select(static path => int.TryParse(Path.GetFileName(path), out var id) ? id : 0).Where(IsOurs).ToArray();
        Assert.True(replicas.Length == 3, $"{replicas.Length} replicas; it said: {string.Join(" | ", bench.Errors)}");
        return replicas;
    }

    /// <summary>Whether it is a replica of this test; the path of its configuration is nobody else's.</summary>
    private bool IsOurs(int id)
    {
        try
        {
            return id > 0 && File.ReadAllText($"/proc/{id}/cmdline") is var line && line.Contains(Data, StringComparison.Ordinal) && line.Contains("server", StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static async Task UntilAsync(string what, Func<bool> isSo)
    {
        var clock = Stopwatch.StartNew();
        while (!isSo())
        {
            Assert.True(clock.Elapsed < Patience, $"not within {Patience.TotalSeconds:0} s: {what}");
            await Task.Delay(Poll);
        }
    }
}
