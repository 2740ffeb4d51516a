using Paxi.Bench.Measurement;
using Paxi.Bench.Model;

namespace Paxi.Bench.Reports;

/// <summary>A run of a sweep or of a comparison.</summary>
/// <param name="Value">What was varied, as it was given: <c>64</c>, <c>uniform</c>, or the number of the round of a comparison.</param>
/// <param name="Invalid">Why it does not count; null when it does.</param>
/// <param name="Folder">Of its own report, below the sweep's; null for none. With <c>/</c> between its parts.</param>
public sealed record SweepPoint(string Value, LoadReport Report, string? Invalid = null, string? Folder = null);

/// <param name="Name">What the points have in common, such as the protocol; told beside its line.</param>
/// <param name="Points">In the order of the values.</param>
public sealed record SweepSeries(string Name, IReadOnlyList<SweepPoint> Points);

/// <summary>What a sweep or a comparison leaves.</summary>
public sealed record SweepResult
{
    /// <summary>What was run, in one line.</summary>
    public required string Title { get; init; }

    /// <summary>What was varied, with its unit: <c>clients</c>, <c>rate (operations/s)</c>, <c>conflict (%)</c>; of a comparison <c>round</c>.</summary>
    public required string Variable { get; init; }

    public required IReadOnlyList<SweepSeries> Series { get; init; }

    /// <summary>
    /// The series ran in turn (A B A B …), and points at the same place belong together: the page gives ratios to the first series and no lines over the variable.
    /// </summary>
    public bool IsPaired { get; init; }

    /// <summary>Curves of the model to draw beside what was measured; a fit of M/D/1 to each series is drawn anyway.</summary>
    public IReadOnlyList<LatencyCurve> Models { get; init; } = [];

    /// <summary>The command line.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>As in <see cref="Runs.RunResult.Host"/>.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Host { get; init; }
}
