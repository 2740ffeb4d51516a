using Paxi.Bench.Model;
using Xunit;

namespace Paxi.Bench.Tests.Model;

public sealed class QueueingTests
{
    /// <summary>At ρ = 0.5 and t_s = 0.1 ms: M/M/1 waits ρ t_s / (1 − ρ) = 0.1 ms, M/D/1 half of it.</summary>
    [Fact]
    public void Waits_at_half_the_capacity()
    {
        Assert.Equal(0.1, Queueing.MM1(5_000, 0.1), 12);
        Assert.Equal(0.05, Queueing.MD1(5_000, 0.1), 12);
    }

    /// <summary>As the formulas are printed, term by term.</summary>
    [Theory]
    [InlineData(500, 0.122, 0.05)]
    [InlineData(4_000, 0.122, 0.2)]
    [InlineData(8_000, 0.122, 0.122)]
    public void Formulas_as_printed(double rate, double service, double deviation)
    {
        var (lambda, rho) = (rate / 1000, rate / 1000 * service);
        Assert.Equal(rho * rho / (lambda * (1 - rho)), Queueing.MM1(rate, service), 9);
        Assert.Equal(rho * rho / (2 * lambda * (1 - rho)), Queueing.MD1(rate, service), 9);
        Assert.Equal(((lambda * lambda * deviation * deviation) + (rho * rho)) / (2 * lambda * (1 - rho)), Queueing.MG1(rate, service, deviation), 9);
        var (ca, cs) = (4.0, 0.5);
        Assert.Equal(rho * rho * (1 + cs) * (ca + (rho * rho * cs)) / (2 * lambda * (1 - rho) * (1 + (rho * rho * cs))), Queueing.GG1(rate, service, ca, cs), 9);
    }

    [Fact]
    public void The_general_queue_holds_the_others()
    {
        Assert.Equal(Queueing.MM1(7_000, 0.1), Queueing.GG1(7_000, 0.1, 1, 1), 12);
        Assert.Equal(Queueing.MD1(7_000, 0.1), Queueing.GG1(7_000, 0.1, 1, 0), 12);
        Assert.Equal(Queueing.MM1(7_000, 0.1), Queueing.MG1(7_000, 0.1, 0.1), 12);
        Assert.Equal(Queueing.MD1(7_000, 0.1), Queueing.MG1(7_000, 0.1, 0), 12);
    }

    /// <summary>M/D/1 simulated: random arrivals at a server that takes the same time for each.</summary>
    [Fact]
    public void MD1_is_what_a_simulated_queue_waits()
    {
        const double Service = 0.1;
        const double Rate = 8_000;
        var random = new Random(7);
        var (arrival, free, waited) = (0.0, 0.0, 0.0);
        const int Requests = 400_000;
        for (var request = 0; request < Requests; request++)
        {
            arrival += -Math.Log(1 - random.NextDouble()) * 1000 / Rate;
            var start = Math.Max(arrival, free);
            waited += start - arrival;
            free = start + Service;
        }

        Assert.InRange(waited / Requests, 0.95 * Queueing.MD1(Rate, Service), 1.05 * Queueing.MD1(Rate, Service));
    }

    /// <summary>The spread of the means of many simulated queues, by Lindley's recursion.</summary>
    [Theory]
    [InlineData(0.3)]
    [InlineData(0.75)]
    [InlineData(0.9)]
    public void The_error_of_a_mean_wait_is_what_simulated_queues_spread(double load)
    {
        const double Service = 0.1;
        const int Queues = 200;
        const int Requests = 20_000;
        const int Filling = 1_000;
        var random = new Random(11);
        var means = new double[Queues];
        for (var queue = 0; queue < Queues; queue++)
        {
            var (wait, sum) = (0.0, 0.0);
            for (var request = -Filling; request < Requests; request++)
            {
                wait = Math.Max(0, wait + Service + (Math.Log(1 - random.NextDouble()) * Service / load));
                sum += request < 0 ? 0 : wait;
            }

            means[queue] = sum / Requests;
        }

        var mean = means.Average();
        var spread = Math.Sqrt(means.Sum(value => (value - mean) * (value - mean)) / (Queues - 1));
        var error = Queueing.MD1Error(load / Service * 1000, Service, Requests);
        Assert.InRange(error, 0.8 * spread, 1.25 * spread);
    }

    [Fact]
    public void Nothing_comes_and_too_much_comes()
    {
        Assert.Equal(0, Queueing.MD1(0, 0.1));
        Assert.Equal(double.PositiveInfinity, Queueing.MD1(10_000, 0.1));
        Assert.Equal(double.PositiveInfinity, Queueing.GG1(20_000, 0.1, 4, 1));
        Assert.Throws<ArgumentOutOfRangeException>(static () => Queueing.MD1(-1, 0.1));
        Assert.Throws<ArgumentOutOfRangeException>(static () => Queueing.MD1(1, 0));
    }
}
