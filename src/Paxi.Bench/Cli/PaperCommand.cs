using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Paxi.Bench.Papers;
using Paxi.Bench.Runs;
using Paxi.Node.Cli;
using Paxi.TestKit.World;
using Spectre.Console;

namespace Paxi.Bench.Cli;

/// <summary><c>paper</c>: the published figures again, in virtual time.</summary>
internal static class PaperCommand
{
    private const int PlainWidth = 150;

    public static Command Create()
    {
        string[] names = [.. PaperSections.All.Select(static section => section.Name)];
        var quick = BenchOptions.Flag("--quick", "less time and fewer clients");
        var only = BenchOptions.Choice("--only", "one section (default: all)", names);
        var seed = BenchOptions.Whole("--seed", "of every choice", 1, 0, long.MaxValue);
        var output = new OutputOptions();
        var command = new Command("paper", "The published figures again, in virtual time: expected, measured, within tolerance or not") { quick, only, seed };
        output.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.FromResult(Run(
            new PaperScale(parsed.GetValue(quick), (ulong)parsed.GetValue(seed)), parsed.GetValue(only), output.CreateFolder(parsed), output.IsJson(parsed), cancellation)));
        return command;
    }

    private static int Run(PaperScale scale, string? only, RunFolder folder, bool isJson, CancellationToken cancellation)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = PlainWidth;
        }

        var results = new List<PaperResult>();
        foreach (var section in PaperSections.All.Where(section => only is null || section.Name == only))
        {
            var started = Stopwatch.GetTimestamp();
            PaperFindings findings;
            try
            {
                findings = section.Run(scale, cancellation);
            }
            catch (Exception fault) when (fault is TestKit.Checks.ViolationException or WorldFailedException)
            {
                throw new Processes.BenchException($"{section.Name}: {fault.Message.ReplaceLineEndings(" ")}");
            }

            results.Add(new PaperResult(section, findings, Stopwatch.GetElapsedTime(started).TotalSeconds));
            console.Write(ToTable(section, findings.Rows));
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{section.Name}: {results[^1].Seconds:0.0} s"));

            // After each section: what is there stays when a later one fails.
            folder.WriteText("paper.csv", PaperPage.Csv(results));
            folder.WriteText("curves.csv", PaperPage.CurvesCsv(results));
            RunFolder.Draw(() => PaperPage.Write(folder.Path, results));
        }

        PaperRow[] all = [.. results.SelectMany(static result => result.Rows)];
        var outside = all.Count(static row => !row.IsWithin);
        Console.Out.WriteLine($"{all.Length} figures, {all.Length - outside} within tolerance, {outside} outside");
        Console.Out.WriteLine($"folder     {folder.Path}");
        if (isJson)
        {
            Console.Out.WriteLine(Json(all, outside));
        }

        return outside == 0 ? ExitStatus.Good : ExitStatus.Failed;
    }

    private static Table ToTable(PaperSection section, IReadOnlyList<PaperRow> rows)
    {
        var table = new Table { Title = new TableTitle(Markup.Escape(section.Title)), Border = TableBorder.Simple };
        foreach (var name in new[] { "source", "what", "expected", "measured", "difference", "tolerance", "" })
        {
            var column = new TableColumn(name) { NoWrap = name != "what" };
            table.AddColumn(name is "source" or "what" or "" ? column : column.RightAligned());
        }

        foreach (var row in rows)
        {
            table.AddRow(
                Markup.Escape(row.Source), Markup.Escape(row.What), $"{PaperPage.Sign(row.Relation)}{PaperPage.Number(row.Expected)} {row.Unit}", PaperPage.Number(row.Measured),
                PaperPage.Difference(row), PaperPage.Number(row.Tolerance), row.IsWithin ? "[green]within[/]" : "[red]OUTSIDE[/]");
        }

        return table;
    }

    private static string Json(PaperRow[] rows, int outside) => new JsonObject
    {
        ["figures"] = rows.Length,
        ["outside"] = outside,
        ["rows"] = new JsonArray([.. rows.Select(static row => (JsonNode)new JsonObject
        {
            ["source"] = row.Source,
            ["what"] = row.What,
            ["unit"] = row.Unit,
            ["expected"] = row.Expected,
            ["measured"] = double.IsFinite(row.Measured) ? row.Measured : null,
            ["tolerance"] = row.Tolerance,
            ["relation"] = row.Relation.ToString(),
            ["within"] = row.IsWithin,
        })]),
    }.ToJsonString();
}
