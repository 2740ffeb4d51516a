using System.CommandLine;
using Spectre.Console;

namespace Paxi.Node.Cli;

/// <summary>What <c>--help</c> prints: of the program, the verbs in groups, an example each; of a verb, its arguments and options.</summary>
internal static class HelpScreen
{
    /// <summary>Where the descriptions begin in the list of verbs.</summary>
    private const int ExampleWidth = 32;

    private static readonly (VerbGroup Group, string Title)[] Groups =
    [
        (VerbGroup.Run, "Run"),
        (VerbGroup.Store, "Read and write"),
        (VerbGroup.Inspect, "Look inside"),
        (VerbGroup.Break, "Break"),
        (VerbGroup.Prove, "Prove"),
    ];

    public static void Print(CliContext context, Command root)
    {
        var verbs = root.Subcommands.OfType<Verb>().ToArray();
        if (!context.InShell)
        {
            PrintWrapped(context, $"{Styled.Text(context, "paxi", "bold")}: ", 6, root.Description ?? "", 0);
            context.Out.WriteLine();
        }

        foreach (var (group, title) in Groups.Where(entry => verbs.Any(verb => verb.Group == entry.Group)))
        {
            context.Out.WriteLine(Styled.Text(context, title, "bold"));
            foreach (var verb in verbs.Where(verb => verb.Group == group))
            {
                PrintExample(context, verb);
            }

            context.Out.WriteLine();
        }

        if (context.InShell)
        {
            PrintWrapped(context, "", 0, "help COMMAND tells more. Tab completes, Up and Down walk the history, Ctrl-C stops a command, exit or Ctrl-D ends.", 0);
            return;
        }

        PrintWrapped(context, "", 0, "Every verb has --help; those that answer have --json, which makes the last line one JSON object.", 0);
        PrintWrapped(context, "", 0, "Exit status: 0 good, 1 a violation or a failed operation, 2 wrong usage or configuration, 3 undecided.", 0);
    }

    public static void Print(CliContext context, Verb verb)
    {
        PrintWrapped(context, $"{Styled.Text(context, context.NameOf(verb.Name), "bold")}: ", context.NameOf(verb.Name).Length + 2, verb.Description ?? "", 0);
        context.Out.WriteLine();
        context.Out.WriteLine($"  {Usage(context, verb)}");
        context.Out.WriteLine();
        var entries = verb.Arguments.Select(argument => (Label: argument.Name, Help: argument.Description))
            .Concat(verb.Options.Where(option => !(context.InShell && option.Name == "--config")).Select(option => (Label: Label(option), Help: option.Description)))
            .ToArray();
        var width = entries.Select(entry => entry.Label.Length).DefaultIfEmpty().Max();
        foreach (var (label, help) in entries)
        {
            PrintEntry(context, label, help ?? "", width);
        }

        if (verb.Notes.Count > 0)
        {
            context.Out.WriteLine();
            foreach (var note in verb.Notes)
            {
                PrintWrapped(context, "", 0, note, 0);
            }
        }

        context.Out.WriteLine();
        context.Out.WriteLine($"Example: {Styled.Text(context, context.NameOf(verb.Example["paxi ".Length..]), "green")}");
    }

    /// <summary>An example that works says more than a grammar; the grammar is one <c>--help</c> away.</summary>
    private static void PrintExample(CliContext context, Verb verb)
    {
        var rest = verb.Example["paxi ".Length..][verb.Name.Length..];
        var label = $"  {(context.InShell ? "" : "paxi ")}{Styled.Text(context, verb.Name, "bold aqua")}{rest}";
        var blanks = ExampleWidth - context.NameOf(verb.Name + rest).Length - 2;
        if (blanks < 2)
        {
            context.Out.WriteLine(label);
            (label, blanks) = ("", ExampleWidth);
        }

        PrintWrapped(context, label + new string(' ', blanks), ExampleWidth, verb.Description ?? "", ExampleWidth);
    }

    private static string Usage(CliContext context, Verb verb)
    {
        var parts = new List<string> { context.NameOf(verb.Name) };
        parts.AddRange(verb.Options.Where(option => option.Required).Select(Label));
        parts.AddRange(verb.Arguments.Select(argument =>
            (argument.Arity.MinimumNumberOfValues == 0 ? $"[{argument.Name}]" : argument.Name) + (argument.Arity.MaximumNumberOfValues > 1 ? "..." : "")));
        if (verb.Options.Any(option => !option.Required))
        {
            parts.Add("[options]");
        }

        return string.Join(' ', parts);
    }

    private static string Label(Option option) => option.HelpName is { } value ? $"{option.Name} {value}" : option.Name;

    private static void PrintEntry(CliContext context, string label, string help, int width) =>
        PrintWrapped(context, $"  {Styled.Text(context, label, "aqua")}{new string(' ', Math.Max(0, width - label.Length))}  ", Math.Max(width, label.Length) + 4, help, width + 4);

    /// <summary>Wraps at the terminal's width, at most 100, with further lines indented.</summary>
    /// <param name="context">Where to print.</param>
    /// <param name="head">Printed in front of the text; may have styles.</param>
    /// <param name="headWidth">Its width in cells, without the styles.</param>
    /// <param name="text">What is wrapped.</param>
    /// <param name="indent">Of further lines.</param>
    private static void PrintWrapped(CliContext context, string head, int headWidth, string text, int indent)
    {
        var most = Math.Min(context.Width, 100);
        var line = head;
        var used = headWidth;
        var first = true;
        foreach (var word in text.Split(' '))
        {
            if (!first && used + 1 + word.GetCellWidth() > most)
            {
                context.Out.WriteLine(line);
                (line, used, first) = (new string(' ', indent), indent, true);
            }

            line += first ? word : $" {word}";
            used += word.GetCellWidth() + (first ? 0 : 1);
            first = false;
        }

        context.Out.WriteLine(line);
    }
}
