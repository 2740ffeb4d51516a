using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Paxi.Bench.Loads;

/// <summary>Waits on a thread of its own, without the millisecond that a sleep of .NET is coarse, and without keeping a processor busy.</summary>
internal static class PreciseWait
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(100);

    /// <summary>Shorter than this is not worth a call to the system.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromMicroseconds(5);

    /// <param name="time">A <see cref="Stopwatch"/> timestamp; one that has passed is not waited for.</param>
    /// <returns>False when it was stopped first.</returns>
    public static bool Until(long time, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), time);
            if (left <= TimeSpan.Zero)
            {
                return true;
            }

            Sleep(left < Longest ? left : Longest);
        }

        return false;
    }

    private static void Sleep(TimeSpan time)
    {
        if (time <= Shortest)
        {
            Thread.SpinWait(20);
        }
        else if (OperatingSystem.IsLinux())
        {
            var left = new TimeSpec((long)time.TotalSeconds, time.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick);
            // Early when a signal comes; the caller looks at the clock again.
            _ = NanoSleep(left, IntPtr.Zero);
        }
        else
        {
            Thread.Sleep(time > TimeSpan.FromMilliseconds(2) ? time - TimeSpan.FromMilliseconds(2) : TimeSpan.Zero);
        }
    }

    [DllImport("libc", EntryPoint = "nanosleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int NanoSleep(in TimeSpec time, IntPtr left);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct TimeSpec(long Seconds, long Nanoseconds);
}
