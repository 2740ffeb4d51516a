namespace Paxi.Bench.Workloads;

/// <summary>What the clients ask for, with Paxi's field names and defaults (its section <c>benchmark</c>).</summary>
public sealed record WorkloadSettings
{
    /// <summary>The most keys there may be; a table of weights is kept for a Zipf distribution.</summary>
    public const int MaxKeys = 10_000_000;

    /// <summary>K: how many keys.</summary>
    public int K { get; init; } = 1000;

    /// <summary>W: the part of the operations that write, 0 to 1.</summary>
    public double W { get; init; } = 0.5;

    /// <summary>Distribution: <c>order uniform conflict normal zipfian exponential</c>; Paxi's spelling <c>zipfan</c> is the same as <c>zipfian</c>.</summary>
    public string Distribution { get; init; } = "uniform";

    /// <summary>Conflicts: for <c>conflict</c>, per cent of the operations that go to the one hot key.</summary>
    public int Conflicts { get; init; } = 100;

    /// <summary>Min: the first key.</summary>
    public int Min { get; init; }

    /// <summary>Mu: for <c>normal</c>, the mean, counted from Min.</summary>
    public double Mu { get; init; }

    /// <summary>Sigma: for <c>normal</c>, the standard deviation in keys.</summary>
    public double Sigma { get; init; } = 60;

    /// <summary>Move: for <c>normal</c>, whether the mean moves.</summary>
    public bool Move { get; init; }

    /// <summary>Speed: milliseconds in which the mean moves by one key.</summary>
    public int Speed { get; init; } = 500;

    /// <summary>Zipfian_s: for <c>zipfian</c>, key k has the weight (v + k)^-s.</summary>
    public double ZipfianS { get; init; } = 2;

    /// <summary>Zipfian_v: see <see cref="ZipfianS"/>.</summary>
    public double ZipfianV { get; init; } = 1;

    /// <summary>Lambda: for <c>exponential</c>, the rate per key; the mean is 1/Lambda keys.</summary>
    public double Lambda { get; init; } = 0.01;

    /// <summary>Bytes of a written value; Paxi has no name for it.</summary>
    public int ValueBytes { get; init; } = 10;

    /// <summary>Put in front of every key, so that a run on a cluster in use has keys of its own.</summary>
    public string KeyPrefix { get; init; } = "";

    /// <summary>What is wrong, in one line that names the field; null when nothing is.</summary>
    public string? Fault()
    {
        if (KeyDistribution.Names.Contains(Distribution) is false && Distribution != KeyDistribution.PaxiZipf)
        {
            return $"Distribution is {Distribution}; it may be {string.Join(", ", KeyDistribution.Names)}";
        }

        return FirstOf(
            (K is >= 1 and <= MaxKeys, $"K is {K}; it may be 1 to {MaxKeys}"),
            (W is >= 0 and <= 1, $"W is {W}; it may be 0 to 1"),
            (Conflicts is >= 0 and <= 100, $"Conflicts is {Conflicts}; it may be 0 to 100 per cent"),
            (Min >= 0, $"Min is {Min}; it may be 0 or more"),
            (double.IsFinite(Mu), $"Mu is {Mu}; it may be any number"),
            (Sigma is > 0 and < 1e9, $"Sigma is {Sigma}; it may be more than 0"),
            (Speed >= 1, $"Speed is {Speed}; it may be 1 ms or more"),
            (ZipfianS is >= 0 and <= 100, $"Zipfian_s is {ZipfianS}; it may be 0 to 100"),
            (ZipfianV is >= 1e-3 and < 1e9, $"Zipfian_v is {ZipfianV}; it may be 0.001 or more"),
            (Lambda is > 0 and < 1e9, $"Lambda is {Lambda}; it may be more than 0"),
            (ValueBytes is >= 0 and <= 1 << 20, $"value-bytes is {ValueBytes}; it may be 0 to {1 << 20}"));
    }

    private static string? FirstOf(params ReadOnlySpan<(bool Good, string Message)> rules)
    {
        foreach (var (good, message) in rules)
        {
            if (!good)
            {
                return message;
            }
        }

        return null;
    }
}
