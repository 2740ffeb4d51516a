using System.Diagnostics;

namespace Paxi.Actors.Journal;

/// <summary>
/// Real time, for the metrics of the disk only: it is read on the writer's thread of the durable store, which has no place in a simulation.
/// </summary>
#pragma warning disable RS0030
internal static class JournalClock
{
    internal static long Now => Stopwatch.GetTimestamp();

    internal static double SecondsSince(long start) => Stopwatch.GetElapsedTime(start).TotalSeconds;
}
#pragma warning restore RS0030
