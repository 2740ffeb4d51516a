using Paxi.TestKit.World;

namespace Paxi.Bench.Wan;

/// <summary>
/// One-way delays of a <see cref="RegionMatrix"/>: half the round trip, normally distributed, and that of a local network between the
/// machines of one region.
/// </summary>
internal sealed record RegionDelay : DelayDistribution
{
    private readonly DelayDistribution[,] _delays;
    private readonly string _text;

    public RegionDelay(RegionMatrix matrix, WanDistances distances)
    {
        var count = matrix.Regions.Count;
        _text = $"{matrix.Name}, {distances.LocalRoundTrip} ms within a region";
        _delays = new DelayDistribution[count, count];
        for (var from = 0; from < count; from++)
        {
            for (var to = 0; to < count; to++)
            {
                _delays[from, to] = from == to
                    ? Half(distances.LocalRoundTrip, distances.LocalSigma)
                    : Half(matrix[from, to], distances.RemoteSigma);
            }
        }
    }

    public override long Sample(Random random, int fromZone = 0, int toZone = 0) => _delays[fromZone - 1, toZone - 1].Sample(random);

    public override string ToString() => _text;

    /// <summary>The two ways are independent, so the variance is halved as well.</summary>
    private static DelayDistribution Half(double milliseconds, double sigma) =>
        Normal(TimeSpan.FromMilliseconds(milliseconds / 2), TimeSpan.FromMilliseconds(sigma / Math.Sqrt(2)));
}

/// <summary>
/// What a matrix does not say; in milliseconds of a round trip. The defaults are those of the model of the SIGMOD 2019 paper, a remote
/// network without jitter.
/// </summary>
/// <param name="LocalRoundTrip">Between two machines of one region; its mean.</param>
/// <param name="LocalSigma">Its standard deviation.</param>
/// <param name="RemoteSigma">The standard deviation between regions.</param>
public sealed record WanDistances(double LocalRoundTrip = 0.427, double LocalSigma = 0.0476, double RemoteSigma = 0);
