using System.Globalization;
using System.Text;
using Paxi.Bench.Reports;
using Paxi.Bench.Reports.Charts;

namespace Paxi.Bench.Papers;

/// <summary>A section that was run.</summary>
/// <param name="Seconds">Wall time.</param>
internal sealed record PaperResult(PaperSection Section, IReadOnlyList<PaperRow> Rows, double Seconds);

/// <summary>What was measured beside what was expected: a chart for each thing that is a line of points, and a table for each section.</summary>
internal static class PaperPage
{
    /// <summary>Writes the page and <c>charts/*.png</c>.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static void Write(string folder, IReadOnlyList<PaperResult> results)
    {
        var page = new Page(folder, "The papers, again");
        page.Element("h1", "The papers, again");
        var all = results.SelectMany(static result => result.Rows).ToArray();
        page.Element("p", $"{all.Length} figures, {all.Count(static row => row.IsWithin)} within tolerance", "lead");
        foreach (var result in results)
        {
            page.Element("h2", result.Section.Title);
            var charts = Charts(result.Section.Name, result.Rows);
            foreach (var chart in charts)
            {
                page.Add(chart);
            }

            page.Table(
                ["source", "what", Cell.Number("expected"), Cell.Number("measured"), Cell.Number("difference"), Cell.Number("tolerance"), ""],
                result.Rows.Select(static row => (IReadOnlyList<Cell>)
                [
                    row.Source, row.What, Cell.Number($"{Sign(row.Relation)}{Number(row.Expected)} {row.Unit}"), Cell.Number(Number(row.Measured)),
                    Cell.Number(Difference(row)), Cell.Number(Number(row.Tolerance)), row.IsWithin ? "within" : "OUTSIDE",
                ]),
                row => !result.Rows[row].IsWithin);
        }

        page.Write(ReportPage.FileName);
    }

    /// <summary>A line for each figure.</summary>
    public static string Csv(IReadOnlyList<PaperResult> results)
    {
        var text = new StringBuilder("section,source,what,unit,relation,expected,measured,difference,tolerance,within\n");
        foreach (var (section, rows, _) in results)
        {
            foreach (var row in rows)
            {
                text.Append(CultureInfo.InvariantCulture, $"{section.Name},{Quoted(row.Source)},{Quoted(row.What)},{row.Unit},{row.Relation},");
                text.Append(CultureInfo.InvariantCulture, $"{row.Expected:0.####},{row.Measured:0.####},{row.Difference:0.####},{row.Tolerance:0.####},{(row.IsWithin ? "true" : "false")}\n");
            }
        }

        return text.ToString();
    }

    public static string Sign(PaperRelation relation) => relation switch
    {
        PaperRelation.AtMost => "<= ",
        PaperRelation.AtLeast => ">= ",
        _ => "",
    };

    public static string Difference(PaperRow row) => (row.Difference > 0 ? "+" : "") + Number(row.Difference);

    public static string Number(double value) => value.ToString(Math.Abs(value) >= 1000 ? "N0" : Math.Abs(value) >= 100 ? "0.0" : "0.00", CultureInfo.InvariantCulture);

    private static string Quoted(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static IEnumerable<Chart> Charts(string section, IReadOnlyList<PaperRow> rows)
    {
        var number = 0;
        foreach (var group in rows.Where(static row => row.Place is not null && double.IsFinite(row.Measured)).GroupBy(static row => row.Place!.Chart))
        {
            yield return Draw($"{section}-{++number}", [.. group]);
        }
    }

    private static Chart Draw(string name, PaperRow[] rows)
    {
        const int Tall = 340;
        var title = rows[0].Place!.Chart;
        var words = title.Split(" over ", 2);
        var series = rows.GroupBy(static row => row.Place!.Series).ToArray();
        var chart = new Chart(name, title,
            Scale.Linear(words[^1], 0, rows.Max(static row => row.Place!.X), ticks: 8), Scale.Linear(words[0], 0, rows.Max(static row => Math.Max(row.Expected, row.Measured))),
            Tall, Chart.RoomFor(series.Select(static line => line.Key)))
        {
            Note = rows.Any(static row => row.Relation != PaperRelation.Equal) ? "Dots: measured. Dashed: the model, here a bound." : "Dots: measured. Dashed: expected.",
        };
        for (var index = 0; index < series.Length; index++)
        {
            var (ink, line) = (Palette.Of(index), series[index].OrderBy(static row => row.Place!.X).ToArray());
            chart.Add(new Line("", ink, [.. line.Select(static row => (row.Place!.X, row.Expected))]) { IsDashed = true, Width = 1.2f });
            chart.Add(new Line(series[index].Key, ink, [.. line.Select(static row => (row.Place!.X, row.Measured))]) { Width = 1.2f, Dots = 7 });
        }

        return chart;
    }
}
