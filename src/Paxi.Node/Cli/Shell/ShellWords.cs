using System.Text;

namespace Paxi.Node.Cli.Shell;

/// <summary>Splits a line as a shell does: blanks part words; <c>'…'</c> and <c>"…"</c> keep them together; a backslash takes the next character as it is.</summary>
internal static class ShellWords
{
    /// <exception cref="UsageException">A quote is not closed, or a backslash ends the line.</exception>
    public static IReadOnlyList<string> Split(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var (inWord, quote) = (false, '\0');
        for (var index = 0; index < line.Length; index++)
        {
            var character = line[index];
            if (quote != '\0' && character == quote)
            {
                quote = '\0';
            }
            else if (character == '\\' && quote != '\'')
            {
                index++;
                word.Append(index < line.Length ? line[index] : throw new UsageException("the line ends with a lone \\"));
                inWord = true;
            }
            else if (quote != '\0')
            {
                word.Append(character);
            }
            else if (character is '\'' or '"')
            {
                (quote, inWord) = (character, true);
            }
            else if (!char.IsWhiteSpace(character))
            {
                word.Append(character);
                inWord = true;
            }
            else if (inWord)
            {
                words.Add(word.ToString());
                word.Clear();
                inWord = false;
            }
        }

        if (quote != '\0')
        {
            throw new UsageException($"a quote is not closed: {quote}");
        }

        if (inWord)
        {
            words.Add(word.ToString());
        }

        return words;
    }

    /// <summary>The word as it must be written on a line, quoted if need be.</summary>
    public static string Quote(string word) =>
        word.Length > 0 && !word.Any(character => char.IsWhiteSpace(character) || character is '\'' or '"' or '\\') ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
