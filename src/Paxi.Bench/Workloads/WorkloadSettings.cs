using System.Globalization;

namespace Paxi.Bench.Workloads;

/// <summary>What the clients ask for, with Paxi's field names and defaults (its section <c>benchmark</c>).</summary>
public sealed record WorkloadSettings
{
    /// <summary>The most keys there may be; a table of weights is kept for a Zipf distribution.</summary>
    public const int MaxKeys = 10_000_000;

    /// <summary>The most bytes of a value.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>The most keys of a transaction or scan.</summary>
    public const int MaxKeysAtOnce = 1000;

    /// <summary>K: how many keys.</summary>
    public int K { get; init; } = 1000;

    /// <summary>W: the part of the operations that write, 0 to 1.</summary>
    public double W { get; init; } = 0.5;

    /// <summary>
    /// Distribution: <c>order uniform conflict normal zipfian exponential</c>; Paxi's spelling <c>zipfan</c> is the same as <c>zipfian</c>. And <c>latest</c>, which
    /// YCSB has: a Zipf distribution over the keys by age, the newest first.
    /// </summary>
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

    /// <summary>Bytes of a written value; Paxi has no name for it, nor for what follows.</summary>
    public int ValueBytes { get; init; } = 10;

    /// <summary>When it is more than <see cref="ValueBytes"/>, sizes are uniform between the two, both included.</summary>
    public int MaxValueBytes { get; init; }

    /// <summary>
    /// For <c>normal</c>: the mean of the clients of zone z of Z is the centre of the z-th part of K keys, (z - 1/2) K/Z + Mu, so that the centres are K/Z
    /// apart and all zones have the same Sigma (WPaxos, TPDS 2020, section 5).
    /// </summary>
    public bool PerZone { get; init; }

    /// <summary>Instead of the normal distribution, every zone asks for the keys of its own part alone, uniformly.</summary>
    public bool UniformPart { get; init; }

    /// <summary>The part of the operations that are transactions, 0 to 1; W is the part of the commands in them that write.</summary>
    public double Transactions { get; init; }

    /// <summary>How many different keys a transaction has.</summary>
    public int TransactionKeys { get; init; } = 2;

    /// <summary>The part of the operations that are a read and then a write of the same key by the same client, which are counted as two.</summary>
    public double ReadModifyWrite { get; init; }

    /// <summary>Writes go to new keys, from K on.</summary>
    public bool Inserts { get; init; }

    /// <summary>Reads are scans: transactions that read 1 to so many keys in a row; 0 for none.</summary>
    public int ScanKeys { get; init; }

    /// <summary>All keys are written once before the warm-up.</summary>
    public bool Preload { get; init; }

    /// <summary>Whether any operation needs a transaction.</summary>
    public bool HasTransactions => Transactions > 0 || ScanKeys > 0;

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
            (ValueBytes is >= 0 and <= MaxBytes, $"value-bytes is {ValueBytes}; it may be 0 to {MaxBytes}"),
            (MaxValueBytes is 0 || (MaxValueBytes >= ValueBytes && MaxValueBytes <= MaxBytes), $"value-bytes is {ValueBytes}..{MaxValueBytes}; it may be 0 to {MaxBytes}, the smaller one first"),
            (!PerZone || Distribution == "normal", $"PerZone goes with Distribution = normal, which is {Distribution}"),
            (Transactions is >= 0 and <= 1, $"Transactions is {Transactions}; it may be 0 to 1"),
            (TransactionKeys is >= 1 and <= MaxKeysAtOnce && (Transactions == 0 || TransactionKeys <= K), $"TransactionKeys is {TransactionKeys}; it may be 1 to {Math.Min(K, MaxKeysAtOnce)}"),
            (ReadModifyWrite is >= 0 and <= 1, $"ReadModifyWrite is {ReadModifyWrite}; it may be 0 to 1"),
            (ScanKeys is >= 0 and <= MaxKeysAtOnce, $"ScanKeys is {ScanKeys}; it may be 0 to {MaxKeysAtOnce}"));
    }

    /// <summary>
    /// The same keys with a locality: the part of a zone's requests that it has for itself, L = 1 - 2 Phi(-d / 2 Sigma) where the centres of the zones are d keys
    /// apart (WPaxos, TPDS 2020, section 5). L = 1 gives each zone keys of its own.
    /// </summary>
    /// <param name="locality">More than 0, at most 1.</param>
    /// <param name="zones">2 or more.</param>
    public WorkloadSettings WithLocality(double locality, int zones) => this with
    {
        Distribution = "normal",
        PerZone = true,
        Sigma = locality >= 1 ? 1e-6 : NormalLaw.SigmaOf(locality, (double)K / zones),
        UniformPart = locality >= 1,
    };

    /// <summary>The distribution and its parameters, for a title.</summary>
    public string Describe() => Distribution switch
    {
        "conflict" => string.Create(CultureInfo.InvariantCulture, $"conflict {Conflicts} %"),
        "normal" when UniformPart => "keys of each zone's own",
        "normal" => string.Create(CultureInfo.InvariantCulture, $"normal, sigma {Sigma:0.#}{(PerZone ? " around the zones' own keys" : "")}"),
        "zipfian" or KeyDistribution.PaxiZipf => string.Create(CultureInfo.InvariantCulture, $"zipfian {ZipfianS:0.##}"),
        _ => Distribution,
    };

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
