namespace Paxi.TestKit.Linearizability;

/// <summary>A fault that was in force for a time; without an end it lasted to the end of the run.</summary>
/// <param name="Label">What it was, such as <c>partition {1.1} | {1.2, 1.3}</c>.</param>
/// <param name="Start">Nanoseconds of the history's clock.</param>
/// <param name="End">Nanoseconds of the history's clock, or null.</param>
public sealed record FaultInterval(string Label, long Start, long? End);

/// <summary>Placeholder.</summary>
public static class HtmlPicture
{
    /// <summary>Writes.</summary>
    public static void Write(string path, CheckReport report, IReadOnlyList<FaultInterval> faults)
    {
        File.WriteAllText(path, report.Reason + faults.Count);
    }
}
