using System.Globalization;
using Paxi.TestKit.World;

namespace Paxi.TestKit.Simulation;

/// <summary>The sums over the seeds. Safe for several threads; what it says does not depend on their timing.</summary>
internal sealed class SimulateTally(ulong first, int count)
{
    /// <summary>A fault that was planned in this many runs and never happened is worth a word.</summary>
    private const int Enough = 20;

    private readonly Lock _lock = new();
    private readonly UInt128[] _hashes = new UInt128[count];
    private readonly SortedDictionary<ulong, RunReport> _failed = [];
    private readonly SortedDictionary<ulong, string> _undecided = [];

    public int Done { get; private set; }

    public long Operations { get; private set; }

    public long Messages { get; private set; }

    public TimeSpan Virtual { get; private set; }

    public long Steps { get; private set; }

    public Coverage Coverage { get; } = new();

    /// <summary>By seed.</summary>
    public IReadOnlyDictionary<ulong, RunReport> Failed => _failed;

    /// <summary>By seed, with the reason.</summary>
    public IReadOnlyDictionary<ulong, string> Undecided => _undecided;

    public int Passed => Done - _failed.Count - _undecided.Count;

    public SimulateProgress Add(RunReport report)
    {
        lock (_lock)
        {
            Done++;
            Operations += report.Operations;
            Messages += report.Messages;
            Virtual += report.Virtual;
            Steps += report.Steps;
            Coverage.Add(report.Coverage);
            _hashes[(int)(report.Options.Seed - first)] = report.TraceHash.Value;
            if (report.Violation is not null)
            {
                _failed.Add(report.Options.Seed, report);
            }
            else if (report.Undecided is { } reason)
            {
                _undecided.Add(report.Options.Seed, reason);
            }

            return new SimulateProgress(Done, count, _failed.Count);
        }
    }

    /// <summary>One hash over the traces of all runs, in the order of the seeds.</summary>
    public string TraceHash()
    {
        var hash = default(TraceHash);
        for (var index = 0; index < count; index++)
        {
            hash.Add(first + (ulong)index);
            hash.Add((ulong)(_hashes[index] >> 64));
            hash.Add((ulong)_hashes[index]);
        }

        return hash.ToString();
    }

    /// <summary>Families that many plans had and that never did anything.</summary>
    public IReadOnlyList<string> NeverExercised()
    {
        var missing = new List<string>();
        foreach (var family in FaultPlan.Families)
        {
            var effect = family switch
            {
                "loss" => Coverage["lost"],
                "duplication" => Coverage["duplicated"],
                "reordering" => Coverage["reordered"],
                _ => Coverage[$"fault {family}"],
            };
            var planned = Coverage[$"planned {family}"];
            if (planned >= Enough && effect == 0)
            {
                missing.Add(string.Create(CultureInfo.InvariantCulture, $"{family} (planned in {planned} runs)"));
            }
        }

        return missing;
    }
}
