using Paxi.Bench.Runs;

namespace Paxi.Bench.Reports.Charts;

/// <summary>A stretch of seconds, for charts that have fewer pixels than the run had seconds.</summary>
/// <param name="At">Its middle, in seconds.</param>
/// <param name="Rate">Operations a second.</param>
/// <param name="Lowest">Of its seconds.</param>
/// <param name="Highest">Of its seconds.</param>
/// <param name="Errors">A second.</param>
/// <param name="Unknown">A second.</param>
/// <param name="P50">Mean of its seconds in milliseconds; not a number when nothing was done.</param>
/// <param name="P99">The worst of its seconds in milliseconds; not a number when nothing was done.</param>
internal readonly record struct Stretch(
    double At, double Rate, double Lowest, double Highest, double Errors, double Unknown, double P50, double P99);

internal static class Downsampling
{
    /// <summary>At most so many points a line.</summary>
    public const int MaxPoints = 400;

    /// <summary>Joins seconds until they fit. Of a last second that is a part of one, the counts are taken for what they would have been.</summary>
    /// <param name="length">Of the window, in seconds.</param>
    public static IReadOnlyList<Stretch> Join(IReadOnlyList<SecondSample> seconds, double length, int maxPoints = MaxPoints)
    {
        var whole = seconds.Where(sample => sample.Second < length).OrderBy(static sample => sample.Second).ToList();
        // Half a second and less is too little to tell a rate from.
        if (whole.Count > 1 && length - whole[^1].Second < 0.5)
        {
            whole.RemoveAt(whole.Count - 1);
        }

        var size = Math.Max(1, (whole.Count + maxPoints - 1) / maxPoints);
        return [.. whole.Chunk(size).Select(chunk => Of(chunk, length))];
    }

    private static Stretch Of(SecondSample[] chunk, double length)
    {
        double Part(SecondSample sample) => Math.Clamp(length - sample.Second, 1e-3, 1);
        var parts = chunk.Sum(Part);
        var busy = chunk.Where(static sample => sample.Operations > 0 && sample.P50 > 0).ToArray();
        return new Stretch(
            chunk[0].Second + (parts / 2),
            chunk.Sum(static sample => sample.Operations) / parts,
            chunk.Min(sample => sample.Operations / Part(sample)),
            chunk.Max(sample => sample.Operations / Part(sample)),
            chunk.Sum(static sample => sample.Errors) / parts,
            chunk.Sum(static sample => sample.Unknown) / parts,
            busy.Length == 0 ? double.NaN : busy.Average(static sample => sample.P50),
            busy.Length == 0 ? double.NaN : busy.Max(static sample => sample.P99));
    }
}
