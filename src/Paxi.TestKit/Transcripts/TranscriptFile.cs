using System.Text;

namespace Paxi.TestKit.Transcripts;

/// <summary>One command of a transcript with what must come of it.</summary>
/// <param name="Prose">The lines before the command, as they are: what the reader is told.</param>
/// <param name="Command">One line.</param>
/// <param name="Output">The exact output, each line ended by a newline; empty when nothing may come.</param>
/// <param name="Line">Of the command in the file, from 1.</param>
public sealed record TranscriptStep(string Prose, string Command, string Output, int Line);

/// <summary>
/// A scenario as text. Lines that begin with <c>#</c> and blank lines are prose; any other line is a command, followed by a line <c>----</c> and the
/// exact output up to the next blank line.
/// </summary>
/// <param name="Steps">In their order.</param>
/// <param name="Rest">Prose after the last command.</param>
public sealed record TranscriptFile(IReadOnlyList<TranscriptStep> Steps, string Rest)
{
    private const string Rule = "----";

    /// <exception cref="TranscriptException">A command without its rule; the message names the line.</exception>
    public static TranscriptFile Parse(string text)
    {
        var lines = text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        var steps = new List<TranscriptStep>();
        var prose = new StringBuilder();
        for (var index = 0; index < lines.Length; index++)
        {
            if (lines[index].Length == 0 || lines[index][0] == '#')
            {
                prose.Append(lines[index]).Append('\n');
                continue;
            }

            var command = index;
            if (index + 1 >= lines.Length || lines[index + 1] != Rule)
            {
                throw new TranscriptException(command + 1, $"'{lines[command]}' must be followed by a line {Rule} and its output");
            }

            var output = new StringBuilder();
            for (index += 2; index < lines.Length && lines[index].Length > 0; index++)
            {
                output.Append(lines[index]).Append('\n');
            }

            index--;
            steps.Add(new TranscriptStep(prose.ToString(), lines[command], output.ToString(), command + 1));
            prose.Clear();
        }

        return new TranscriptFile(steps, prose.ToString());
    }

    /// <summary>The file's text; <see cref="Parse"/> reads it back.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var step in Steps)
        {
            text.Append(step.Prose).Append(step.Command).Append('\n').Append(Rule).Append('\n').Append(step.Output);
        }

        return text.Append(Rest).ToString().TrimEnd('\n') + "\n";
    }
}

/// <summary>A transcript that cannot be read or carried out.</summary>
/// <param name="line">In the file, from 1.</param>
public sealed class TranscriptException(int line, string message) : Exception($"line {line}: {message}")
{
    public int Line { get; } = line;
}
