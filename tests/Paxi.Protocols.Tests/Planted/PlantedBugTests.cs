using System.Collections.Concurrent;
using Paxi.TestKit.Simulation;
using Xunit;
using Xunit.Abstractions;

namespace Paxi.Protocols.Tests.Planted;

/// <summary>
/// The swarm finds every planted bug, by the check that should, and finds nothing in the correct code with the same seeds. Without more, at the seeds that
/// <c>docs/planted-bugs.md</c> names. <c>PAXI_PLANTED=write</c> looks for the first seeds anew and writes the file; <c>PAXI_SEEDS=first..last</c> explores a range.
/// </summary>
public sealed class PlantedBugTests(ITestOutputHelper output)
{
    /// <summary>So many seeds up to the one that finds a bug are run: enough to see that a bug does not show everywhere, few enough for all rows together.</summary>
    private const int Window = 6;

    private static readonly bool s_writes = Environment.GetEnvironmentVariable("PAXI_PLANTED") == "write";
    private static readonly string? s_range = Environment.GetEnvironmentVariable("PAXI_SEEDS");
    private static readonly ConcurrentDictionary<string, Lazy<Finding?>> s_findings = new();

    public static TheoryData<string> Names => [.. PlantedBugs.All.Select(bug => bug.Name.Replace(' ', '_'))];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_swarm_finds(string bug)
    {
        var planted = PlantedBugs.Find(bug.Replace('_', ' '));
        if (s_range is { } range)
        {
            Explore(planted, range);
            return;
        }

        var found = FindingOf(planted);
        var (first, last) = WindowOf(planted, found?.Seed ?? planted.FirstSeed);
        Assert.True(found is not null, s_writes
            ? $"'{planted}': the seeds {planted.FirstSeed}..{planted.LastSeed} do not find it"
            : $"'{planted}': the seeds {first}..{SeedOf(planted)} do not find it; PAXI_PLANTED=write looks for another");
        Assert.True(found.IsExpected, $"'{planted}': seed {found.Seed} finds it by another check than {string.Join(", ", planted.Checks)}: {found.Violation}");
        Assert.InRange(found.Seed, planted.FirstSeed, planted.LastSeed);
        Assert.Empty(PlantedSearch.FaultsOfCorrectCode(planted, first, last));
        output.WriteLine($"{planted}: seed {found.Seed}: {found.Violation}");
    }

    [Fact]
    public void The_table_is_what_is_found()
    {
        if (s_range is not null)
        {
            return;
        }

        // A world on each core.
        Parallel.ForEach(PlantedBugs.All, bug => FindingOf(bug));
        var findings = PlantedBugs.All.Select(FindingOf).ToList();
        var table = PlantedTable.Render(findings.OfType<Finding>());
        if (s_writes)
        {
            File.WriteAllText(PlantedTable.Path, table);
        }

        Assert.DoesNotContain(null, findings);
        Assert.True(File.Exists(PlantedTable.Path), $"{PlantedTable.Path} is missing; PAXI_PLANTED=write writes it");
        Assert.Equal(table, File.ReadAllText(PlantedTable.Path).ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Names_are_distinct_and_fit_a_table()
    {
        Assert.Equal(PlantedBugs.All.Length, PlantedBugs.All.Select(bug => bug.Name).Distinct().Count());
        Assert.DoesNotContain(PlantedBugs.All, bug => bug.Name.Contains('|') || bug.Name.Contains('_') || bug.Checks.IsEmpty);
        Assert.DoesNotContain(PlantedBugs.All, bug => bug.Plants.Count == 0 && bug.Quorums is null);
    }

    /// <summary>Each bug is looked for once, whichever test asks first.</summary>
    private static Finding? FindingOf(PlantedBug bug) => s_findings.GetOrAdd(bug.Name, _ => new Lazy<Finding?>(() =>
    {
        var (first, last) = s_writes ? (bug.FirstSeed, bug.LastSeed) : WindowOf(bug, SeedOf(bug));
        return PlantedSearch.Find(bug, first, last).FirstOrDefault();
    })).Value;

    private static ulong SeedOf(PlantedBug bug) => PlantedTable.SeedOf(bug)
        ?? throw new InvalidOperationException($"{PlantedTable.Path} has no row '{bug}'; PAXI_PLANTED=write adds it");

    private static (ulong First, ulong Last) WindowOf(PlantedBug bug, ulong seed) =>
        (seed < bug.FirstSeed + Window ? bug.FirstSeed : seed - Window + 1, seed);

    private void Explore(PlantedBug bug, string range)
    {
        var parts = range.Split("..");
        var (first, last) = (ulong.Parse(parts[0]), ulong.Parse(parts[^1]));
        var findings = PlantedSearch.Find(bug, first, last).ToList();
        foreach (var found in findings)
        {
            output.WriteLine($"seed {found.Seed}: {(found.IsExpected ? "" : "UNEXPECTED ")}{found.Violation}");
        }

        output.WriteLine($"{bug}: {findings.Count} of the seeds {range}, in runs of {Runs.Show(bug.Options)}");
        if (findings.Count > 0)
        {
            output.WriteLine(SimulationRun.Run(new PlantedProtocol(bug), bug.Options with { Seed = findings[0].Seed }).Banner());
        }

        Assert.True(findings.Count > 0, $"'{bug}': no seed of {range} finds it");
        Assert.All(findings, found => Assert.True(found.IsExpected, $"seed {found.Seed}: {found.Violation}"));
        Assert.Empty(PlantedSearch.FaultsOfCorrectCode(bug, first, last));
    }
}
