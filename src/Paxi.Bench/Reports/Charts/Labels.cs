using ScottPlot;

namespace Paxi.Bench.Reports.Charts;

/// <summary>A text beside a point of the chart.</summary>
/// <param name="X">Position on the axis.</param>
/// <param name="Y">Position on the axis.</param>
/// <param name="Dx">Pixels to the right of it.</param>
/// <param name="Dy">Pixels below it.</param>
/// <param name="IsUpright">Runs from below to above.</param>
internal sealed record Label(string Text, double X, double Y, Ink Ink, Alignment Alignment, double Dx = 0, double Dy = 0, bool IsUpright = false);

/// <summary>Draws labels above all else, also into the margins, where the library clips its own texts.</summary>
internal sealed class Labels(IReadOnlyList<Label> labels) : IPlottable
{
    public bool IsVisible { get; set; } = true;

    public IAxes Axes { get; set; } = new Axes();

    public IEnumerable<LegendItem> LegendItems => [];

    public AxisLimits GetAxisLimits() => AxisLimits.NoLimits;

    public void Render(RenderPack rp)
    {
        // Takes back the clip that the library set for this plottable; it needs no Restore.
        rp.CanvasState.DisableClipping();
        foreach (var label in labels)
        {
            var style = new LabelStyle
            {
                Text = label.Text,
                FontName = ChartFont.For(label.Text),
                FontSize = ChartFont.Size,
                Rotation = label.IsUpright ? -90 : 0,
                ForeColor = label.Ink.Color,
                Alignment = label.Alignment,
            };
            var at = Axes.GetPixel(new Coordinates(label.X, label.Y));
            style.Render(rp.Canvas, new Pixel(at.X + label.Dx, at.Y + label.Dy), rp.Paint);
        }
    }

    /// <summary>
    /// Moves labels that stand in a column apart: keeps their order, moves each as little as it must, and stays between the bounds as long as there is room.
    /// </summary>
    /// <param name="wanted">Pixels from the top, in any order.</param>
    /// <param name="spacing">Pixels from one to the next, at least.</param>
    /// <returns>Where each goes, in the order of <paramref name="wanted"/>.</returns>
    public static double[] Spread(IReadOnlyList<double> wanted, double spacing, double top, double bottom)
    {
        var order = Enumerable.Range(0, wanted.Count).OrderBy(index => wanted[index]).ToArray();
        var placed = new double[wanted.Count];
        var free = top;
        foreach (var index in order)
        {
            placed[index] = Math.Max(wanted[index], free);
            free = placed[index] + spacing;
        }

        var limit = bottom;
        foreach (var index in order.Reverse())
        {
            placed[index] = Math.Min(placed[index], limit);
            limit = placed[index] - spacing;
        }

        return placed;
    }
}
