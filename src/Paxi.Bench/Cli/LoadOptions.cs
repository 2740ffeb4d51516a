using System.CommandLine;
using System.CommandLine.Parsing;
using Akka.Configuration;
using Paxi.Actors.Configuration;
using Paxi.Bench.Loads;
using Paxi.Bench.Workloads;
using Paxi.Node.Cli;

namespace Paxi.Bench.Cli;

/// <summary>
/// How long, by how many clients, and what they ask for; the workload's options have Paxi's field names. The same fields may stand in a file, in the section
/// <c>benchmark</c>; what the command line says goes before the file, and the file before a preset.
/// </summary>
internal sealed class LoadOptions
{
    private const string Check = "LinearizabilityCheck";
    private const int MaxClients = 100_000;
    private const double MaxRate = 10_000_000;

    private readonly List<Field> _fields = [];
    private readonly List<Field> _plan = [];
    private readonly Option<string?> _ycsb = BenchOptions.Choice("--ycsb", "a workload of YCSB, as far as other options do not say otherwise", [.. Ycsb.Names]);
    private readonly Option<string?> _file = BenchOptions.Text("--workload", "F", "a HOCON file with the section benchmark { T N K W Throttle Concurrency Distribution … }");
    private readonly int _defaultClients;

    /// <param name="clients">How many clients when nobody says.</param>
    public LoadOptions(int clients = 64)
    {
        _defaultClients = clients;
        AddPlan(clients);
        AddDistribution();
        AddMore();
    }

    /// <summary>Time and clients only: for what has no keys.</summary>
    public void AddPlanTo(Command command)
    {
        foreach (var field in _plan)
        {
            command.Add(field.Option);
        }
    }

    /// <param name="canCheck">Whether the command can judge a history.</param>
    public void AddTo(Command command, bool canCheck = false)
    {
        foreach (var field in _fields.Where(field => canCheck || field.Name != Check))
        {
            command.Add(field.Option);
        }

        command.Add(_ycsb);
        command.Add(_file);
    }

    public int Clients(ParseResult parsed) => Read(parsed).ClientCount;

    /// <summary>With fewer options the rest is as it is when nobody says.</summary>
    public LoadPlan Plan(ParseResult parsed) => Read(parsed).Plan();

    /// <exception cref="UsageException">A field is out of range.</exception>
    public Workload Workload(ParseResult parsed, string keyPrefix = "") => Read(parsed).Create(1, keyPrefix);

    /// <param name="basis">What holds where the command line says nothing; null for the defaults.</param>
    /// <exception cref="UsageException">The file does not fit.</exception>
    public LoadSpec Read(ParseResult parsed, LoadSpec? basis = null)
    {
        var spec = basis ?? new LoadSpec { DefaultClients = _defaultClients };
        if (parsed.GetResult(_ycsb) is not null && parsed.GetValue(_ycsb) is { } preset)
        {
            spec = spec with { Workload = Ycsb.Preset(preset) };
        }

        if (parsed.GetResult(_file) is not null && parsed.GetValue(_file) is { } path)
        {
            spec = ReadFile(path, spec);
        }

        return Apply(parsed, spec);
    }

    /// <summary>The fields of a file's section <c>benchmark</c>.</summary>
    /// <exception cref="UsageException">It cannot be read, or a field is unknown or out of range.</exception>
    internal LoadSpec ReadFile(string path, LoadSpec basis)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--workload {path} cannot be read: {fault.Message}");
        }

        return ReadText(path, text, basis);
    }

    internal LoadSpec ReadText(string source, string text, LoadSpec basis)
    {
        var arguments = BenchmarkSection.Arguments(source, text, _fields.ToDictionary(static field => field.Name, static field => field.Option));
        var command = new Command("benchmark");
        AddTo(command, canCheck: true);
        var parsed = command.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            var message = parsed.Errors[0].Message;
            foreach (var field in _fields)
            {
                message = message.Replace($"{field.Option.Name} is '", $"{field.Name} is '", StringComparison.Ordinal);
            }

            throw new UsageException($"{source}: benchmark: {message}");
        }

        return Apply(parsed, basis);
    }

    private LoadSpec Apply(ParseResult parsed, LoadSpec spec)
    {
        foreach (var field in _fields)
        {
            if (parsed.GetResult(field.Option) is { Implicit: false })
            {
                spec = field.Apply(parsed, spec);
            }
        }

        return spec;
    }

    private void AddPlan(int clients)
    {
        Add("Concurrency", BenchOptions.Whole("--clients", "Concurrency: clients, each with one operation under way; with --rate the most that are outstanding", clients, 1, MaxClients),
            static (spec, value) => spec with { Clients = (int)value });
        Add("T", BenchOptions.Real("--seconds", "T: the length of the measurement", 10, 0.1, 1e6), static (spec, value) => spec with { Seconds = value });
        Add("WarmUp", BenchOptions.Real("--warm-up", "seconds before the measurement, left out of it", 3, 0, 1e6), static (spec, value) => spec with { WarmUp = value });
        _plan.AddRange(_fields);
        Add("Throttle", BenchOptions.Real("--rate", "Throttle: an open loop, so many operations a second by a Poisson process (default: a closed loop)", 0, 0.001, MaxRate, showsPreset: false),
            static (spec, value) => spec with { Rate = value });
        Add("N", BenchOptions.Whole("--N", "end after so many operations; 0: after the time", 0, 0, long.MaxValue), static (spec, value) => spec with { Operations = value });
        Add(Check, BenchOptions.Flag("--check", "LinearizabilityCheck: record the history and judge it"), static (spec, value) => spec with { Check = value });
    }

    private void AddDistribution()
    {
        AddKeys("K", BenchOptions.Whole("--K", "keys", 1000, 1, WorkloadSettings.MaxKeys), static (keys, value) => keys with { K = (int)value });
        AddKeys("W", BenchOptions.Real("--W", "the part of the operations that write", 0.5, 0, 1), static (keys, value) => keys with { W = value });
        AddKeys("Distribution", BenchOptions.Choice("--Distribution", "which keys (default: uniform)", [.. KeyDistribution.Names, KeyDistribution.PaxiZipf]),
            static (keys, value) => keys with { Distribution = value ?? keys.Distribution });
        AddKeys("Conflicts", BenchOptions.Whole("--Conflicts", "conflict: per cent that go to the hot key", 100, 0, 100), static (keys, value) => keys with { Conflicts = (int)value });
        AddKeys("Min", BenchOptions.Whole("--Min", "the first key", 0, 0, int.MaxValue), static (keys, value) => keys with { Min = (int)value });
        AddKeys("Mu", BenchOptions.Real("--Mu", "normal: the mean", 0, -1e9, 1e9), static (keys, value) => keys with { Mu = value });
        AddKeys("Sigma", BenchOptions.Real("--Sigma", "normal: the standard deviation", 60, 1e-9, 1e9), static (keys, value) => keys with { Sigma = value });
        AddKeys("Move", BenchOptions.Flag("--Move", "normal: the mean moves"), static (keys, value) => keys with { Move = value });
        AddKeys("Speed", BenchOptions.Whole("--Speed", "normal: milliseconds in which it moves by a key", 500, 1, int.MaxValue), static (keys, value) => keys with { Speed = (int)value });
        AddKeys("Zipfian_s", BenchOptions.Real("--Zipfian_s", "zipfian, latest: s of the weight (v + k)^-s", 2, 0, 100), static (keys, value) => keys with { ZipfianS = value });
        AddKeys("Zipfian_v", BenchOptions.Real("--Zipfian_v", "zipfian, latest: v of the weight (v + k)^-s", 1, 1e-3, 1e9), static (keys, value) => keys with { ZipfianV = value });
        AddKeys("Lambda", BenchOptions.Real("--Lambda", "exponential: the rate per key", 0.01, 1e-9, 1e9), static (keys, value) => keys with { Lambda = value });
        AddKeys("PerZone", BenchOptions.Flag("--per-zone", "normal: each zone's mean is the centre of its own part of the keys"), static (keys, value) => keys with { PerZone = value });
        Add("Locality", BenchOptions.Real("--locality", "keys near their zone: normal, per zone, with the Sigma that gives this locality; 1: each zone has keys of its own", 0, 0.001, 1, showsPreset: false),
            static (spec, value) => spec with { Locality = value });
    }

    private void AddMore()
    {
        AddKeys("ValueBytes", BenchOptions.Range("--value-bytes", "the size of a written value, or the smallest and the largest of sizes that are uniform", 10, 0, WorkloadSettings.MaxBytes),
            static (keys, value) => keys with { ValueBytes = value.Least, MaxValueBytes = value.Most > value.Least ? value.Most : 0 });
        AddKeys("Transactions", BenchOptions.Real("--transactions", "the part of the operations that are transactions", 0, 0, 1), static (keys, value) => keys with { Transactions = value });
        AddKeys("TransactionKeys", BenchOptions.Whole("--transaction-keys", "keys of a transaction", 2, 1, WorkloadSettings.MaxKeysAtOnce), static (keys, value) => keys with { TransactionKeys = (int)value });
        AddKeys("ReadModifyWrite", BenchOptions.Real("--read-modify-write", "the part of the reads that the same client follows by a write of the key", 0, 0, 1), static (keys, value) => keys with { ReadModifyWrite = value });
        AddKeys("Inserts", BenchOptions.Flag("--inserts", "writes go to new keys"), static (keys, value) => keys with { Inserts = value });
        AddKeys("ScanKeys", BenchOptions.Whole("--scan-keys", "reads are transactions that read 1 to so many keys in a row", 0, 0, WorkloadSettings.MaxKeysAtOnce), static (keys, value) => keys with { ScanKeys = (int)value });
        AddKeys("Preload", BenchOptions.Flag("--preload", "write every key once before the warm-up"), static (keys, value) => keys with { Preload = value });
        Add("Seed", BenchOptions.Whole("--seed", "of the operations", 1, 0, long.MaxValue), static (spec, value) => spec with { Seed = value });
    }

    private void AddKeys<T>(string name, Option<T> option, Func<WorkloadSettings, T, WorkloadSettings> apply) =>
        Add(name, option, (spec, value) => spec with { Workload = apply(spec.Workload, value) });

    private void Add<T>(string name, Option<T> option, Func<LoadSpec, T, LoadSpec> apply) =>
        _fields.Add(new Field(name, option, (parsed, spec) => apply(spec, parsed.GetValue(option)!)));

    /// <param name="Name">In a file.</param>
    private sealed record Field(string Name, Option Option, Func<ParseResult, LoadSpec, LoadSpec> Apply);
}
