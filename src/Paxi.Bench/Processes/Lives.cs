using System.Globalization;

namespace Paxi.Bench.Processes;

/// <summary>Work that is worth nothing when a process dies meanwhile.</summary>
internal static class Lives
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);

    /// <summary>Ctrl-C in a terminal reaches all processes, and those that were started may end before this one has heard of it.</summary>
    private static readonly TimeSpan InterruptPatience = TimeSpan.FromMilliseconds(300);

    /// <summary>Runs <paramref name="work"/> to its end, or until a process dies.</summary>
    /// <param name="death">Completes with the death of one, see <see cref="OfAsync"/>.</param>
    /// <param name="work">What to do.</param>
    /// <param name="cancellation">Ends the work early; a death that comes with it is none.</param>
    /// <exception cref="BenchException">A process died; the work was cancelled.</exception>
    public static async Task<T> WhileAsync<T>(Task<BenchException> death, Func<CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var working = work(stop.Token);
        if (await Task.WhenAny(working, death) == death)
        {
            await Task.WhenAny(working, Task.Delay(InterruptPatience, cancellation));
            if (!cancellation.IsCancellationRequested)
            {
                await stop.CancelAsync();
                await Task.WhenAny(working, Task.Delay(StopPatience, CancellationToken.None));
                throw await death;
            }
        }

        return await working;
    }

    /// <summary>Completes with the first death of one of them.</summary>
    /// <param name="kind">What they are, as in "replica".</param>
    /// <param name="processes">Those that must live.</param>
    public static async Task<BenchException> OfAsync(string kind, IReadOnlyList<ChildProcess> processes)
    {
        var dead = await await Task.WhenAny(processes.Select(static async process =>
        {
            await process.Exited;
            return process;
        }));
        return Death(kind, dead);
    }

    /// <summary>Which it was, with its last lines.</summary>
    public static BenchException Death(string kind, ChildProcess dead)
    {
        var lines = dead.LastLines;
        var said = lines.Count == 0 ? "it said nothing" : $"its last lines:\n  {string.Join("\n  ", lines)}";
        return new BenchException(string.Create(CultureInfo.InvariantCulture,
            $"the run is invalid: {kind} {dead.Name} ended with status {dead.ExitCode}; {said}"));
    }
}
