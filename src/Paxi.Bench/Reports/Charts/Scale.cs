using System.Globalization;

namespace Paxi.Bench.Reports.Charts;

/// <summary>Where a value stands on an axis, and which values are named on it. Positions are what the plotting library is given.</summary>
/// <param name="Label">What is measured, with its unit.</param>
/// <param name="From">Position of the axis' begin.</param>
/// <param name="To">Position of its end.</param>
/// <param name="Ticks">Positions and their names.</param>
/// <param name="Map">From a value to its position.</param>
internal sealed record Scale(string Label, double From, double To, IReadOnlyList<(double At, string Name)> Ticks, Func<double, double> Map)
{
    private static readonly double[] Steps = [1, 2, 5, 10];

    /// <summary>Even, from 0 or from <paramref name="from"/> to a round number at or above <paramref name="to"/>.</summary>
    public static Scale Linear(string label, double from, double to, int ticks = 6, bool isWhole = false, bool isRound = true)
    {
        var span = to - from > 0 && double.IsFinite(to - from) ? to - from : 1;
        var step = Step(span / ticks, isWhole);
        var end = isRound ? Math.Ceiling(((from + span) / step) - 1e-9) * step : from + span;
        var names = new List<(double, string)>();
        var first = Math.Ceiling((from / step) - 1e-9);
        for (var index = 0; (first + index) * step <= end + (step * 1e-6); index++)
        {
            var at = (first + index) * step;
            names.Add((at, Short(at)));
        }

        return new Scale(label, from, end, names, static value => value);
    }

    /// <summary>Time since the window was opened, in seconds, minutes or hours, whichever gives short numbers.</summary>
    public static Scale Time(double seconds)
    {
        var (unit, name) = seconds > 3 * 3600 ? (3600.0, "hours") : seconds > 600 ? (60.0, "minutes") : (1.0, "seconds");
        var scale = Linear($"{name} since the window was opened", 0, seconds / unit, ticks: 10, isRound: false);
        return scale with { Map = value => value / unit };
    }

    /// <summary>Logarithmic. Names 1, 2, 5 of each power of ten when there are few of them, else the powers alone.</summary>
    /// <param name="from">The smallest value; what is not above 0 stands at the edge.</param>
    public static Scale Log(string label, double from, double to)
    {
        var low = Math.Log10(from > 0 ? from : 1e-3);
        var high = Math.Log10(to > from ? to : Math.Max(from, 1e-3) * 2);
        var room = Math.Max((high - low) * 0.04, 0.05);
        (low, high) = (low - room, high + room);
        double[] mantissas = (high - low) switch { < 0.35 => [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8], < 2.2 => [1, 2, 5], < 3.5 => [1, 3], _ => [1] };
        var every = high - low > 9 ? 2 : 1;
        var names = new List<(double, string)>();
        for (var power = (int)Math.Floor(low); power <= (int)Math.Ceiling(high); power++)
        {
            foreach (var mantissa in power % every == 0 ? mantissas : [])
            {
                var at = power + Math.Log10(mantissa);
                if (at >= low && at <= high)
                {
                    names.Add((at, Short(mantissa * Math.Pow(10, power))));
                }
            }
        }

        var edge = low;
        return new Scale(label, low, high, names, value => value > 0 ? Math.Max(edge, Math.Log10(value)) : edge);
    }

    /// <summary>Percentiles as HdrHistogram draws them: each nine gets the same room.</summary>
    /// <param name="highest">The highest percentile that is drawn, below 100.</param>
    public static Scale Percentiles(string label, double highest)
    {
        static double Position(double percentile) => -Math.Log10(Math.Max(1e-9, 1 - (percentile / 100)));
        (double, string)[] all =
        [
            (0, "0 %"), (50, "50 %"), (90, "90 %"), (99, "99 %"), (99.9, "99.9 %"), (99.99, "99.99 %"), (99.999, "99.999 %"), (99.9999, "99.9999 %"),
            (99.99999, "99.99999 %"),
        ];
        var end = Math.Max(1, Position(highest));
        return new Scale(label, 0, end,
            [.. all.Where(tick => Position(tick.Item1) <= end + 1e-9).Select(static tick => (Position(tick.Item1), tick.Item2))], Position);
    }

    /// <summary>Names instead of numbers, at 0, 1, 2 …, the first on top.</summary>
    public static Scale Names(string label, IReadOnlyList<string> names) =>
        new(label, -0.6, names.Count - 0.4, [.. names.Select((name, index) => ((double)names.Count - 1 - index, name))], value => names.Count - 1 - value);

    /// <summary>Names instead of numbers below the axis, at 0, 1, 2 … from the left, each cut to its room.</summary>
    public static Scale Columns(string label, IReadOnlyList<string> names)
    {
        var room = (double)Chart.Width / Math.Max(1, names.Count) * 0.75;
        return new Scale(label, -0.5, names.Count - 0.5, [.. names.Select((name, index) => ((double)index, ChartFont.Fit(name, room)))], static value => value);
    }

    /// <summary>With room for whole dots at both ends.</summary>
    public Scale Widened()
    {
        var room = 0.01 * (To - From);
        return this with { From = From - room, To = To + room };
    }

    /// <summary>A number in little room: 950, 1.5k, 250k, 1.2M.</summary>
    public static string Short(double value)
    {
        var size = Math.Abs(value);
        var (divisor, unit) = size switch { >= 0.9999995e9 => (1e9, "G"), >= 0.9999995e6 => (1e6, "M"), >= 999.9995 => (1e3, "k"), _ => (1.0, "") };
        return (value / divisor).ToString("0.######", CultureInfo.InvariantCulture) is var text && text == "-0"
            ? "0"
            : (value / divisor).ToString(size is > 0 and < 0.001 ? "0.######" : "0.###", CultureInfo.InvariantCulture) + unit;
    }

    private static double Step(double wanted, bool isWhole)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(wanted)));
        var step = Steps.First(candidate => candidate * power >= wanted * 0.999) * power;
        return isWhole ? Math.Max(1, Math.Round(step)) : step;
    }
}
