using System.Diagnostics;
using Paxi.Bench.Processes;
using Paxi.Bench.Workloads;

namespace Paxi.Bench.Loads;

/// <summary>Writes every key once, each client its share, before anything is measured.</summary>
internal static class Preload
{
    /// <summary>A key that was not written after so many attempts ends the run.</summary>
    private const int MaxAttempts = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <exception cref="BenchException">A key could not be written.</exception>
    public static async Task RunAsync(IDriver driver, ClientWorkload[] clients, int keys, Action<LoadTick> onTick, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        var written = 0;
        await Task.WhenAll(clients.Select((_, client) => Task.Run(async () =>
        {
            for (var key = client; key < keys; key += clients.Length)
            {
                await WriteAsync(driver, clients[client], client, key, cancellation);
                var all = Interlocked.Increment(ref written);
                var elapsed = Stopwatch.GetElapsedTime(started);
                onTick(new LoadTick("writing the keys", elapsed, elapsed * ((double)keys / all), 0));
            }
        }, cancellation)));
    }

    private static async Task WriteAsync(IDriver driver, ClientWorkload workload, int client, int key, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            cancellation.ThrowIfCancellationRequested();
            // Another value each time: of the one before nobody may know whether it was written.
            var result = await driver.SendAsync(client, workload.Write(key));
            if (result.Outcome == LoadOutcome.Done)
            {
                return;
            }

            if (attempt == MaxAttempts)
            {
                throw new BenchException($"key {key} could not be written before the run: {result.Error}");
            }

            await Task.Delay(Pause, cancellation);
        }
    }
}
