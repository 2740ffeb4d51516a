using System.Globalization;
using System.Text;
using Paxi.Bench.Reports;

namespace Paxi.Bench.Papers;

/// <summary>A section that was run.</summary>
/// <param name="Seconds">Wall time.</param>
internal sealed record PaperResult(PaperSection Section, PaperFindings Findings, double Seconds)
{
    public IReadOnlyList<PaperRow> Rows => Findings.Rows;
}

/// <summary>What was measured beside what was expected: charts, and a table for each section.</summary>
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
            foreach (var chart in PaperCharts.Of(result.Section.Name, result.Findings))
            {
                page.Add(chart, "h3");
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
        foreach (var result in results)
        {
            foreach (var row in result.Rows)
            {
                text.Append(CultureInfo.InvariantCulture, $"{result.Section.Name},{Quoted(row.Source)},{Quoted(row.What)},{row.Unit},{row.Relation},");
                text.Append(CultureInfo.InvariantCulture, $"{row.Expected:0.####},{row.Measured:0.####},{row.Difference:0.####},{row.Tolerance:0.####},{(row.IsWithin ? "true" : "false")}\n");
            }
        }

        return text.ToString();
    }

    /// <summary>A line for each point of the curves; what is not finite is left empty.</summary>
    public static string CurvesCsv(IReadOnlyList<PaperResult> results)
    {
        var text = new StringBuilder("section,chart,series,expected,x,y\n");
        foreach (var result in results)
        {
            foreach (var curve in result.Findings.Curves)
            {
                foreach (var (x, y) in curve.Points)
                {
                    text.Append(CultureInfo.InvariantCulture, $"{result.Section.Name},{Quoted(curve.Chart.Title)},{Quoted(curve.Series)},{(curve.IsExpected ? "true" : "false")},{x:0.####},");
                    text.Append(CultureInfo.InvariantCulture, $"{(double.IsFinite(y) ? y.ToString("0.####", CultureInfo.InvariantCulture) : "")}\n");
                }
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
}
