using System.Globalization;
using Paxi.Bench.Reports.Charts;
using Paxi.Bench.Runs;

namespace Paxi.Bench.Reports;

/// <summary>The faults of a run in a chart over time: a ground for as long as each lasted, its number, its text where there is room.</summary>
internal static class FaultMarks
{
    private const double RowPixels = 16;
    private const int Rows = 2;

    /// <summary>How much higher than its highest value a chart must be for the texts to stand above the line.</summary>
    public static double Headroom(RunResult result) => result.Faults.Count == 0 ? 1 : 1.2;

    public static string Note(RunResult result) => result.Faults.Count == 0 ? "" : "Faults are numbered as in the table below. ";

    public static void Draw(Chart chart, RunResult result, bool withText = true)
    {
        var end = result.Report.Seconds;
        var faults = result.Faults.Where(fault => fault.From < end && (fault.To ?? end) > 0).ToArray();
        foreach (var fault in faults)
        {
            chart.AddSpan(Math.Max(0, fault.From), Math.Min(end, fault.To ?? end), Palette.Fault);
        }

        var free = new double[Rows];
        for (var index = 0; index < faults.Length; index++)
        {
            var from = Math.Max(0, faults[index].From);
            chart.AddSegment(from, chart.Y.From, from, chart.Y.To, Palette.FaultEdge, 1);
            var left = chart.PixelsOf(0, from);
            var row = Array.FindIndex(free, used => used <= left);
            if (row < 0)
            {
                continue;
            }

            var number = (Array.IndexOf([.. result.Faults], faults[index]) + 1).ToString(CultureInfo.InvariantCulture);
            var next = index + Rows < faults.Length ? chart.PixelsOf(0, faults[index + Rows].From) : chart.InnerWidth;
            var text = withText ? $"{number} {faults[index].Text}" : number;
            var room = Math.Max(next, left) - left - 8;
            // A text of which little would be left is worse than none.
            var shown = ChartFont.Width(text) <= room || room > 90 ? ChartFont.Fit(text, room) : number;
            chart.AddTopLabel(shown, from, row * RowPixels, Palette.FaultEdge);
            free[row] = left + ChartFont.Width(shown) + 8;
        }
    }
}
