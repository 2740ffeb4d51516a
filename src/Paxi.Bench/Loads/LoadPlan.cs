namespace Paxi.Bench.Loads;

/// <param name="Clients">How many clients; each has one operation under way. In an open loop the most operations that are outstanding.</param>
/// <param name="WarmUp">Left out of the figures.</param>
/// <param name="Time">The length of the window.</param>
/// <param name="Operations">N: the window closes after so many operations; 0 for <paramref name="Time"/> alone.</param>
/// <param name="Rate">Arrivals per second of an open loop; 0 for a closed one.</param>
/// <param name="Zones">Over which the clients are spread, client c in zone c modulo this.</param>
public sealed record LoadPlan(int Clients, TimeSpan WarmUp, TimeSpan Time, long Operations = 0, double Rate = 0, int Zones = 1);

/// <summary>How far a load is.</summary>
/// <param name="Phase">What it does, in a word or two.</param>
/// <param name="Elapsed">Since the phase began.</param>
/// <param name="Length">Of the phase; null when nobody knows.</param>
/// <param name="Operations">Done in the window so far.</param>
public readonly record struct LoadTick(string Phase, TimeSpan Elapsed, TimeSpan? Length, long Operations);

/// <summary>Who else has a part in a load.</summary>
internal sealed record LoadHooks
{
    /// <summary>Called when the window opens and when it closes.</summary>
    public Func<Task> AtEdge { get; init; } = static () => Task.CompletedTask;

    /// <summary>Called some times a second.</summary>
    public Action<LoadTick> OnTick { get; init; } = static _ => { };

    /// <summary>Runs beside the load from the opening of the window; cancelled when it closes. An exception of it ends the load. Null for nothing.</summary>
    public Func<CancellationToken, Task>? DuringWindow { get; init; }
}
