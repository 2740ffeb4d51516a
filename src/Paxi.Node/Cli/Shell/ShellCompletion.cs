using System.CommandLine;
using Paxi.Actors;
using Paxi.Actors.Configuration;

namespace Paxi.Node.Cli.Shell;

/// <summary>What may stand at the cursor: verbs, options and their values, ids of replicas, keys used lately.</summary>
internal sealed class ShellCompletion(RootCommand root, PaxiSettings settings)
{
    private const int MaxKeys = 200;

    private readonly List<string> _keys = [];

    public static IReadOnlyList<string> OwnWords { get; } = ["help", "exit"];

    /// <summary>Remembers the key that a command line names.</summary>
    public void Remember(IReadOnlyList<string> words)
    {
        var verb = words.Count > 1 ? Find(words[0]) : null;
        if (verb?.Arguments.FirstOrDefault()?.Name != "KEY" || words[1].StartsWith('-'))
        {
            return;
        }

        _keys.Remove(words[1]);
        _keys.Insert(0, words[1]);
        if (_keys.Count > MaxKeys)
        {
            _keys.RemoveAt(MaxKeys);
        }
    }

    public Completions Complete(string line, int cursor)
    {
        var start = cursor;
        while (start > 0 && !char.IsWhiteSpace(line[start - 1]))
        {
            start--;
        }

        var typed = line[start..cursor];
        IReadOnlyList<string> before;
        try
        {
            before = ShellWords.Split(line[..start]);
        }
        catch (UsageException)
        {
            // Inside a quote: a text of the user's own.
            return new Completions(start, []);
        }

        return new Completions(start, [.. Candidates(before, typed).Where(word => word.StartsWith(typed, StringComparison.Ordinal)).Distinct()]);
    }

    private IEnumerable<string> Candidates(IReadOnlyList<string> before, string typed)
    {
        if (before.Count == 0 || (before.Count == 1 && before[0] == "help"))
        {
            return Verbs.Select(verb => verb.Name).Concat(before.Count == 0 ? OwnWords : []);
        }

        if (Find(before[0]) is not { } verb)
        {
            return [];
        }

        if (verb.Options.FirstOrDefault(option => option.Name == before[^1] && option.Arity.MaximumNumberOfValues > 0) is { } valued)
        {
            return ValuesOf(valued);
        }

        if (typed.StartsWith('-'))
        {
            return verb.Options.Where(option => !before.Contains(option.Name) && option.Name != "--config").Select(option => option.Name).Append("--help");
        }

        return ValuesOf(ArgumentAt(verb, Positional(verb, before)));
    }

    private IEnumerable<Verb> Verbs => root.Subcommands.OfType<Verb>().Where(verb => verb.InShell);

    private Verb? Find(string name) => Verbs.FirstOrDefault(verb => verb.Name == name);

    /// <summary>How many arguments stand before the cursor, options and their values left out.</summary>
    private static int Positional(Verb verb, IReadOnlyList<string> before)
    {
        var count = 0;
        for (var index = 1; index < before.Count; index++)
        {
            if (verb.Options.FirstOrDefault(option => option.Name == before[index]) is { } option)
            {
                index += option.Arity.MaximumNumberOfValues > 0 ? 1 : 0;
            }
            else
            {
                count++;
            }
        }

        return count;
    }

    private static Argument? ArgumentAt(Verb verb, int index) =>
        index < verb.Arguments.Count ? verb.Arguments[index]
        : verb.Arguments.Count > 0 && verb.Arguments[^1].Arity.MaximumNumberOfValues > 1 ? verb.Arguments[^1]
        : null;

    private IEnumerable<string> ValuesOf(Symbol? symbol) => symbol switch
    {
        Argument { Name: "KEY" } => _keys.Select(ShellWords.Quote),
        Argument argument when argument.ValueType == typeof(ReplicaId) || argument.ValueType == typeof(ReplicaId[]) => Ids,
        Option { Name: "--id" } => Ids,
        Option option => option.GetCompletions(System.CommandLine.Completions.CompletionContext.Empty).Select(item => item.Label),
        _ => [],
    };

    private IEnumerable<string> Ids => settings.Ids.Select(id => id.ToString());
}
