namespace Paxi.Bench.Model;

/// <summary>
/// W_q: how long a request waits at a single server before it is served, in milliseconds. Infinite when requests come faster than they are served
/// (ρ ≥ 1), and 0 when none come.
/// </summary>
/// <remarks>Source: SIGMOD 2019, the analytic model; the paper uses M/D/1. Rates are requests a second, times milliseconds.</remarks>
public static class Queueing
{
    /// <summary>Random arrivals, random (exponential) service: ρ² / (λ (1 − ρ)).</summary>
    public static double MM1(double rate, double serviceTime) => Wait(rate, serviceTime, 2);

    /// <summary>Random arrivals, always the same service: ρ² / (2 λ (1 − ρ)).</summary>
    public static double MD1(double rate, double serviceTime) => Wait(rate, serviceTime, 1);

    /// <summary>
    /// The standard error of the mean of <paramref name="count"/> waits that follow each other in <see cref="MD1"/>, in milliseconds. One long wait makes those after it long, so it grows with
    /// the load far faster than the wait itself: t_s √(ρ / 2 n) / (1 − ρ)².
    /// </summary>
    /// <remarks>
    /// Source: the asymptotic variance of the mean in heavy traffic (Whitt, Management Science 1989), for D: 1 / (2 (1 − ρ)⁴); the factor ρ makes it fit at low load.
    /// </remarks>
    /// <param name="count">n, as many as are enough for the queue to fill and to empty often.</param>
    public static double MD1Error(double rate, double serviceTime, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rate);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(serviceTime);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var utilization = rate / 1000 * serviceTime;
        return utilization >= 1 ? double.PositiveInfinity : serviceTime * Math.Sqrt(utilization / (2 * count)) / Square(1 - utilization);
    }

    /// <summary>Random arrivals, any service (Pollaczek and Khinchine): (λ² σ² + ρ²) / (2 λ (1 − ρ)).</summary>
    /// <param name="deviation">σ, the standard deviation of the service time in milliseconds.</param>
    public static double MG1(double rate, double serviceTime, double deviation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(deviation);
        return Wait(rate, serviceTime, 1 + Square(deviation / serviceTime));
    }

    /// <summary>Any arrivals, any service, by Marchal's approximation: ρ² (1 + Cs) (Ca + ρ² Cs) / (2 λ (1 − ρ) (1 + ρ² Cs)).</summary>
    /// <param name="arrivals">Ca, the squared coefficient of variation of the times between arrivals: 1 for random ones, 0 for a beat.</param>
    /// <param name="service">Cs, the squared coefficient of variation of the service time.</param>
    public static double GG1(double rate, double serviceTime, double arrivals, double service)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(arrivals);
        ArgumentOutOfRangeException.ThrowIfNegative(service);
        var square = Square(rate / 1000 * serviceTime);
        return Wait(rate, serviceTime, (1 + service) * (arrivals + (square * service)) / (1 + (square * service)));
    }

    /// <summary>All of them are the wait of M/D/1 times a factor: ρ t_s / (2 (1 − ρ)), which is ρ² / (2 λ (1 − ρ)) without the division by 0.</summary>
    private static double Wait(double rate, double serviceTime, double factor)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rate);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(serviceTime);
        var utilization = rate / 1000 * serviceTime;
        return utilization >= 1 ? double.PositiveInfinity : factor * utilization * serviceTime / (2 * (1 - utilization));
    }

    private static double Square(double value) => value * value;
}
