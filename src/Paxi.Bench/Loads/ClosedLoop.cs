using System.Diagnostics;
using Paxi.Bench.Measurement;
using Paxi.Bench.Workloads;

namespace Paxi.Bench.Loads;

/// <summary>
/// A closed loop: every client sends its next operation when it has the answer to the last one. So the load waits while the system stalls, and what a client
/// in the real world would have seen meanwhile is not in the latencies; that is what <see cref="OpenLoop"/> is for.
/// </summary>
internal static class ClosedLoop
{
    /// <summary>After an error, so that a system that refuses at once is not asked a million times a second.</summary>
    private static readonly TimeSpan PauseAfterError = TimeSpan.FromMilliseconds(10);

    /// <summary>Ends when it is told to and the last answers are there.</summary>
    public static Task RunAsync(IDriver driver, ClientWorkload[] clients, LoadMeter meter, CancellationToken stop)
    {
        var started = Stopwatch.GetTimestamp();
        return Task.WhenAll(clients.Select((workload, client) =>
            Task.Run(() => ClientAsync(driver, workload, client, meter, started, stop), CancellationToken.None)));
    }

    private static async Task ClientAsync(
        IDriver driver, ClientWorkload workload, int client, LoadMeter meter, long started, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var start = Stopwatch.GetTimestamp();
            var operation = workload.Next(Stopwatch.GetElapsedTime(started, start));
            var result = await driver.SendAsync(client, operation).ConfigureAwait(false);
            meter.Record(client, start, Stopwatch.GetTimestamp(), result);
            if (result.Outcome == LoadOutcome.Failed)
            {
                await Task.Delay(PauseAfterError, CancellationToken.None);
            }
        }
    }
}
