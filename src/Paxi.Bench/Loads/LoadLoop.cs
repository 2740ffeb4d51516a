using System.Diagnostics;
using Paxi.Bench.Measurement;
using Paxi.Bench.Workloads;

namespace Paxi.Bench.Loads;

/// <summary>A load from beginning to end: the keys are written if they are to be, then the clients run through the warm-up and the window.</summary>
internal static class LoadLoop
{
    /// <summary>In ticks.</summary>
    public const string WarmUpPhase = "warm-up";
    public const string LoadPhase = "load";

    /// <summary>How long the last answers are waited for; a driver's own time-out is shorter.</summary>
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    /// <summary>Runs the load to its end.</summary>
    /// <param name="meter">Counts it; its window is opened after the warm-up and closed at the end.</param>
    /// <param name="cancellation">Ends the run early, with an exception.</param>
    public static async Task RunAsync(
        IDriver driver, Workload workload, LoadPlan plan, LoadMeter meter, LoadHooks hooks, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var clients = Enumerable.Range(0, plan.Clients).Select(workload.ForClient).ToArray();
        if (workload.Settings.Preload)
        {
            await Preload.RunAsync(driver, clients, workload.Settings.K, hooks.OnTick, cancellation);
        }

        var load = plan.Rate > 0
            ? new OpenLoop(driver, clients, plan, meter).RunAsync(stop.Token)
            : ClosedLoop.RunAsync(driver, clients, meter, stop.Token);
        try
        {
            await WaitAsync(WarmUpPhase, load, plan.WarmUp, meter, static () => false, hooks, cancellation);
            await hooks.AtEdge();
            meter.Open();
            await WindowAsync(load, plan, meter, hooks, cancellation);
            meter.Close();
            await hooks.AtEdge();
        }
        finally
        {
            if (meter is { From: not long.MaxValue, To: long.MaxValue })
            {
                // Cut short: what is measured ends here.
                meter.Close();
            }

            await stop.CancelAsync();
        }

        await load.WaitAsync(Drain, cancellation);
    }

    private static async Task WindowAsync(Task load, LoadPlan plan, LoadMeter meter, LoadHooks hooks, CancellationToken cancellation)
    {
        bool IsEnough() => plan.Operations > 0 && meter.Operations >= plan.Operations;
        if (hooks.DuringWindow is not { } during)
        {
            await WaitAsync(LoadPhase, load, plan.Time, meter, IsEnough, hooks, cancellation);
            return;
        }

        using var closing = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var beside = Task.Run(() => during(closing.Token), CancellationToken.None);
        try
        {
            await WaitAsync(LoadPhase, load, plan.Time, meter, () => IsEnough() || beside.IsFaulted, hooks, cancellation);
        }
        finally
        {
            await closing.CancelAsync();
            await ((Task)beside).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (beside.IsFaulted)
        {
            await beside;
        }
    }

    /// <summary>Waits for the time, or until it is enough; a load that ended by an exception ends the wait with it.</summary>
    private static async Task WaitAsync(
        string phase, Task load, TimeSpan time, LoadMeter meter, Func<bool> isEnough, LoadHooks hooks, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) is var elapsed && elapsed < time && !isEnough())
        {
            hooks.OnTick(new LoadTick(phase, elapsed, time, meter.Operations));
            var left = time - elapsed;
            var tick = Task.Delay(left < Tick ? left : Tick, cancellation);
            if (await Task.WhenAny(load, tick) == load)
            {
                await load;
            }

            cancellation.ThrowIfCancellationRequested();
        }
    }
}
