using System.Globalization;
using System.Text;

namespace Paxi.Protocols.Tests.Planted;

/// <summary><c>docs/planted-bugs.md</c>: written from what was found, and read for the seeds at which to look.</summary>
internal static class PlantedTable
{
    private const int LongestViolation = 220;
    private const int SeedColumn = 5;

    private const string Intro = """
        # Planted bugs: what the simulator is known to find

        A simulator that finds nothing may be looking at correct code, or not looking. So here are bugs, put into Multi-Paxos or WPaxos one at a time, each the re-creation of one that was made
        in earnest or that a paper warns of, and for each the first seed of the swarm that finds it and the check that says so. `dotnet test tests/Paxi.Protocols.Tests --filter Planted`
        verifies every row: at the row's seed the named check must report what stands there, the seeds just before it must report nothing, and the correct code must pass all of them.

        - **Runs**: their size, as on the command line of `paxi simulate`, and what is not left to the seed. Where a bug needs a rare coincidence, seeds that lack it are counted and not run.
        - **Seed**: counted from 1, in such runs, so it is also the number of seeds that the swarm needs. `of` is the number that the row allows.
        - **Violation**: what the check reported, at which virtual time of the run.

        A bug sits in test code (`tests/Paxi.Protocols.Tests/Planted`), never behind a switch in the product: either in what a role is handed (its settings, its journal, its links), or in
        an actor in front of the role that changes its messages. The rest is the code that runs live.

        To repeat a row, with the banner of its run, or to look for it in other seeds, name the bug and a range:

        ```
        PAXI_SEEDS=1..100 dotnet test tests/Paxi.Protocols.Tests --filter "DisplayName~no_session_table" --logger "console;verbosity=detailed"
        ```

        To add a row, add a `PlantedBug` to one of the lists in that folder: a name, what is wrong, where that comes from, the checks of which one must catch it, and the roles that it
        replaces. Then let the seeds be found and this file be written; the same command brings it up to date after a change of the protocol or of the simulator that changes its runs:

        ```
        PAXI_PLANTED=write dotnet test tests/Paxi.Protocols.Tests -c Release --filter Planted
        ```

        A bug that the allowed seeds do not find fails its test. Give such a row more seeds or larger runs if it is rare, and doubt the swarm if it should not be.


        """;

    public static string Path { get; } = System.IO.Path.GetFullPath(System.IO.Path.Combine(AppContext.BaseDirectory, "../../../../../docs/planted-bugs.md"));

    /// <summary>The seed that the committed table names for the bug; null when it has no such row.</summary>
    public static ulong? SeedOf(PlantedBug bug)
    {
        var row = File.Exists(Path) ? File.ReadLines(Path).FirstOrDefault(line => line.StartsWith($"| {bug.Name} |", StringComparison.Ordinal)) : null;
        var cells = row?.Split('|', StringSplitOptions.TrimEntries);
        return cells?.Length > SeedColumn && ulong.TryParse(cells[SeedColumn].Split(' ')[0], CultureInfo.InvariantCulture, out var seed) ? seed : null;
    }

    public static string Render(IEnumerable<Finding> findings)
    {
        var text = new StringBuilder(Intro.ReplaceLineEndings("\n"));
        text.Append("| Bug | What is wrong | What it re-creates | Runs | Seed | Check | Violation |\n|---|---|---|---|---|---|---|\n");
        foreach (var (bug, seed, violation) in findings)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"| {bug.Name} | {Cell(bug.What)} | {Cell(bug.Origin)} | {Cell(bug.ShowRuns())} | {seed} of {bug.LastSeed} | {violation.Check} | ");
            text.Append(CultureInfo.InvariantCulture, $"{violation.At.TotalMilliseconds:0} ms: {Cell(Shorten(violation.Message))} |\n");
        }

        return text.ToString();
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    /// <summary>Without the stack of an exception, which names places of the machine.</summary>
    private static string Shorten(string message)
    {
        var stack = message.IndexOf(" (at ", StringComparison.Ordinal);
        var text = stack < 0 ? message : message[..stack];
        return text.Length <= LongestViolation ? text : $"{text.AsSpan(0, LongestViolation)}…";
    }
}
