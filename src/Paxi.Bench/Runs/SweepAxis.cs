using System.Globalization;
using Paxi.Node.Cli;

namespace Paxi.Bench.Runs;

/// <summary>What a sweep changes from run to run.</summary>
internal sealed class SweepAxis
{
    private static readonly SweepAxis[] All =
    [
        new("clients", "whole numbers from 1", 1, 100_000, true, static (spec, value) => spec with { Load = spec.Load with { Clients = (int)value, Rate = 0 } }),
        new("rate", "operations per second of an open loop", 0.001, 1e7, false, static (spec, value) => spec with { Load = spec.Load with { Rate = value } }),
        new("conflict", "whole per cents, 0 to 100", 0, 100, true, static (spec, value) => spec with
        {
            Load = spec.Load with { Workload = spec.Load.Workload with { Distribution = "conflict", Conflicts = (int)value } },
        }),
        new("locality", "parts, more than 0 to 1", 0.001, 1, false, static (spec, value) => spec with { Load = spec.Load with { Locality = value } }),
        new("writes", "parts, 0 to 1", 0, 1, false, static (spec, value) => spec with { Load = spec.Load with { Workload = spec.Load.Workload with { W = value } } }),
        new("sizes", "whole bytes", 0, Workloads.WorkloadSettings.MaxBytes, true, static (spec, value) => spec with
        {
            Load = spec.Load with { Workload = spec.Load.Workload with { ValueBytes = (int)value, MaxValueBytes = 0 } },
        }),
        new("zones", "whole numbers, 1 to 16", 1, 16, true, static (spec, value) => spec with { Zones = (int)value }),
        new("nodes", "whole numbers, 1 to 16", 1, 16, true, static (spec, value) => spec with { Nodes = (int)value }),
    ];

    private readonly string _mayBe;
    private readonly double _least;
    private readonly double _most;
    private readonly bool _isWhole;
    private readonly Func<LocalSpec, double, LocalSpec> _apply;

    private SweepAxis(string name, string mayBe, double least, double most, bool isWhole, Func<LocalSpec, double, LocalSpec> apply) =>
        (Name, _mayBe, _least, _most, _isWhole, _apply) = (name, mayBe, least, most, isWhole, apply);

    public static IEnumerable<string> Names => All.Select(static axis => axis.Name);

    public string Name { get; }

    /// <param name="text">As in <c>clients=1,16,64</c>.</param>
    /// <returns>The axis and its values, in the order in which they are given.</returns>
    /// <exception cref="UsageException">There is no such axis, or a value is out of range.</exception>
    public static (SweepAxis Axis, IReadOnlyList<double> Values) Parse(string text)
    {
        var parts = text.Split('=', 2);
        var axis = Array.Find(All, axis => axis.Name == parts[0])
            ?? throw new UsageException($"--over is '{text}'; it may be NAME=VALUE,VALUE… with one of {string.Join(", ", Names)}");
        return parts.Length == 2
            ? (axis, [.. parts[1].Split(',').Select(axis.Value)])
            : throw new UsageException($"--over is '{text}', without values; write as in {axis.Name}={axis._least},{axis._most}");
    }

    /// <summary>The name with its unit.</summary>
    public string Unit => Name switch
    {
        "rate" => "rate (operations/s)",
        "conflict" => "conflict (%)",
        "sizes" => "sizes (bytes)",
        _ => Name,
    };

    public LocalSpec Apply(LocalSpec spec, double value) => _apply(spec, value);

    private double Value(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value >= _least && value <= _most && (!_isWhole || value == Math.Floor(value))
            ? value
            : throw new UsageException($"--over {Name} has the value '{text}'; it may be {_mayBe}");
}
