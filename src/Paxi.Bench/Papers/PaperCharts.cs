using Paxi.Bench.Reports;
using Paxi.Bench.Reports.Charts;

namespace Paxi.Bench.Papers;

/// <summary>The charts of a section: figures as dots beside what is expected, curves as lines.</summary>
internal static class PaperCharts
{
    private const int Tall = 340;
    private const double Spacing = 0.14;
    private const double HalfMark = 0.3;

    /// <summary>So that a line at the highest value is not cut in half by the edge.</summary>
    private const double Headroom = 1.02;

    /// <param name="section">The pictures are named after it.</param>
    public static IEnumerable<Chart> Of(string section, PaperFindings findings)
    {
        PaperRow[] rows = [.. findings.Rows.Where(static row => row.Place is not null && double.IsFinite(row.Measured))];
        PaperCurve[] curves = [.. findings.Curves.Where(static curve => curve.Points.Any(static point => double.IsFinite(point.Y)))];
        var number = 0;
        foreach (var chart in rows.Select(static row => row.Place!.Chart).Concat(curves.Select(static curve => curve.Chart)).Distinct())
        {
            yield return Draw($"{section}-{++number}", chart, [.. rows.Where(row => row.Place!.Chart == chart)], [.. curves.Where(curve => curve.Chart == chart)]);
        }
    }

    private static Chart Draw(string name, PaperChart what, PaperRow[] rows, PaperCurve[] curves)
    {
        string[] series = [.. rows.Select(static row => row.Place!.Series).Concat(curves.Select(static curve => curve.Series)).Distinct()];
        var (x, y) = Scales(what, rows, curves);
        var chart = new Chart(name, what.Title, x, y, Tall, Chart.RoomFor(series)) { Note = $"{Note(rows, curves)} {what.Note}" };
        if (what.IsLogarithmicOver)
        {
            chart.ShowVerticalGrid();
        }

        for (var index = 0; index < series.Length; index++)
        {
            var ink = Palette.Of(index);
            PaperRow[] points = [.. rows.Where(row => row.Place!.Series == series[index]).OrderBy(static row => row.Place!.X)];
            if (points.Length > 0 && points[0].Place!.Name.Length > 0)
            {
                Columns(chart, points, series[index], ink, (index - ((series.Length - 1) / 2.0)) * Spacing);
            }
            else
            {
                chart.Add(new Line("", ink, [.. points.Select(static row => (row.Place!.X, row.Expected))]) { IsDashed = true, Width = 1.2f });
                chart.Add(new Line(series[index], ink, [.. points.Select(static row => (row.Place!.X, row.Measured))]) { Width = 1.2f, Dots = 7 });
            }

            foreach (var curve in curves.Where(curve => curve.Series == series[index]))
            {
                chart.Add(new Line(curve.IsExpected ? "" : curve.Series, ink, curve.Points) { IsDashed = curve.IsExpected, Width = curve.IsExpected ? 1.2f : 2 });
            }
        }

        Marks(chart, rows, series);
        return chart;
    }

    /// <summary>Where x is no measure: a dot for each name.</summary>
    /// <param name="aside">So that the dots of several series stand side by side.</param>
    private static void Columns(Chart chart, PaperRow[] points, string series, Ink ink, double aside)
    {
        foreach (var row in points)
        {
            chart.AddDot(row.Place!.X + aside, row.Measured, ink);
        }

        chart.NameEnd(series, points[^1].Measured, ink);
    }

    /// <summary>What is expected of those dots. After all dots: the library draws a dot with the dashes of the line before it.</summary>
    private static void Marks(Chart chart, IEnumerable<PaperRow> rows, string[] series)
    {
        foreach (var row in rows.Where(static row => row.Place!.Name.Length > 0))
        {
            var (x, ink) = (row.Place!.X, Palette.Of(Array.IndexOf(series, row.Place.Series)));
            chart.Add(new Line("", ink, [(x - HalfMark, row.Expected), (x + HalfMark, row.Expected)]) { IsDashed = true, Width = 1.2f });
        }
    }

    private static (Scale X, Scale Y) Scales(PaperChart what, PaperRow[] rows, PaperCurve[] curves)
    {
        var words = what.Title.Split(" over ", 2);
        double[] xs = [.. rows.Select(static row => row.Place!.X), .. curves.SelectMany(static curve => curve.Points).Select(static point => point.X)];
        double[] ys =
        [
            .. rows.SelectMany(static row => new[] { row.Expected, row.Measured }), .. curves.SelectMany(static curve => curve.Points).Select(static point => point.Y).Where(double.IsFinite),
        ];
        var y = what.IsLogarithmic ? Scale.Log(words[0], ys.Min(), ys.Max()) : Scale.Linear(words[0], 0, Headroom * ys.Max());
        string[] names = [.. rows.Select(static row => row.Place!).Where(static place => place.Name.Length > 0).DistinctBy(static place => place.X).OrderBy(static place => place.X)
            .Select(static place => place.Name)];
        return names.Length > 0 ? (Scale.Columns(words[^1], names), y)
            : what.IsLogarithmicOver ? (Scale.Log(words[^1], xs.Min(), xs.Max()), y)
            : (Scale.Linear(words[^1], 0, xs.Max(), ticks: 8).Widened(), y);
    }

    private static string Note(PaperRow[] rows, PaperCurve[] curves)
    {
        var measured = (rows.Length > 0, curves.Any(static curve => !curve.IsExpected)) switch
        {
            (true, true) => "Dots and lines: measured.",
            (true, false) => "Dots: measured.",
            _ => "Lines: measured.",
        };
        return rows.Any(static row => row.Relation != PaperRelation.Equal) ? $"{measured} Dashed: what bounds it."
            : rows.Length > 0 || curves.Any(static curve => curve.IsExpected) ? $"{measured} Dashed: expected."
            : measured;
    }
}
