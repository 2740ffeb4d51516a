using System.Diagnostics;
using Paxi.Bench.Measurement;
using Paxi.Bench.Workloads;

namespace Paxi.Bench.Loads;

/// <param name="Clients">How many clients; each has one operation under way.</param>
/// <param name="WarmUp">Left out of the figures.</param>
/// <param name="Time">The length of the window.</param>
/// <param name="Operations">N: the window closes after so many operations; 0 for <paramref name="Time"/> alone.</param>
public sealed record LoadPlan(int Clients, TimeSpan WarmUp, TimeSpan Time, long Operations = 0);

/// <summary>
/// A closed loop: every client sends its next operation when it has the answer to the last one. So the load waits while the system stalls, and what a client
/// in the real world would have seen meanwhile is not in the latencies; that is what an open loop is for.
/// </summary>
internal static class ClosedLoop
{
    /// <summary>How long the last answers are waited for; a driver's own time-out is shorter.</summary>
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(30);

    /// <summary>After an error, so that a system that refuses at once is not asked a million times a second.</summary>
    private static readonly TimeSpan PauseAfterError = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    /// <summary>Runs the load to its end.</summary>
    /// <param name="meter">Counts it; its window is opened after the warm-up and closed at the end.</param>
    /// <param name="atEdge">Called when the window opens and when it closes.</param>
    /// <param name="cancellation">Ends the run early, with an exception.</param>
    public static async Task RunAsync(
        IDriver driver, Workload workload, LoadPlan plan, LoadMeter meter, Func<Task> atEdge, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var started = Stopwatch.GetTimestamp();
        var clients = new Task[plan.Clients];
        for (var client = 0; client < clients.Length; client++)
        {
            var own = client;
            clients[own] = Task.Run(() => ClientAsync(driver, workload.ForClient(own), own, meter, started, stop.Token), CancellationToken.None);
        }

        var all = Task.WhenAll(clients);
        try
        {
            await WaitAsync(all, plan.WarmUp, static () => false, cancellation);
            await atEdge();
            meter.Open();
            await WaitAsync(all, plan.Time, () => plan.Operations > 0 && meter.Operations >= plan.Operations, cancellation);
            meter.Close();
            await atEdge();
        }
        finally
        {
            await stop.CancelAsync();
        }

        await all.WaitAsync(Drain, cancellation);
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

    /// <summary>Waits for the time, or until it is enough; a client that ended by an exception ends the wait with it.</summary>
    private static async Task WaitAsync(Task clients, TimeSpan time, Func<bool> isEnough, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) is var elapsed && elapsed < time && !isEnough())
        {
            var left = time - elapsed;
            var tick = Task.Delay(left < Tick ? left : Tick, cancellation);
            if (await Task.WhenAny(clients, tick) == clients)
            {
                await clients;
            }

            cancellation.ThrowIfCancellationRequested();
        }
    }
}
