using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Paxi.TestKit.Histories;

namespace Paxi.TestKit.Linearizability;

/// <summary>Judges a history file: what <c>paxi check FILE [--json]</c> does.</summary>
public static class CheckCommand
{
    /// <summary>The history is linearizable.</summary>
    public const int Linearizable = 0;

    /// <summary>The history is not linearizable.</summary>
    public const int Violation = 1;

    /// <summary>The file is missing or malformed.</summary>
    public const int BadFile = 2;

    /// <summary>A limit was reached first.</summary>
    public const int Undecided = 3;

    /// <summary>
    /// Judges the file; on a violation prints the fragment and writes its picture beside the file, as FILE.html.
    /// </summary>
    /// <param name="file">The history, JSON Lines or Paxi's form.</param>
    /// <param name="json">Whether the last line of output is one JSON object.</param>
    /// <param name="output">For the verdict.</param>
    /// <param name="error">For what is wrong with the file, in one line.</param>
    /// <param name="limits">What the check may spend.</param>
    /// <returns>The exit status.</returns>
    public static int Run(string file, bool json, TextWriter output, TextWriter error, CheckLimits? limits = null)
    {
        History history;
        try
        {
            history = HistoryFile.Read(file);
        }
        catch (Exception problem) when (problem is HistoryException or IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"{file}: {(Directory.Exists(file) ? "is a directory; name a history file" : !File.Exists(file) ? "there is no such file" : OneLine(problem.Message))}");
            return BadFile;
        }

        CheckReport report = LinearizabilityChecker.Check(history, limits);
        string? picture = report.Verdict == Verdict.No ? TryPicture(file + ".html", report, error) : null;
        Print(file, report, picture, output);
        if (json)
        {
            output.WriteLine(Json(file, report, picture));
        }

        return report.Verdict switch
        {
            Verdict.Yes => Linearizable,
            Verdict.No => Violation,
            _ => Undecided,
        };
    }

    private static void Print(string file, CheckReport report, string? picture, TextWriter output)
    {
        string size = string.Create(
            CultureInfo.InvariantCulture,
            $"{Count(report.Operations, "operation")}, {Count(report.Partitions, "partition")}, {report.Elapsed.TotalSeconds:0.00} s");
        switch (report.Verdict)
        {
            case Verdict.Yes:
                output.WriteLine($"{file}: linearizable ({size})");
                break;
            case Verdict.Unknown:
                output.WriteLine($"{file}: undecided ({size}): {report.Reason}");
                break;
            default:
                output.WriteLine($"{file}: NOT linearizable ({size})");
                output.WriteLine($"key {report.Key}: {report.Reason}");
                FragmentText.Write(output, report);
                output.WriteLine(picture is null ? "no picture written" : $"picture: {picture}");
                break;
        }
    }

    private static string? TryPicture(string path, CheckReport report, TextWriter error)
    {
        try
        {
            HtmlPicture.Write(path, report, []);
            return path;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"{path}: the picture was not written: {OneLine(problem.Message)}");
            return null;
        }
    }

    private static string Json(string file, CheckReport report, string? picture)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var options = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using var writer = new Utf8JsonWriter(buffer, options);
        writer.WriteStartObject();
        writer.WriteString("file", file);
        writer.WriteNumber("operations", report.Operations);
        writer.WritePropertyName("linearizable");
        switch (report.Verdict)
        {
            case Verdict.Unknown: writer.WriteNullValue(); break;
            default: writer.WriteBooleanValue(report.Verdict == Verdict.Yes); break;
        }

        writer.WriteString("key", report.Key);
        writer.WriteString("reason", report.Reason);
        writer.WriteString("picture", picture);
        writer.WriteEndObject();
        writer.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string Count(int number, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:N0} {what}{(number == 1 ? "" : "s")}");

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
