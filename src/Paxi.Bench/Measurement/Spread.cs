namespace Paxi.Bench.Measurement;

/// <summary>A few figures of the same thing.</summary>
/// <param name="Median">The middle one; of an even number the mean of the two.</param>
internal readonly record struct Spread(double Median, double Least, double Most)
{
    /// <param name="values">At least one.</param>
    public static Spread Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return new Spread(sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2, sorted[0], sorted[^1]);
    }

    public string Show(string format) =>
        $"{Median.ToString(format, System.Globalization.CultureInfo.InvariantCulture)} " +
        $"({Least.ToString(format, System.Globalization.CultureInfo.InvariantCulture)} to {Most.ToString(format, System.Globalization.CultureInfo.InvariantCulture)})";
}
