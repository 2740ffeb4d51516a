using System.CommandLine;
using System.CommandLine.Parsing;
using Paxi.Bench.Cli;
using Paxi.Node.Cli;
using Paxi.Protocols;

namespace Paxi.Bench.Runs;

/// <summary>One of those that are compared.</summary>
internal sealed record Candidate(string Name, LocalSpec Spec)
{
    private const char SavedMark = '@';

    /// <summary>How it may be written; also for help.</summary>
    public const string Forms = "ALGORITHM, ALGORITHM:OPTIONS as in \"paxos:--journal disk\", NAME=ALGORITHM:OPTIONS, or @FILE with one of these in it";

    /// <param name="common">What holds for all of them.</param>
    /// <exception cref="UsageException">The algorithm or an option does not exist or does not fit.</exception>
    public static Candidate Parse(string text, LocalSpec common, LocalOptions options)
    {
        if (text.StartsWith(SavedMark))
        {
            text = ReadSaved(text[1..]);
        }

        var (head, rest) = Cut(text, ':');
        var (name, algorithm) = head.Contains('=', StringComparison.Ordinal) ? Cut(head, '=') : (text.Trim(), head);
        algorithm = algorithm.Trim();
        var known = ProtocolList.All.Select(static protocol => protocol.Name).ToArray();
        if (!known.Contains(algorithm))
        {
            throw new UsageException($"'{text}' names no algorithm; write {Forms}, with one of {string.Join(", ", known)}");
        }

        var command = new Command("candidate");
        options.AddTo(command, hasAlgorithm: false);
        // Only double quotes hold words together; within those of the shell single ones are at hand.
        var quoted = rest.Contains('"', StringComparison.Ordinal) ? rest : rest.Replace('\'', '"');
        var parsed = command.Parse([.. CommandLineParser.SplitCommandLine(quoted)]);
        if (parsed.Errors.Count > 0)
        {
            throw new UsageException($"'{text}': {parsed.Errors[0].Message.ReplaceLineEndings(" ")}");
        }

        return new Candidate(name, (options.Read(parsed, common) with { Algorithm = algorithm }).Checked());
    }

    private static (string Head, string Tail) Cut(string text, char at) =>
        text.IndexOf(at, StringComparison.Ordinal) is >= 0 and var index ? (text[..index], text[(index + 1)..]) : (text, "");

    private static string ReadSaved(string path)
    {
        try
        {
            return File.ReadAllText(path).ReplaceLineEndings(" ").Trim();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"@{path} cannot be read: {fault.Message}");
        }
    }
}
