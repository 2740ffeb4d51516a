using System.CommandLine;
using System.CommandLine.Parsing;

namespace Paxi.Node.Cli;

/// <summary>Turns what the parser found into one line: the verb, the argument, what it may be, where to read more.</summary>
internal static class UsageErrors
{
    /// <summary>The line to print, or null when the command line is good.</summary>
    public static string? Find(ParseResult parsed, CliContext context)
    {
        if (parsed.Action is not System.CommandLine.Invocation.ParseErrorAction && parsed.Errors.Count == 0)
        {
            return parsed.CommandResult.Command is Verb good ? FindStrayOption(parsed, good, context) : null;
        }

        if (parsed.CommandResult.Command is not Verb verb)
        {
            return DescribeRoot(parsed, context);
        }

        return FindStrayOption(parsed, verb, context) ?? $"{context.NameOf(verb.Name)}: {Describe(parsed, verb)}; see {context.NameOf(verb.Name)} --help";
    }

    /// <summary>A misspelt option would else be taken for a value: <c>put key --jsn</c>.</summary>
    private static string? FindStrayOption(ParseResult parsed, Verb verb, CliContext context)
    {
        if (parsed.Tokens[0].Type != TokenType.Command)
        {
            return CommandFirst(parsed.Tokens[0].Value);
        }

        foreach (var token in parsed.Tokens)
        {
            if (token.Type == TokenType.DoubleDash)
            {
                return null;
            }

            if (token.Type == TokenType.Argument && token.Value.Length > 2 && token.Value.StartsWith("--", StringComparison.Ordinal))
            {
                var name = token.Value.Split('=')[0];
                // Only a key, a value or a file may begin so.
                var way = verb.Arguments.Any(static argument => argument.ValueType == typeof(string))
                    ? "a value that begins with -- goes behind a lone --"
                    : $"it takes {string.Join(", ", OptionNames(verb))}";
                return $"{context.NameOf(verb.Name)}: there is no option {Inputs.Quote(name)}{Suggest(name, OptionNames(verb))}; {way}; see {context.NameOf(verb.Name)} --help";
            }
        }

        return null;
    }

    private static string Describe(ParseResult parsed, Verb verb)
    {
        var error = parsed.Errors[0];
        switch (error.SymbolResult)
        {
            case ArgumentResult { Tokens.Count: 0 } missing:
                return $"{missing.Argument.Name} is missing: {missing.Argument.Description}";
            case OptionResult { Tokens.Count: 0, IdentifierToken: null } required:
                return $"{required.Option.Name} is missing: {required.Option.Description}";
            case OptionResult { Tokens.Count: 0 } bare:
                return $"{bare.Option.Name} needs a value: {bare.Option.Description}";
            case OptionResult { IdentifierTokenCount: > 1 } twice:
                return $"{twice.Option.Name} is given {twice.IdentifierTokenCount} times; once is enough";
            case CommandResult when parsed.UnmatchedTokens.Count > 0:
                var most = verb.Arguments.Count;
                return $"{Inputs.Quote(parsed.UnmatchedTokens[0])} is too much: it takes {(most == 0 ? "no argument" : string.Join(' ', verb.Arguments.Select(argument => argument.Name)))}";
            default:
                return error.Message.ReplaceLineEndings(" ");
        }
    }

    private static string DescribeRoot(ParseResult parsed, CliContext context)
    {
        if (parsed.UnmatchedTokens.Count == 0)
        {
            return "paxi: a command is missing; see paxi --help";
        }

        var word = parsed.UnmatchedTokens[0];
        var verbs = parsed.RootCommandResult.Command.Subcommands.Select(verb => verb.Name).ToArray();
        if (word.StartsWith('-'))
        {
            return CommandFirst(word);
        }

        var suggestion = Suggest(word, verbs);
        return context.InShell
            ? $"there is no command {Inputs.Quote(word)}{suggestion}; help lists them"
            : $"paxi: there is no command {Inputs.Quote(word)}{(suggestion.Length > 0 ? suggestion : $"; it may be {Inputs.OneOf(verbs)}")}; see paxi --help";
    }

    private static string CommandFirst(string option) => $"paxi: the command comes first, then {Inputs.Quote(option)}; see paxi --help";

    private static IEnumerable<string> OptionNames(Verb verb) => verb.Options.Select(option => option.Name).Append("--help");

    private static string Suggest(string word, IEnumerable<string> known)
    {
        var best = known.Select(name => (Name: name, Distance: Distance(word, name))).MinBy(candidate => candidate.Distance);
        return best.Name is not null && best.Distance <= Math.Max(1, best.Name.TrimStart('-').Length / 3) ? $"; did you mean {best.Name}?" : "";
    }

    /// <summary>Levenshtein's distance, with a swap of neighbours as one step.</summary>
    private static int Distance(string left, string right)
    {
        var table = new int[left.Length + 1, right.Length + 1];
        for (var row = 0; row <= left.Length; row++)
        {
            for (var column = 0; column <= right.Length; column++)
            {
                if (row == 0 || column == 0)
                {
                    table[row, column] = row + column;
                    continue;
                }

                var change = table[row - 1, column - 1] + (left[row - 1] == right[column - 1] ? 0 : 1);
                var best = Math.Min(change, Math.Min(table[row - 1, column], table[row, column - 1]) + 1);
                if (row > 1 && column > 1 && left[row - 1] == right[column - 2] && left[row - 2] == right[column - 1])
                {
                    best = Math.Min(best, table[row - 2, column - 2] + 1);
                }

                table[row, column] = best;
            }
        }

        return table[left.Length, right.Length];
    }
}
