namespace Paxi.Bench.Loads;

/// <summary>A Poisson process: the gaps between arrivals are exponential and independent.</summary>
/// <param name="rate">Arrivals per second, more than 0.</param>
/// <param name="random">The same generator gives the same arrivals.</param>
internal sealed class PoissonArrivals(double rate, Random random)
{
    private double _at;

    /// <summary>Seconds since the beginning until the next arrival; each call goes on to one more.</summary>
    public double Next() => _at += -Math.Log(1 - random.NextDouble()) / rate;
}
