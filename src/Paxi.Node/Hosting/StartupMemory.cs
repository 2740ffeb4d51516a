using System.Runtime.InteropServices;

namespace Paxi.Node.Hosting;

/// <summary>
/// Gives back what only the start needed: the runtime's compiler leaves 15 to 20 MB of free memory in the heap of the C library, which does not return it of
/// itself. The collected heap is left alone: to compact it would touch the buffers of the network, which are large and mostly never used.
/// </summary>
internal static partial class StartupMemory
{
    /// <summary>After the start; and when the methods that run all the time are compiled for good.</summary>
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(55)];

    public static async Task ReturnAsync(CancellationToken cancellation)
    {
        foreach (var pause in Pauses)
        {
            await Task.Delay(pause, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellation.IsCancellationRequested || !OperatingSystem.IsLinux())
            {
                return;
            }

            TrimNative();
        }
    }

    private static void TrimNative()
    {
        try
        {
            _ = MallocTrim(0);
        }
        catch (Exception fault) when (fault is EntryPointNotFoundException or DllNotFoundException)
        {
            // Not the GNU C library.
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int MallocTrim(nuint pad);
}
