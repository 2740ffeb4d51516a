using System.Text;
using Paxi.Bench.Reports.Charts;
using Paxi.TestKit.Linearizability;

namespace Paxi.Bench.Reports;

/// <summary>A cell of a table.</summary>
internal readonly record struct Cell(string Text, bool IsNumber = false)
{
    /// <summary>File in the report's folder that the text leads to; null for none.</summary>
    public string? Link { get; init; }

    public static implicit operator Cell(string text) => new(text);

    public static Cell Number(string text) => new(text, IsNumber: true);
}

/// <summary>
/// Builds a page that needs nothing but itself, and writes the pictures of its charts beside it. Whatever text it is given is escaped, so it may come from outside.
/// </summary>
internal sealed class Page
{
    public const string ChartFolder = "charts";

    private readonly StringBuilder _body = new();
    private readonly string _folder;
    private readonly string _title;

    /// <param name="folder">Where the page and its pictures go.</param>
    public Page(string folder, string title)
    {
        (_folder, _title) = (folder, title);
        Directory.CreateDirectory(Path.Combine(folder, ChartFolder));
    }

    public void Element(string name, string text, string style = "") =>
        _body.Append('<').Append(name).Append(style.Length > 0 ? $" class=\"{style}\"" : "").Append('>').Append(PictureText.Escape(text)).Append("</").Append(name).AppendLine(">");

    /// <summary>A box with a strong word and what it means.</summary>
    public void Box(string style, string word, string text) =>
        _body.AppendLine($"<p class=\"{style}\"><b>{PictureText.Escape(word)}</b> {PictureText.Escape(text)}</p>");

    /// <summary>The few figures that matter most, large.</summary>
    public void Figures(IEnumerable<(string Value, string Name)> figures)
    {
        _body.AppendLine("<ul class=\"figures\">");
        foreach (var (value, name) in figures)
        {
            _body.AppendLine($"<li><b>{PictureText.Escape(value)}</b><span>{PictureText.Escape(name)}</span></li>");
        }

        _body.AppendLine("</ul>");
    }

    /// <summary>Draws it into the page and as a picture.</summary>
    /// <param name="heading">The element of its title.</param>
    public void Add(Chart chart, string heading = "h2")
    {
        using (chart)
        {
            Element(heading, chart.Title);
            _body.Append("<div class=\"scroll\">").Append(chart.ToSvg("c")).AppendLine("</div>");
            if (chart.Note.Trim() is { Length: > 0 } note)
            {
                Element("p", note, "under");
            }

            chart.SavePng(Path.Combine(_folder, ChartFolder));
        }
    }

    /// <param name="heads">Names of the columns; numbers are set to the right.</param>
    /// <param name="isBad">Rows that must catch the eye.</param>
    public void Table(IReadOnlyList<Cell> heads, IEnumerable<IReadOnlyList<Cell>> rows, Func<int, bool>? isBad = null)
    {
        _body.AppendLine("<div class=\"scroll\"><table>");
        if (heads.Count > 0)
        {
            Row("th", heads, "");
        }

        var index = 0;
        foreach (var row in rows)
        {
            Row("td", row, isBad?.Invoke(index++) == true ? "bad-row" : "");
        }

        _body.AppendLine("</table></div>");
    }

    /// <summary>Text that is long and seldom wanted; closed at first.</summary>
    public void Details(string summary, string text, bool isWrapped = false) => _body.AppendLine(
        $"<details><summary>{PictureText.Escape(summary)}</summary><pre{(isWrapped ? " class=\"wrap\"" : "")}>" +
        $"{PictureText.Escape(text.ReplaceLineEndings("\n").Replace("\t", "    ", StringComparison.Ordinal))}</pre></details>");

    /// <summary>Writes the file.</summary>
    /// <returns>Its path.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public string Write(string file)
    {
        var path = Path.Combine(_folder, file);
        File.WriteAllText(path, $"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{PictureText.Escape(_title)}</title>
            <style>{PageStyle.Css}</style></head><body>
            {_body}</body></html>

            """, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        return path;
    }

    private void Row(string element, IReadOnlyList<Cell> cells, string style)
    {
        _body.Append(style.Length > 0 ? $"<tr class=\"{style}\">" : "<tr>");
        foreach (var cell in cells)
        {
            var text = PictureText.Escape(cell.Text);
            _body.Append('<').Append(element).Append(cell.IsNumber ? " class=\"number\">" : ">")
                .Append(cell.Link is { } link ? $"<a href=\"{string.Join('/', link.Split('/').Select(Uri.EscapeDataString))}\">{text}</a>" : text)
                .Append("</").Append(element).Append('>');
        }

        _body.AppendLine("</tr>");
    }
}
