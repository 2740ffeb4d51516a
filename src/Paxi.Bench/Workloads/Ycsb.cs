namespace Paxi.Bench.Workloads;

/// <summary>
/// The core workloads of YCSB (Cooper et al., SoCC 2010, table 2) as settings: a Zipf distribution with the constant 0.99, values of 10 fields of 100 bytes, written
/// before the run. Two things differ: the hot keys are the first ones instead of scattered, which no protocol here can tell, and the scan of E, which a key-value store
/// does not have, is a transaction that reads up to 100 keys in a row.
/// </summary>
public static class Ycsb
{
    private const double Constant = 0.99;
    private const int RecordBytes = 1000;

    /// <summary>A to F.</summary>
    public static readonly IReadOnlyList<string> Names = ["A", "B", "C", "D", "E", "F"];

    /// <param name="name">One of <see cref="Names"/>.</param>
    public static WorkloadSettings Preset(string name)
    {
        var core = new WorkloadSettings
        {
            Distribution = "zipfian",
            ZipfianS = Constant,
            ZipfianV = 1,
            ValueBytes = RecordBytes,
            Preload = true,
        };
        return name switch
        {
            "A" => core with { W = 0.5 },
            "B" => core with { W = 0.05 },
            "C" => core with { W = 0 },
            "D" => core with { W = 0.05, Distribution = "latest", Inserts = true },
            "E" => core with { W = 0.05, Inserts = true, ScanKeys = 100 },
            "F" => core with { W = 0, ReadModifyWrite = 0.5 },
            _ => throw new ArgumentException($"ycsb is {name}; it may be {string.Join(", ", Names)}", nameof(name)),
        };
    }
}
