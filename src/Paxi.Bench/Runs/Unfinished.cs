using System.Globalization;
using Paxi.Bench.Measurement;
using Paxi.Bench.Processes;

namespace Paxi.Bench.Runs;

/// <summary>A load that does not come to its end: the folder says why, with what was measured until then.</summary>
internal static class Unfinished
{
    /// <param name="folder">Where it is left.</param>
    /// <param name="work">The load.</param>
    /// <param name="meter">What counts it; null before it began.</param>
    /// <param name="leave">Writes what was measured; is told why it does not count, in one line.</param>
    /// <exception cref="BenchException">As the work throws it, with where the rest is.</exception>
    /// <exception cref="InterruptedException">It was cancelled.</exception>
    public static async Task GuardAsync(RunFolder folder, Func<Task> work, Func<LoadMeter?> meter, Action<string> leave)
    {
        try
        {
            await work();
        }
        catch (BenchException fault)
        {
            folder.WriteText(RunFolder.InvalidName, fault.Message + "\n");
            throw new BenchException($"{fault.Message}\n  {Leave(folder, meter(), leave, fault.Message.Split('\n')[0])}", fault);
        }
        catch (OperationCanceledException end)
        {
            folder.WriteText(RunFolder.InvalidName, "interrupted\n");
            throw new InterruptedException($"interrupted; {Leave(folder, meter(), leave, "interrupted")}", end);
        }
    }

    private static string Leave(RunFolder folder, LoadMeter? meter, Action<string> leave, string why)
    {
        if (meter is null or { From: long.MaxValue })
        {
            return $"this run measured nothing; {folder.Path} says why";
        }

        leave(why);
        return string.Create(CultureInfo.InvariantCulture, $"the {meter.Length.TotalSeconds:0.0} s that were measured are in {folder.Path}");
    }
}
