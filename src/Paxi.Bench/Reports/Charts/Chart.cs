using ScottPlot;

namespace Paxi.Bench.Reports.Charts;

/// <summary>A line of a chart. Values that are not finite leave a gap.</summary>
/// <param name="Name">Written at its end; empty for none.</param>
/// <param name="Points">In the units of the axes.</param>
internal sealed record Line(string Name, Ink Ink, IReadOnlyList<(double X, double Y)> Points)
{
    public float Width { get; init; } = 2;

    public bool IsDashed { get; init; }

    /// <summary>Diameter of a dot at each point; 0 for none.</summary>
    public float Dots { get; init; }
}

/// <summary>
/// One chart: a plot with a fixed layout, so that labels can be placed to the pixel before it is drawn. Titles stand in the page; the picture file has its own.
/// </summary>
internal sealed class Chart : IDisposable
{
    public const int Width = 920;

    private const int Top = 14;
    private const int Bottom = 50;
    private const int TitleRoom = 30;
    private const int PngScale = 2;
    private const double LabelSpacing = 16;

    private readonly Plot _plot = new();
    private readonly List<Label> _labels = [];
    private readonly List<(double Y, string Name, Ink Ink)> _ends = [];
    private readonly float _left;
    private readonly float _right;

    /// <param name="name">Of the picture file, in lower case.</param>
    /// <param name="title">What it shows.</param>
    /// <param name="right">Pixels to the right of the axes for the names of lines.</param>
    public Chart(string name, string title, Scale x, Scale y, int height = 300, double right = 20)
    {
        (Name, Title, X, Y, Height) = (name, title, x, y, height);
        var widest = y.Ticks.Count == 0 ? 0 : y.Ticks.Max(static tick => ChartFont.Width(tick.Name));
        (_left, _right) = ((float)Math.Ceiling(widest + (y.Label.Length > 0 ? 40 : 16)), (float)Math.Clamp(right, 20, 220));
        _plot.FigureBackground.Color = Palette.Page.Color;
        _plot.DataBackground.Color = Palette.Page.Color;
        _plot.Axes.SetLimits(x.From, x.To, y.From, y.To);
        Axis(_plot.Axes.Bottom, x);
        Axis(_plot.Axes.Left, y with { Label = "", Ticks = [.. y.Ticks.Select(static tick => (tick.At, ""))] });
        // Each name in a font that has its letters; an axis has one font for all.
        _labels.AddRange(y.Ticks.Select(tick => new Label(tick.Name, x.From, tick.At, Palette.Soft, Alignment.MiddleRight, -8)));
        if (y.Label.Length > 0)
        {
            _labels.Add(new Label(y.Label, x.From, (y.From + y.To) / 2, Palette.Soft, Alignment.MiddleCenter, -_left + 14, IsUpright: true));
        }

        _plot.Axes.Top.FrameLineStyle.Width = 0;
        _plot.Axes.Right.FrameLineStyle.Width = 0;
        _plot.Axes.Left.FrameLineStyle.Width = 0;
        _plot.Axes.Left.MajorTickStyle.Length = 0;
        _plot.Axes.Bottom.FrameLineStyle.Color = Palette.Soft.Color;
        _plot.Grid.MajorLineColor = Palette.Grid.Color;
        _plot.Grid.XAxisStyle.IsVisible = false;
        _plot.HideLegend();
    }

    public string Name { get; }

    public string Title { get; }

    public Scale X { get; }

    public Scale Y { get; }

    public int Height { get; }

    /// <summary>Pixels between the axes.</summary>
    public double InnerWidth => Width - _left - _right;

    public double InnerHeight => Height - Top - Bottom;

    /// <summary>What the reader needs to know to read it; stands under it.</summary>
    public string Note { get; init; } = "";

    /// <summary>How much room the longest of these names needs beside the axes.</summary>
    public static double RoomFor(IEnumerable<string> names) => names.Select(static name => ChartFont.Width(name) + 16).DefaultIfEmpty(20).Max();

    /// <summary>Vertical grid lines too, where x is a measure and not time.</summary>
    public void ShowVerticalGrid()
    {
        _plot.Grid.XAxisStyle.IsVisible = true;
        _plot.Grid.XAxisStyle.MajorLineStyle.Color = Palette.Grid.Color;
    }

    public void Add(Line line)
    {
        var run = new List<Coordinates>();
        foreach (var (x, y) in line.Points)
        {
            if (double.IsFinite(x) && double.IsFinite(y))
            {
                run.Add(new Coordinates(X.Map(x), Y.Map(y)));
                continue;
            }

            AddRun(line, run);
            run = [];
        }

        AddRun(line, run);
        (double X, double Y)[] finite = [.. line.Points.Where(static point => double.IsFinite(point.X) && double.IsFinite(point.Y))];
        if (finite.Length > 0)
        {
            NameEnd(line.Name, finite[^1].Y, line.Ink);
        }
    }

    /// <summary>Writes a name beside the axes, near a height in the units of y.</summary>
    /// <param name="name">Empty: nothing.</param>
    public void NameEnd(string name, double y, Ink ink)
    {
        if (name.Length > 0)
        {
            _ends.Add((Y.Map(y), name, ink));
        }
    }

    /// <summary>Fills between two lines over the same x.</summary>
    public void AddBand(IReadOnlyList<(double X, double Low, double High)> points, Ink ink, double opacity, string name = "")
    {
        if (points.Count < 2)
        {
            return;
        }

        var band = _plot.Add.FillY(
            [.. points.Select(point => X.Map(point.X))], [.. points.Select(point => Y.Map(point.Low))], [.. points.Select(point => Y.Map(point.High))]);
        band.FillStyle.Color = ink.Color.WithAlpha(opacity);
        band.LineStyle.Width = 0;
        band.MarkerStyle.IsVisible = false;
        NameEnd(name, (points[^1].Low + points[^1].High) / 2, ink);
    }

    /// <summary>A filled rectangle, in the units of the axes.</summary>
    public void AddBox(double left, double right, double low, double high, Ink fill, double opacity, Ink? edge = null)
    {
        var box = _plot.Add.Rectangle(X.Map(left), X.Map(right), Y.Map(low), Y.Map(high));
        box.FillStyle.Color = fill.Color.WithAlpha(opacity);
        box.LineStyle.Width = edge is null ? 0 : 1.5f;
        box.LineStyle.Color = (edge ?? fill).Color;
    }

    /// <summary>A stretch of x over the whole height.</summary>
    public void AddSpan(double from, double to, Ink fill)
    {
        var span = _plot.Add.Rectangle(X.Map(from), X.Map(to), Y.From, Y.To);
        span.FillStyle.Color = fill.Color;
        span.LineStyle.Width = 0;
    }

    /// <summary>A line over the whole height, but for some pixels at the top.</summary>
    public void AddVertical(double x, Ink ink, double below)
    {
        var line = _plot.Add.Line(X.Map(x), Y.From, X.Map(x), Y.To - (below / InnerHeight * (Y.To - Y.From)));
        line.LineStyle.Color = ink.Color;
        line.LineStyle.Width = 1;
    }

    /// <summary>A straight line, in the units of the axes.</summary>
    public void AddSegment(double x1, double y1, double x2, double y2, Ink ink, float width = 1.5f)
    {
        var line = _plot.Add.Line(X.Map(x1), Y.Map(y1), X.Map(x2), Y.Map(y2));
        line.LineStyle.Color = ink.Color;
        line.LineStyle.Width = width;
    }

    public void AddDot(double x, double y, Ink ink, float size = 7, bool isHollow = false)
    {
        var dot = _plot.Add.Marker(X.Map(x), Y.Map(y), isHollow ? MarkerShape.OpenCircle : MarkerShape.FilledCircle, size, ink.Color);
        dot.MarkerStyle.LineColor = ink.Color;
        dot.MarkerStyle.LineWidth = 1.5f;
    }

    /// <summary>A text beside a point, in the units of the axes.</summary>
    public void AddLabel(string text, double x, double y, Ink ink, Alignment alignment, double dx = 0, double dy = 0) =>
        _labels.Add(new Label(text, X.Map(x), Y.Map(y), ink, alignment, dx, dy));

    /// <summary>A text at a pixel below the upper edge of the axes.</summary>
    public void AddTopLabel(string text, double x, double pixels, Ink ink) =>
        _labels.Add(new Label(text, X.Map(x), Y.To, ink, Alignment.UpperLeft, 3, pixels));

    /// <summary>Where a point is drawn, in pixels from the lower left corner of the axes.</summary>
    public (double X, double Y) PixelOf(double x, double y) =>
        ((X.Map(x) - X.From) / (X.To - X.From) * InnerWidth, (Y.Map(y) - Y.From) / (Y.To - Y.From) * InnerHeight);

    /// <summary>Pixels of a stretch of x, in the units of the axis.</summary>
    public double PixelsOf(double from, double to) => (X.Map(to) - X.Map(from)) / (X.To - X.From) * InnerWidth;

    /// <summary>For the page.</summary>
    /// <param name="page">Distinguishes charts of one page.</param>
    public string ToSvg(string page)
    {
        Finish();
        _plot.Layout.Fixed(new PixelPadding(_left, _right, Bottom, Top));
        return ChartSvg.ForPage(_plot.GetSvgXml(Width, Height), $"{page}-{Name}", Title, Width, Height);
    }

    /// <summary>As a picture with its title, twice as large for screens of today.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SavePng(string folder)
    {
        Finish();
        _plot.Axes.Title.Label.Text = ChartFont.Fit(Title, InnerWidth);
        _plot.Axes.Title.Label.FontName = ChartFont.For(Title);
        _plot.Axes.Title.Label.FontSize = 16;
        _plot.Axes.Title.Label.ForeColor = Palette.Text.Color;
        _plot.Layout.Fixed(new PixelPadding(_left, _right, Bottom, Top + TitleRoom));
        _plot.ScaleFactor = PngScale;
        var picture = _plot.GetImageBytes(Width * PngScale, (Height + TitleRoom) * PngScale, ImageFormat.Png);
        _plot.ScaleFactor = 1;
        _plot.Axes.Title.Label.Text = "";
        File.WriteAllBytes(Path.Combine(folder, $"{Name}.png"), picture);
    }

    public void Dispose() => _plot.Dispose();

    private void AddRun(Line line, List<Coordinates> run)
    {
        if (run.Count == 0)
        {
            return;
        }

        var scatter = _plot.Add.Scatter(run);
        scatter.Color = line.Ink.Color;
        scatter.LineWidth = line.Width;
        scatter.LinePattern = line.IsDashed ? LinePattern.DenselyDashed : LinePattern.Solid;
        scatter.MarkerSize = run.Count == 1 ? Math.Max(line.Dots, 4) : line.Dots;
    }

    /// <summary>Adds the labels, once, when all lines are known.</summary>
    private void Finish()
    {
        if (_ends.Count > 0)
        {
            var wanted = _ends.Select(end => (Y.To - end.Y) / (Y.To - Y.From) * InnerHeight).ToArray();
            var placed = Labels.Spread(wanted, LabelSpacing, 0, InnerHeight);
            for (var index = 0; index < placed.Length; index++)
            {
                var (y, name, ink) = _ends[index];
                _labels.Add(new Label(ChartFont.Fit(name, _right - 10), X.To, y, ink, Alignment.MiddleLeft, 8, placed[index] - wanted[index]));
            }

            _ends.Clear();
        }

        if (_labels.Count > 0)
        {
            _plot.Add.Plottable(new Labels([.. _labels]));
            _labels.Clear();
        }
    }

    private static void Axis(IAxis axis, Scale scale)
    {
        axis.TickGenerator = new ScottPlot.TickGenerators.NumericManual(
            [.. scale.Ticks.Select(static tick => tick.At)], [.. scale.Ticks.Select(static tick => tick.Name)]);
        axis.TickLabelStyle.FontName = ChartFont.For(string.Concat(scale.Ticks.Select(static tick => tick.Name)));
        axis.TickLabelStyle.FontSize = ChartFont.Size;
        axis.TickLabelStyle.ForeColor = Palette.Soft.Color;
        axis.Label.Text = scale.Label;
        axis.Label.FontName = ChartFont.For(scale.Label);
        axis.Label.FontSize = ChartFont.Size;
        axis.Label.Bold = false;
        axis.Label.ForeColor = Palette.Soft.Color;
        axis.MajorTickStyle.Color = Palette.Soft.Color;
        axis.MinorTickStyle.Length = 0;
        axis.FrameLineStyle.Color = Palette.Soft.Color;
    }
}
