using Spectre.Console;

namespace Paxi.Node.Cli;

/// <summary>A cell: its text, and a Spectre style for terminals (<c>green</c>, <c>dim</c>), or none.</summary>
internal readonly record struct Cell(string Text, string? Style = null)
{
    public static implicit operator Cell(string text) => new(text);
}

/// <summary>
/// Rows under a line of headings. On a terminal with styles; piped as columns with two blanks between, without any escape, for <c>awk</c>. No borders: they say nothing
/// and cost width.
/// </summary>
internal sealed class TextTable(params string[] headings)
{
    private const int Gap = 2;

    private readonly List<Cell[]> _rows = [];

    public void Add(params Cell[] cells)
    {
        if (cells.Length != headings.Length)
        {
            throw new ArgumentException($"{cells.Length} cells for {headings.Length} columns", nameof(cells));
        }

        _rows.Add(cells);
    }

    public void Print(CliContext context, string indent = "")
    {
        var widths = new int[headings.Length];
        for (var column = 0; column < widths.Length; column++)
        {
            widths[column] = _rows.Select(row => row[column].Text.GetCellWidth()).Append(headings[column].GetCellWidth()).Max();
        }

        PrintRow(context, indent, widths, [.. headings.Select(heading => new Cell(heading, "dim"))]);
        foreach (var row in _rows)
        {
            PrintRow(context, indent, widths, row);
        }
    }

    /// <summary>The last column is cut at the edge of a terminal; a wrapped row cannot be read.</summary>
    private static void PrintRow(CliContext context, string indent, int[] widths, Cell[] cells)
    {
        var used = indent.Length;
        var line = new System.Text.StringBuilder(indent);
        for (var column = 0; column < cells.Length; column++)
        {
            var text = context.Terminal ? Cut(cells[column].Text, context.Width - used) : cells[column].Text;
            line.Append(Styled.Text(context, text, cells[column].Style));
            if (column < cells.Length - 1)
            {
                var blanks = widths[column] - text.GetCellWidth() + Gap;
                line.Append(' ', Math.Max(0, blanks));
                used += Math.Max(widths[column], text.GetCellWidth()) + Gap;
            }
        }

        context.Out.WriteLine(line.ToString().TrimEnd());
    }

    private static string Cut(string text, int most)
    {
        if (text.GetCellWidth() <= most)
        {
            return text;
        }

        var length = text.Length;
        while (length > 0 && text[..length].GetCellWidth() > most - 1)
        {
            length--;
        }

        return most <= 0 ? "" : text[..length] + "…";
    }
}

/// <summary>Text with a style, when a person looks.</summary>
internal static partial class Styled
{
    public static string Text(CliContext context, string text, string? style)
    {
        if (style is null || !context.Terminal || text.Length == 0)
        {
            return text;
        }

        using var styled = new StringWriter();
        new AnsiWriter(styled, context.Console.Profile.Capabilities).Write(text, Style.Parse(style));
        return styled.ToString();
    }
    /// <summary>On a terminal with breaks between words where the line would not fit, so that none is cut in two; piped, the one line that it is.</summary>
    public static string Wrap(CliContext context, string text)
    {
        if (!context.Terminal)
        {
            return text;
        }

        var lines = new System.Text.StringBuilder();
        var used = 0;
        foreach (var word in text.Split(' '))
        {
            var width = Escapes().Replace(word, "").GetCellWidth();
            var breaks = used > 0 && used + 1 + width > context.Width;
            lines.Append(breaks ? "\n" : lines.Length > 0 ? " " : "").Append(word);
            used = breaks || used == 0 ? width : used + 1 + width;
        }

        return lines.ToString();
    }

    [System.Text.RegularExpressions.GeneratedRegex(@"\x1b\[[0-9;]*m")]
    private static partial System.Text.RegularExpressions.Regex Escapes();
}
