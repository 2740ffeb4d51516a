namespace Paxi.Bench.Workloads;

/// <summary>The normal distribution, as far as localities need it.</summary>
internal static class NormalLaw
{
    private const int Halvings = 200;

    /// <summary>Locality of zones whose centres are <paramref name="distance"/> apart: 1 - 2 Phi(-distance / 2 sigma), the part that two neighbours do not share.</summary>
    public static double LocalityOf(double sigma, double distance) => 1 - (2 * Phi(-distance / (2 * sigma)));

    /// <summary>The standard deviation that gives a locality.</summary>
    /// <param name="locality">More than 0, less than 1.</param>
    /// <param name="distance">Of two neighbouring centres.</param>
    public static double SigmaOf(double locality, double distance)
    {
        var (low, high) = (distance * 1e-6, distance * 1e6);
        for (var step = 0; step < Halvings; step++)
        {
            // Locality falls as sigma grows.
            var middle = Math.Sqrt(low * high);
            (low, high) = LocalityOf(middle, distance) > locality ? (middle, high) : (low, middle);
        }

        return Math.Sqrt(low * high);
    }

    /// <summary>The cumulative distribution, by Abramowitz and Stegun 26.2.17; off by less than 1e-7.</summary>
    public static double Phi(double x)
    {
        if (x > 0)
        {
            return 1 - Phi(-x);
        }

        var t = 1 / (1 - (0.2316419 * x));
        var density = Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);
        return density * t * (0.319381530 + (t * (-0.356563782 + (t * (1.781477937 + (t * (-1.821255978 + (t * 1.330274429))))))));
    }
}
