using System.CommandLine;
using System.CommandLine.Parsing;
using Paxi.Actors.Configuration;
using Paxi.Bench.Processes;
using Paxi.Node.Cli;

namespace Paxi.Bench.Cli;

/// <summary>The program <c>paxi-bench</c>: its commands, and one line for whatever is wrong.</summary>
internal static class BenchCommandLine
{
    private static readonly InvocationConfiguration Invocation = new()
    {
        EnableDefaultExceptionHandler = false,
        // After Ctrl-C or SIGTERM the processes that were started are ended first.
        ProcessTerminationTimeout = TimeSpan.FromSeconds(20),
    };

    /// <summary>An @ is ours, see <see cref="Runs.Candidate.Forms"/>.</summary>
    private static readonly ParserConfiguration Parser = new() { ResponseFileTokenReplacer = null };

    public static RootCommand Create() => new("Measures replication protocols, and what they are measured against.")
    {
        LocalCommand.Create(),
        WanCommand.Create(),
        PaperCommand.Create(),
        RunCommand.Create(),
        SweepCommand.Create(),
        CompareCommand.Create(),
        ChaosCommand.Create(),
        EchoCommand.Create(),
        MicroCommand.Create(),
        EtcdCommand.Create(),
        EmbeddedCommand.Create(),
        RestCommand.Create(),
        EchoCommand.CreateServer(),
        EmbeddedCommand.CreateNode(),
        RestCommand.CreateServer(),
    };

    /// <summary>Runs one command line.</summary>
    /// <returns>The exit status.</returns>
    public static async Task<int> RunAsync(RootCommand root, IReadOnlyList<string> arguments, TextWriter error)
    {
        var parsed = root.Parse(arguments.Count == 0 ? ["--help"] : arguments, Parser);
        var name = parsed.CommandResult.Command is RootCommand ? "paxi-bench" : $"paxi-bench {parsed.CommandResult.Command.Name}";
        if (parsed.Errors.Count > 0)
        {
            error.WriteLine($"{name}: {Describe(parsed)}; see {name} --help");
            return ExitStatus.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(Invocation);
        }
        catch (UsageException problem)
        {
            error.WriteLine($"{name}: {problem.Message}; see {name} --help");
            return ExitStatus.Usage;
        }
        catch (ConfigurationException problem)
        {
            error.WriteLine($"{name}: {problem.Message.ReplaceLineEndings(" ")}");
            return ExitStatus.Usage;
        }
        catch (BenchException problem)
        {
            error.WriteLine($"{name}: {problem.Message}");
            return ExitStatus.Failed;
        }
        catch (InterruptedException end)
        {
            error.WriteLine($"{name}: {end.Message}");
            return ExitStatus.Interrupted;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"{name}: {fault.Message.ReplaceLineEndings(" ")}");
            return ExitStatus.Failed;
        }
        catch (OperationCanceledException)
        {
            error.WriteLine($"{name}: interrupted");
            return ExitStatus.Interrupted;
        }
    }

    private static string Describe(ParseResult parsed)
    {
        var fault = parsed.Errors[0];
        return fault.SymbolResult switch
        {
            OptionResult { Tokens.Count: 0, IdentifierToken: not null } bare => $"{bare.Option.Name} needs a value: {bare.Option.Description}",
            CommandResult when parsed.UnmatchedTokens.Count > 0 && parsed.CommandResult.Command is RootCommand =>
                $"there is no command '{parsed.UnmatchedTokens[0]}'; it may be {Names(parsed)}",
            CommandResult when parsed.UnmatchedTokens.Count > 0 => $"'{parsed.UnmatchedTokens[0]}' is not an option of it",
            CommandResult when parsed.CommandResult.Command is RootCommand => $"a command is missing; it may be {Names(parsed)}",
            _ => fault.Message.ReplaceLineEndings(" "),
        };
    }

    private static string Names(ParseResult parsed) =>
        string.Join(", ", parsed.RootCommandResult.Command.Subcommands.Where(static command => !command.Hidden).Select(static command => command.Name));
}
