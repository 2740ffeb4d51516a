using Paxi.Bench.Reports.Charts;
using Paxi.Bench.Runs;

namespace Paxi.Bench.Reports;

/// <summary>How many objects each zone owned over time, one on the other.</summary>
internal static class OwnershipChart
{
    public static Chart Of(RunResult result)
    {
        var zones = result.Ownership.Select(static sample => sample.Zone).Distinct().Order().ToArray();
        var names = zones.ToDictionary(static zone => zone, zone =>
            result.Zones.FirstOrDefault(latency => latency.Zone == zone) is { } named ? ZoneChart.NameOf(named) : $"zone {zone}");
        var moments = Moments(result.Ownership, zones);
        var highest = moments.Max(static moment => moment.Owned.Sum());
        var chart = new Chart("ownership", "Objects owned by each zone over time", Scale.Time(Math.Max(result.Report.Seconds, moments[^1].At)),
            Scale.Linear("objects", 0, Math.Max(1, highest * FaultMarks.Headroom(result)), isWhole: true), right: Chart.RoomFor(names.Values));
        FaultMarks.Draw(chart, result, withText: false);
        for (var index = 0; index < zones.Length; index++)
        {
            (double At, double Low, double High)[] band = [.. moments.Select(moment =>
                (moment.At, (double)moment.Owned.Take(index).Sum(), (double)moment.Owned.Take(index + 1).Sum()))];
            var ink = Palette.Of(index);
            chart.AddBand(band, ink, index < Palette.Series.Count ? 0.55 : 0.3, names[zones[index]]);
            chart.Add(new Line("", ink, [.. band.Select(static point => (point.At, point.High))]) { Width = 1.5f });
        }

        return chart;
    }

    /// <summary>At each moment what each zone owns; a zone that tells nothing then owns what it did before.</summary>
    private static List<(double At, long[] Owned)> Moments(IReadOnlyList<OwnershipSample> samples, int[] zones)
    {
        var owned = new long[zones.Length];
        var moments = new List<(double At, long[] Owned)>();
        foreach (var group in samples.GroupBy(static sample => sample.At).OrderBy(static group => group.Key))
        {
            foreach (var sample in group)
            {
                owned[Array.IndexOf(zones, sample.Zone)] = sample.Objects;
            }

            moments.Add((group.Key, [.. owned]));
        }

        var every = (moments.Count + Downsampling.MaxPoints - 1) / Downsampling.MaxPoints;
        return [.. moments.Where((_, index) => index % every == 0 || index == moments.Count - 1)];
    }
}
