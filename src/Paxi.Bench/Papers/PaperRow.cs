namespace Paxi.Bench.Papers;

/// <summary>How what was measured must compare with what was expected.</summary>
public enum PaperRelation : byte
{
    /// <summary>As much, within the tolerance.</summary>
    Equal,

    /// <summary>No more than that and the tolerance.</summary>
    AtMost,

    /// <summary>No less than that less the tolerance.</summary>
    AtLeast,
}

/// <summary>A figure that a source gives, or that follows from one, and what was measured.</summary>
/// <param name="Source">Paper and section or figure.</param>
/// <param name="What">In words.</param>
/// <param name="Unit">Of all three figures: ms, /s, or a ratio.</param>
/// <param name="Tolerance">In the unit.</param>
public sealed record PaperRow(
    string Source, string What, string Unit, double Expected, double Measured, double Tolerance, PaperRelation Relation = PaperRelation.Equal)
{
    /// <summary>Where it stands in a chart; null for figures that are drawn in none.</summary>
    public PaperPlace? Place { get; init; }

    public double Difference => Measured - Expected;

    /// <summary>A figure that is not there, NaN, never is.</summary>
    public bool IsWithin => Relation switch
    {
        PaperRelation.AtMost => Measured <= Expected + Tolerance,
        PaperRelation.AtLeast => Measured >= Expected - Tolerance,
        _ => Math.Abs(Difference) <= Tolerance,
    };
}

/// <summary>How long the experiments are.</summary>
/// <param name="IsQuick">Fewer clients and less time, for tests: the figures are rougher; of a tolerance only the part that is chance grows.</param>
public sealed record PaperScale(bool IsQuick, ulong Seed = 1)
{
    public T Choose<T>(T quick, T full) => IsQuick ? quick : full;
}

/// <summary>Figures that belong together.</summary>
/// <param name="Name">As <c>--only</c> names it.</param>
public sealed record PaperSection(string Name, string Title, Func<PaperScale, CancellationToken, PaperFindings> Run);
