using System.Globalization;
using System.Text;
using Paxi.TestKit.Histories;

namespace Paxi.TestKit.Linearizability;

/// <summary>A fault that was in force for a time; without an end it lasted to the end of the run.</summary>
/// <param name="Label">What it was, such as <c>partition {1.1} | {1.2, 1.3}</c>.</param>
/// <param name="Start">Nanoseconds of the history's clock.</param>
/// <param name="End">Nanoseconds of the history's clock, or null.</param>
public sealed record FaultInterval(string Label, long Start, long? End);

/// <summary>
/// Draws a violation as one HTML file that needs nothing else: a bar for each operation in the row of its client, the faults above them, the impossible fragment
/// in colour, the operation that cannot be explained in red. Light or dark, as the reader's system is.
/// </summary>
public static class HtmlPicture
{
    /// <summary>Writes the picture of a report with a fragment.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, CheckReport report, IReadOnlyList<FaultInterval> faults)
    {
        using var writer = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        Write(writer, report, faults);
    }

    /// <summary>Writes the picture of a report with a fragment.</summary>
    public static void Write(TextWriter writer, CheckReport report, IReadOnlyList<FaultInterval> faults)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (report.Fragment.Count == 0)
        {
            throw new ArgumentException("a report without a fragment has no picture", nameof(report));
        }

        var layout = new PictureLayout(report, faults);
        string title = $"Not linearizable: key {Operation.Visible(report.Key ?? "")}";
        writer.WriteLine("<!DOCTYPE html>");
        writer.WriteLine("<html lang=\"en\"><head><meta charset=\"utf-8\">");
        writer.WriteLine("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        writer.WriteLine($"<title>{PictureText.Escape(title)}</title>");
        writer.WriteLine($"<style>{PictureStyle.Css}</style></head><body>");
        writer.WriteLine($"<h1>{PictureText.Escape(title)}</h1>");
        writer.WriteLine($"<p class=\"reason\">{PictureText.Escape(report.Reason ?? "")}</p>");
        writer.WriteLine($"<p class=\"note\">{PictureText.Escape(Summary(report, layout))}</p>");
        Legend(writer, layout);
        writer.WriteLine("<div class=\"scroll\">");
        PictureSvg.Write(writer, layout);
        writer.WriteLine("</div>");
        Table(writer, report);
        writer.WriteLine("</body></html>");
    }

    private static string Summary(CheckReport report, PictureLayout layout)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{report.Fragment.Count} of {report.Operations:N0} operations are impossible together");
        text.Append(report.FromAnyState ? ", whatever the key held before the first of them. " : ". ");
        if (layout.Neighbours > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"Drawn pale: {layout.Neighbours:N0} more on the same keys at that time");
            text.Append(layout.Omitted > 0 ? string.Create(CultureInfo.InvariantCulture, $" ({layout.Omitted:N0} are left out). ") : ". ");
        }

        text.Append("Times count from the first operation of the fragment; stretches in which little happens are drawn shorter than they were.");
        return text.ToString();
    }

    private static void Legend(TextWriter writer, PictureLayout layout)
    {
        writer.WriteLine("<ul class=\"legend\">");
        writer.WriteLine("<li><i class=\"wrong\"></i>✗ no order explains its answer</li>");
        writer.WriteLine("<li><i class=\"read\"></i>read</li><li><i class=\"write\"></i>write</li>");
        writer.WriteLine("<li><i class=\"cas\"></i>compare-and-set, transaction</li>");
        writer.WriteLine("<li><i class=\"open\"></i>not ended, or outcome unknown: took effect or not</li>");
        if (layout.Neighbours > 0)
        {
            writer.WriteLine("<li><i class=\"pale\"></i>not needed for the contradiction</li>");
        }

        if (layout.Faults.Count > 0)
        {
            writer.WriteLine("<li><i class=\"fault\"></i>fault in force</li>");
        }

        writer.WriteLine("</ul>");
    }

    private static void Table(TextWriter writer, CheckReport report)
    {
        long origin = report.Fragment.Min(static item => item.Operation.Start);
        bool lines = report.Fragment.Any(static item => item.Operation.Line > 0);
        writer.WriteLine("<h2>The fragment</h2><div class=\"scroll\"><table><thead><tr><th></th><th>client</th><th>start</th><th>end</th>");
        writer.WriteLine($"<th>operation</th>{(lines ? "<th>line</th>" : "")}</tr></thead><tbody>");
        foreach (FragmentOperation item in report.Fragment)
        {
            Operation operation = item.Operation;
            string end = operation.End is { } time ? FragmentText.Time(time - origin) : "unknown";
            writer.Write(item.IsImpossible ? "<tr class=\"wrong\"><td>✗</td>" : "<tr><td></td>");
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"<td>{operation.Client}</td><td>{FragmentText.Time(operation.Start - origin)}</td>"));
            writer.Write($"<td>{end}</td><td class=\"what\">{PictureText.Escape(operation.Describe())}</td>");
            writer.WriteLine(lines ? string.Create(CultureInfo.InvariantCulture, $"<td>{operation.Line}</td></tr>") : "</tr>");
        }

        writer.WriteLine("</tbody></table></div>");
    }
}
