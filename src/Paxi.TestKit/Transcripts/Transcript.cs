using System.Text;
using Paxi.Actors.Replicas;

namespace Paxi.TestKit.Transcripts;

/// <summary>
/// Runs scenario files and compares what they print. With <c>PAXI_TRANSCRIPTS=write</c> in the environment the files are written anew instead: the outputs are never edited by hand.
/// </summary>
public static class Transcript
{
    private const string Variable = "PAXI_TRANSCRIPTS";

    /// <summary>Carries out all commands of the text.</summary>
    /// <returns>The text with the outputs that came.</returns>
    /// <exception cref="TranscriptException">A line that is not understood.</exception>
    public static string Run(string text, Func<string, IProtocol> find)
    {
        var file = TranscriptFile.Parse(text);
        var steps = new List<TranscriptStep>(file.Steps.Count);
        using var interpreter = new TranscriptInterpreter(find);
        foreach (var step in file.Steps)
        {
            try
            {
                steps.Add(step with { Output = interpreter.Execute(step.Command) });
            }
            catch (Exception fault) when (fault is ArgumentException or FormatException)
            {
                throw new TranscriptException(step.Line, fault.Message);
            }
        }

        return (file with { Steps = steps }).ToString();
    }

    /// <summary>Runs the file; null when every output is as written (or was written now), else where and how it differs.</summary>
    public static string? Check(string path, Func<string, IProtocol> find)
    {
        var expected = File.ReadAllText(path).ReplaceLineEndings("\n");
        var actual = Run(expected, find);
        if (actual == expected)
        {
            return null;
        }

        if (Environment.GetEnvironmentVariable(Variable) == "write")
        {
            File.WriteAllText(path, actual);
            return null;
        }

        return Difference(path, expected, actual);
    }

    private static string Difference(string path, string expected, string actual)
    {
        var (left, right) = (expected.Split('\n'), actual.Split('\n'));
        var line = 0;
        while (line < left.Length && line < right.Length && left[line] == right[line])
        {
            line++;
        }

        var text = new StringBuilder();
        text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{path} differs from line {line + 1} on ({Variable}=write writes it anew):\n");
        foreach (var old in left.Skip(line).Take(12))
        {
            text.Append("- ").Append(old).Append('\n');
        }

        foreach (var now in right.Skip(line).Take(12))
        {
            text.Append("+ ").Append(now).Append('\n');
        }

        return text.ToString();
    }
}
