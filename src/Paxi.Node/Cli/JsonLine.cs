using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Paxi.Node.Cli;

/// <summary>The one JSON object that <c>--json</c> prints as the last line.</summary>
internal static class JsonLine
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Prints the object whose properties <paramref name="write"/> writes.</summary>
    public static void Print(TextWriter output, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, Options);
        writer.WriteStartObject();
        write(writer);
        writer.WriteEndObject();
        writer.Flush();
        output.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    /// <summary>
    /// A value of the store in two properties: <paramref name="name"/> with the text and <c>encoding</c> <c>utf-8</c>, or with base64 and <c>base64</c>
    /// when it is not UTF-8; both null when the key is absent.
    /// </summary>
    public static void WriteValue(Utf8JsonWriter writer, string name, ReadOnlyMemory<byte>? value)
    {
        if (value is not { } bytes)
        {
            writer.WriteNull(name);
            writer.WriteNull("encoding");
        }
        else if (ValueText.TryText(bytes.Span) is { } text)
        {
            writer.WriteString(name, text);
            writer.WriteString("encoding", "utf-8");
        }
        else
        {
            writer.WriteBase64String(name, bytes.Span);
            writer.WriteString("encoding", "base64");
        }
    }

    public static void WriteNumber(Utf8JsonWriter writer, string name, long? number)
    {
        if (number is { } value)
        {
            writer.WriteNumber(name, value);
        }
        else
        {
            writer.WriteNull(name);
        }
    }
}
