using System.Globalization;
using Paxi.Bench.Reports.Charts;
using Paxi.Bench.Runs;

namespace Paxi.Bench.Reports;

/// <summary>The faults of a run in a chart over time: a ground for as long as each lasted, its number, its text where there is room.</summary>
internal static class FaultMarks
{
    private const double RowPixels = 16;
    private const int Rows = 3;

    /// <summary>So that the uppermost line of the grid does not touch the texts.</summary>
    private const double BelowGrid = 3;

    /// <summary>With more faults than these, only their numbers are written.</summary>
    private const int MostTexts = 12;

    /// <summary>How much higher than its highest value a chart must be for the texts to stand above the line.</summary>
    public static double Headroom(RunResult result) => result.Faults.Count == 0 ? 1 : 1.25;

    public static string Note(RunResult result) => result.Faults.Count == 0 ? "" : "Faults are numbered as in the table below. ";

    public static void Draw(Chart chart, RunResult result, bool withText = true)
    {
        var end = result.Report.Seconds;
        var faults = result.Faults.Select(static (fault, index) => (Mark: fault, Number: index + 1))
            .Where(fault => fault.Mark.From < end && (fault.Mark.To ?? end) > 0).ToArray();
        foreach (var (fault, _) in faults)
        {
            chart.AddSpan(Math.Max(0, fault.From), Math.Min(end, fault.To ?? end), Palette.Fault);
        }

        // A fault that begins under the text of an earlier one is told a row lower, so that no line crosses a text.
        var used = new double[Rows];
        foreach (var (fault, number) in faults)
        {
            var from = Math.Max(0, fault.From);
            var left = chart.PixelsOf(0, from);
            var row = Array.FindLastIndex(used, right => right > left) + 1;
            chart.AddVertical(from, Palette.FaultEdge, row * RowPixels);
            if (row == Rows)
            {
                continue;
            }

            var name = number.ToString(CultureInfo.InvariantCulture);
            var text = ChartFont.Fit(withText && faults.Length <= MostTexts ? $"{name} {fault.Text}" : name, Math.Max(chart.InnerWidth - left - 8, 24));
            chart.AddTopLabel(text, from, (row * RowPixels) + BelowGrid, Palette.FaultEdge);
            used[row] = left + ChartFont.Width(text) + 8;
        }
    }
}
