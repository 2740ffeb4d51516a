using System.CommandLine;
using Paxi.Bench.Runs;

namespace Paxi.Bench.Cli;

/// <summary><c>local</c>: starts the replicas as processes, loads them, stops them.</summary>
internal static class LocalCommand
{
    public static Command Create()
    {
        var (local, output) = (new LocalOptions(), new OutputOptions());
        var command = new Command("local", "Starts replicas as separate processes, loads them, stops them");
        local.AddTo(command);
        output.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var spec = local.Read(parsed).Checked();
            var folder = output.CreateFolder(parsed);
            var result = await RunProgress.ShowAsync(1, spec.Load.Length, progress =>
                new LocalRun(spec, CommandWords.Of(parsed)).RunAsync(folder, progress, cancellation));
            return Reporting.Finish(result.Report, result.Title, output.IsJson(parsed), folder);
        });
        return command;
    }
}

/// <summary>The command line again, for the record of a run.</summary>
internal static class CommandWords
{
    public static IReadOnlyList<string> Of(ParseResult parsed) => [.. parsed.Tokens.Select(static token => token.Value)];
}
