using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Paxi.Bench.Papers;
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
        var json = BenchOptions.Flag("--json", "print one JSON object as the last line");
        var command = new Command("paper", "The published figures again, in virtual time: expected, measured, within tolerance or not") { quick, only, seed, json };
        command.SetAction((parsed, cancellation) => Task.FromResult(Run(
            new PaperScale(parsed.GetValue(quick), (ulong)parsed.GetValue(seed)), parsed.GetValue(only), parsed.GetValue(json), cancellation)));
        return command;
    }

    private static int Run(PaperScale scale, string? only, bool isJson, CancellationToken cancellation)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = PlainWidth;
        }

        var all = new List<PaperRow>();
        foreach (var section in PaperSections.All.Where(section => only is null || section.Name == only))
        {
            var started = Stopwatch.GetTimestamp();
            IReadOnlyList<PaperRow> rows;
            try
            {
                rows = section.Run(scale, cancellation);
            }
            catch (Exception fault) when (fault is TestKit.Checks.ViolationException or WorldFailedException)
            {
                throw new Processes.BenchException($"{section.Name}: {fault.Message.ReplaceLineEndings(" ")}");
            }

            all.AddRange(rows);
            console.Write(ToTable(section, rows));
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{section.Name}: {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s"));
        }

        var outside = all.Count(static row => !row.IsWithin);
        Console.Out.WriteLine($"{all.Count} figures, {all.Count - outside} within tolerance, {outside} outside");
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
                Markup.Escape(row.Source), Markup.Escape(row.What), $"{Sign(row.Relation)}{Number(row.Expected)} {row.Unit}", Number(row.Measured),
                (row.Difference > 0 ? "+" : "") + Number(row.Difference), Number(row.Tolerance), row.IsWithin ? "[green]within[/]" : "[red]OUTSIDE[/]");
        }

        return table;
    }

    private static string Sign(PaperRelation relation) => relation switch
    {
        PaperRelation.AtMost => "<= ",
        PaperRelation.AtLeast => ">= ",
        _ => "",
    };

    private static string Number(double value) => value.ToString(Math.Abs(value) >= 1000 ? "N0" : Math.Abs(value) >= 100 ? "0.0" : "0.00", CultureInfo.InvariantCulture);

    private static string Json(List<PaperRow> rows, int outside) => new JsonObject
    {
        ["figures"] = rows.Count,
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
