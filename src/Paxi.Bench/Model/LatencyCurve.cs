namespace Paxi.Bench.Model;

/// <param name="Rate">Operations a second.</param>
/// <param name="Latency">Milliseconds, the mean.</param>
public readonly record struct CurvePoint(double Rate, double Latency);

/// <summary>Mean latency against throughput: Latency = W_q + t_s + D_L + D_Q, the wait by M/D/1.</summary>
/// <remarks>Source: SIGMOD 2019, the analytic model.</remarks>
/// <param name="Name">What it is a curve of.</param>
/// <param name="ServiceTime">t_s of one leader, in milliseconds.</param>
/// <param name="Network">D_L + D_Q, in milliseconds: whatever does not depend on the load.</param>
/// <param name="Leaders">That share the load evenly.</param>
public sealed record LatencyCurve(string Name, double ServiceTime, double Network, int Leaders = 1)
{
    /// <summary>The rate at which the queue has no end.</summary>
    public double Capacity => Leaders * 1000 / ServiceTime;

    /// <summary>A protocol on a machine of the model, in one data centre.</summary>
    /// <param name="toLeader">D_L: round trip from the client.</param>
    /// <param name="quorumDelay">D_Q.</param>
    public static LatencyCurve Of(string name, RoundCost cost, double toLeader, double quorumDelay) =>
        new(name, cost.ServiceTime, toLeader + quorumDelay, cost.Leaders);

    /// <summary>
    /// M/D/1 through what was measured. The service time comes from the highest throughput, the rest from the point of the lowest rate; so it tells whether the
    /// shape is that of one queue, and nothing about its height. Batching bends what is measured below it.
    /// </summary>
    /// <returns>Null with fewer than three points, or when the lowest rate is already near the highest.</returns>
    public static LatencyCurve? Fit(string name, IReadOnlyCollection<CurvePoint> measured)
    {
        var points = measured.Where(static point => point is { Rate: > 0, Latency: > 0 }).OrderBy(static point => point.Rate).ToArray();
        if (points.Length < 3 || points[0].Rate > 0.7 * points[^1].Rate)
        {
            return null;
        }

        // The highest throughput that was seen stands for nearly all that is possible.
        var service = 1000 * Saturated / points[^1].Rate;
        var network = points[0].Latency - service - Queueing.MD1(points[0].Rate, service);
        return new LatencyCurve(name, service, Math.Max(0, network));
    }

    /// <summary>The mean latency at a rate; infinite from the capacity on.</summary>
    public double At(double rate) => Queueing.MD1(rate / Leaders, ServiceTime) + ServiceTime + Network;

    /// <summary>Points for drawing, up to a part of the capacity; denser where it bends.</summary>
    /// <param name="from">The lowest rate, operations a second.</param>
    /// <param name="limit">The highest latency that is wanted.</param>
    public IReadOnlyList<CurvePoint> Points(double from, double limit, int count = 80)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        var points = new List<CurvePoint>(count);
        var lowest = Math.Clamp(from / Capacity, 1e-6, 0.98);
        for (var index = 0; index < count; index++)
        {
            // What is left of the capacity falls by a constant factor from point to point.
            var rest = (1 - lowest) * Math.Pow(0.002 / (1 - lowest), (double)index / (count - 1));
            var rate = (1 - rest) * Capacity;
            var latency = At(rate);
            points.Add(new CurvePoint(rate, latency));
            if (latency > limit)
            {
                break;
            }
        }

        return points;
    }

    private const double Saturated = 0.95;
}
