using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Reflection;
using Akka.Actor;
using Paxi.Actors.Configuration;
using Paxi.Actors.Journal;
using Paxi.Node.Cli.Shell;

namespace Paxi.Node.Cli;

/// <summary>The program <c>paxi</c>: all verbs, parsed by System.CommandLine, with help and errors of our own.</summary>
internal static class PaxiCommandLine
{
    private static readonly ParserConfiguration Parsing = new()
    {
        // A key or value may begin with @ or -: neither response files nor bundles of letters.
        ResponseFileTokenReplacer = null,
        EnablePosixBundling = false,
    };

    private static readonly InvocationConfiguration Invocation = new()
    {
        EnableDefaultExceptionHandler = false,
        // For the orderly end of a node after Ctrl-C or SIGTERM: it leaves the cluster.
        ProcessTerminationTimeout = TimeSpan.FromSeconds(15),
    };

    private static readonly InvocationConfiguration Uninterrupted = new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };

    public static string Version { get; } =
        typeof(PaxiCommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>Runs one command line.</summary>
    /// <returns>The exit status.</returns>
    public static Task<int> RunAsync(IReadOnlyList<string> arguments, CliContext context, CancellationToken cancellation = default) =>
        RunAsync(Create(context), arguments, context, cancellation);

    /// <inheritdoc cref="RunAsync(IReadOnlyList{string}, CliContext, CancellationToken)"/>
    public static async Task<int> RunAsync(
        RootCommand root, IReadOnlyList<string> arguments, CliContext context, CancellationToken cancellation = default)
    {
        if (arguments.Count == 0)
        {
            HelpScreen.Print(context, root);
            return ExitStatus.Good;
        }

        var parsed = root.Parse(arguments, Parsing);
        if (UsageErrors.Find(parsed, context) is { } error)
        {
            context.Error.WriteLine(error);
            return ExitStatus.Usage;
        }

        var verb = parsed.CommandResult.Command as Verb;
        var name = verb is null ? "paxi" : context.NameOf(verb.Name);
        try
        {
            return await parsed.InvokeAsync(verb is { KeepsInterrupts: true } || context.InShell ? Uninterrupted : Invocation, cancellation);
        }
        catch (UsageException problem)
        {
            context.Error.WriteLine($"{name}: {problem.Message}; see {name} --help");
            return ExitStatus.Usage;
        }
        catch (Exception problem) when (problem is ConfigurationException or JournalException)
        {
            context.Error.WriteLine($"{name}: {problem.Message.ReplaceLineEndings(" ")}");
            return ExitStatus.Usage;
        }
        catch (OperationCanceledException)
        {
            context.Error.WriteLine($"{name}: interrupted");
            return ExitStatus.Interrupted;
        }
        catch (IOException problem) when (IsBrokenPipe(problem))
        {
            // Whoever read our output has gone, as `head` does.
            return ExitStatus.Failed;
        }
    }

    public static RootCommand Create(CliContext context)
    {
        var root = new RootCommand("Replication protocols as actors: a strongly consistent key-value store, and a laboratory to compare and break them.");
        root.Options.Clear();
        root.Options.Add(new HelpOption("--help", "-h") { Action = new HelpAction(context) });
        root.Options.Add(new VersionOption { Action = new VersionAction(context) });
        foreach (var verb in (IEnumerable<Verb>)
        [
            .. RunVerbs.Create(context), .. StoreVerbs.Create(context), ShellVerb.Create(context), .. StatusVerbs.Create(context), .. HistoryVerbs.Create(context),
            .. MemberVerbs.Create(context), .. FaultVerbs.Create(context), .. ProofVerbs.Create(context),
        ])
        {
            if (verb.InShell || !context.InShell)
            {
                root.Add(verb);
            }
        }

        return root;
    }

    private static bool IsBrokenPipe(IOException problem) =>
        problem.InnerException is System.Net.Sockets.SocketException || problem.Message.Contains("Broken pipe", StringComparison.OrdinalIgnoreCase);

    private sealed class HelpAction(CliContext context) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            if (parseResult.CommandResult.Command is Verb verb)
            {
                HelpScreen.Print(context, verb);
            }
            else
            {
                HelpScreen.Print(context, parseResult.RootCommandResult.Command);
            }

            return ExitStatus.Good;
        }
    }

    private sealed class VersionAction(CliContext context) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            context.Out.WriteLine($"paxi {Version} (Akka.NET {typeof(ActorSystem).Assembly.GetName().Version?.ToString(3)}, .NET {Environment.Version})");
            return ExitStatus.Good;
        }
    }
}
