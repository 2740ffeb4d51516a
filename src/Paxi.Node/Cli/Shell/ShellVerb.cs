using System.CommandLine;

namespace Paxi.Node.Cli.Shell;

/// <summary><c>paxi shell</c>.</summary>
internal static class ShellVerb
{
    public static Verb Create(CliContext context)
    {
        var config = Inputs.Config();
        var verb = new Verb("shell", VerbGroup.Store, "The same at a prompt, with completion", "paxi shell")
        {
            InShell = false,
            KeepsInterrupts = true,
            Notes =
            [
                "One client serves the whole session. Tab completes verbs, options, replicas and keys used lately; Up and Down walk the history.",
                "Ctrl-C stops the command under way, Ctrl-D or exit ends the shell. Piped, it reads a command a line and ends with the last one's exit status.",
            ],
        };
        verb.Add(config);
        verb.SetAction(async (parsed, cancellation) =>
        {
            await using var cluster = context.OpenCluster(parsed.GetValue(config));
            return await new ShellSession(context, cluster).RunAsync(cancellation);
        });
        return verb;
    }
}
