using System.CommandLine;
using Paxi.Bench.Loads;
using Paxi.Bench.Workloads;

namespace Paxi.Bench.Cli;

/// <summary>How long, by how many clients, and what they ask for; the workload's options have Paxi's field names.</summary>
internal sealed class LoadOptions
{
    private const int MaxClients = 100_000;

    private readonly Option<long> _clients;
    private readonly Option<double> _seconds = BenchOptions.Real("--seconds", "T: the length of the measurement", 10, 0.1, 1e6);
    private readonly Option<double> _warmUp = BenchOptions.Real("--warm-up", "seconds before the measurement, left out of it", 3, 0, 1e6);
    private readonly Option<long> _operations = BenchOptions.Whole("--N", "end after so many operations; 0: after the time", 0, 0, long.MaxValue);
    private readonly Option<long> _k = BenchOptions.Whole("--K", "keys", 1000, 1, WorkloadSettings.MaxKeys);
    private readonly Option<double> _w = BenchOptions.Real("--W", "the part of the operations that write", 0.5, 0, 1);
    private readonly Option<string?> _distribution =
        BenchOptions.Choice("--Distribution", "which keys (default: uniform)", [.. KeyDistribution.Names, KeyDistribution.PaxiZipf]);
    private readonly Option<long> _conflicts = BenchOptions.Whole("--Conflicts", "conflict: per cent that go to the hot key", 100, 0, 100);
    private readonly Option<long> _min = BenchOptions.Whole("--Min", "the first key", 0, 0, int.MaxValue);
    private readonly Option<double> _mu = BenchOptions.Real("--Mu", "normal: the mean", 0, -1e9, 1e9);
    private readonly Option<double> _sigma = BenchOptions.Real("--Sigma", "normal: the standard deviation", 60, 1e-9, 1e9);
    private readonly Option<bool> _move = BenchOptions.Flag("--Move", "normal: the mean moves");
    private readonly Option<long> _speed = BenchOptions.Whole("--Speed", "normal: milliseconds in which it moves by a key", 500, 1, int.MaxValue);
    private readonly Option<double> _zipfianS = BenchOptions.Real("--Zipfian_s", "zipfian: s of the weight (v + k)^-s", 2, 0, 100);
    private readonly Option<double> _zipfianV = BenchOptions.Real("--Zipfian_v", "zipfian: v of the weight (v + k)^-s", 1, 1e-3, 1e9);
    private readonly Option<double> _lambda = BenchOptions.Real("--Lambda", "exponential: the rate per key", 0.01, 1e-9, 1e9);
    private readonly Option<long> _valueBytes = BenchOptions.Whole("--value-bytes", "the size of a written value", 10, 0, 1 << 20);
    private readonly Option<long> _seed = BenchOptions.Whole("--seed", "of the operations", 1, 0, long.MaxValue);

    /// <param name="clients">How many clients when nobody says.</param>
    public LoadOptions(int clients = 64) => _clients = BenchOptions.Whole("--clients", "Concurrency: clients, each with one operation under way", clients, 1, MaxClients);

    /// <summary>Time and clients only: for what has no keys.</summary>
    public void AddPlanTo(Command command)
    {
        foreach (var option in (IEnumerable<Option>)[_clients, _seconds, _warmUp])
        {
            command.Add(option);
        }
    }

    public void AddTo(Command command)
    {
        AddPlanTo(command);
        foreach (var option in (IEnumerable<Option>)
        [
            _operations, _k, _w, _valueBytes, _distribution, _conflicts, _min, _mu, _sigma, _move, _speed, _zipfianS, _zipfianV, _lambda, _seed,
        ])
        {
            command.Add(option);
        }
    }

    public int Clients(ParseResult parsed) => (int)parsed.GetValue(_clients);

    /// <summary>With fewer options the rest is as it is when nobody says.</summary>
    public LoadPlan Plan(ParseResult parsed) => new(
        Clients(parsed), TimeSpan.FromSeconds(parsed.GetValue(_warmUp)), TimeSpan.FromSeconds(parsed.GetValue(_seconds)), parsed.GetValue(_operations));

    /// <exception cref="UsageException">A field is out of range.</exception>
    public Workload Workload(ParseResult parsed, string keyPrefix = "")
    {
        var settings = new WorkloadSettings
        {
            K = (int)parsed.GetValue(_k),
            W = parsed.GetValue(_w),
            Distribution = parsed.GetValue(_distribution) ?? "uniform",
            Conflicts = (int)parsed.GetValue(_conflicts),
            Min = (int)parsed.GetValue(_min),
            Mu = parsed.GetValue(_mu),
            Sigma = parsed.GetValue(_sigma),
            Move = parsed.GetValue(_move),
            Speed = (int)parsed.GetValue(_speed),
            ZipfianS = parsed.GetValue(_zipfianS),
            ZipfianV = parsed.GetValue(_zipfianV),
            Lambda = parsed.GetValue(_lambda),
            ValueBytes = (int)parsed.GetValue(_valueBytes),
            KeyPrefix = keyPrefix,
        };
        return settings.Fault() is { } fault ? throw new UsageException(fault) : new Workload(settings, (ulong)parsed.GetValue(_seed));
    }
}
