namespace Paxi.Bench.Papers;

/// <summary>What a section measured.</summary>
/// <param name="Rows">Figures, each beside what is expected.</param>
/// <param name="Curves">What is drawn besides them.</param>
public sealed record PaperFindings(IReadOnlyList<PaperRow> Rows, params IReadOnlyList<PaperCurve> Curves);

/// <summary>A chart of figures and curves.</summary>
/// <param name="Title">What it shows, with the units: "A over B".</param>
public sealed record PaperChart(string Title)
{
    /// <summary>A is drawn logarithmically.</summary>
    public bool IsLogarithmic { get; init; }

    /// <summary>B is.</summary>
    public bool IsLogarithmicOver { get; init; }

    /// <summary>What else the reader needs to know.</summary>
    public string Note { get; init; } = "";
}

/// <summary>Where a figure stands in a chart.</summary>
/// <param name="Series">The line that it is a point of; empty when there is one alone.</param>
/// <param name="X">In the unit of B; with a <see cref="Name"/> the place from the left, from 0.</param>
public sealed record PaperPlace(PaperChart Chart, string Series, double X)
{
    /// <summary>What stands at <see cref="X"/> when B is no number: then no line joins the points.</summary>
    public string Name { get; init; } = "";
}

/// <summary>A line of a chart that is made of no figures, such as a course over time or a distribution.</summary>
/// <param name="Series">Has the colour of the figures and curves of the same name.</param>
/// <param name="Points">In the units of A and B; what is not finite leaves a gap.</param>
/// <param name="IsExpected">And not measured.</param>
public sealed record PaperCurve(PaperChart Chart, string Series, IReadOnlyList<(double X, double Y)> Points, bool IsExpected = false);
