using Paxi.Bench.Reports.Charts;
using Paxi.Bench.Runs;
using Alignment = ScottPlot.Alignment;

namespace Paxi.Bench.Reports;

/// <summary>The latencies of the clients of each zone side by side: box, whiskers, median.</summary>
internal static class ZoneChart
{
    private const double PerMillisecond = 1e6;
    private const double HalfBox = 0.28;
    private const double NameRoom = 170;

    public static Chart Of(IReadOnlyList<ZoneLatency> all)
    {
        var zones = all.Where(static zone => zone.Latencies.TotalCount > 0).OrderBy(static zone => zone.Zone).ToArray();
        double[][] values = [.. zones.Select(static zone =>
            new[] { 5.0, 25, 50, 75, 95, 99 }.Select(percentile => zone.Latencies.GetValueAtPercentile(percentile) / PerMillisecond).ToArray())];
        var x = RunCharts.LatencyScale("latency (ms)", values.Min(static row => row[0]), values.Max(static row => row[5]));
        var names = Scale.Names("", [.. zones.Select(static zone => ChartFont.Fit(NameOf(zone), NameRoom))]);
        var chart = new Chart("zones", "Latency of the clients of each zone", x, names, 70 + (34 * Math.Max(2, zones.Length)), right: 130)
        {
            Note = "Box: the middle half; whiskers: 5 % to 95 %; line: the median; ring with its value: 99 %.",
        };
        chart.ShowVerticalGrid();
        for (var index = 0; index < zones.Length; index++)
        {
            Draw(chart, index, values[index], Palette.Of(0));
        }

        return chart;
    }

    /// <summary>A number alone says little.</summary>
    public static string NameOf(ZoneLatency zone) => zone.Name.Length == 0 || zone.Name.All(char.IsAsciiDigit) ? $"zone {zone.Zone}" : zone.Name;

    private static void Draw(Chart chart, double at, double[] values, Ink ink)
    {
        chart.AddSegment(values[0], at, values[1], at, ink);
        chart.AddSegment(values[3], at, values[4], at, ink);
        chart.AddSegment(values[0], at - (HalfBox / 2), values[0], at + (HalfBox / 2), ink);
        chart.AddSegment(values[4], at - (HalfBox / 2), values[4], at + (HalfBox / 2), ink);
        chart.AddBox(values[1], values[3], at - HalfBox, at + HalfBox, ink, 0.25, ink);
        chart.AddSegment(values[2], at - HalfBox, values[2], at + HalfBox, ink, 3);
        chart.AddDot(values[5], at, ink, isHollow: true);
        chart.AddLabel($"99 %: {RunCharts.Milliseconds(values[5])}", Math.Max(values[5], values[4]), at, ink, Alignment.MiddleLeft, 9);
    }
}
