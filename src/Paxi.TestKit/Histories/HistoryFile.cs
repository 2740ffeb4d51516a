using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Paxi.TestKit.Histories;

/// <summary>
/// Histories as text: JSON Lines, an operation a line, or Paxi's <c>key,input,output,start,end</c>. Which of the two
/// a file is, its first character that is no white space tells: a brace opens JSON.
/// </summary>
public static class HistoryFile
{
    private const int InitialBuffer = 1 << 18;

    /// <summary>The longest line that is read, in bytes; a transaction of many large values still fits.</summary>
    public const int LongestLine = 64 << 20;

    /// <summary>Reads a file.</summary>
    /// <exception cref="HistoryException">A line is malformed, or the operations cannot be a history.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static History Read(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        return Read(file);
    }

    /// <summary>Reads UTF-8 text to its end.</summary>
    /// <exception cref="HistoryException">A line is malformed, or the operations cannot be a history.</exception>
    public static History Read(Stream stream)
    {
        var parser = new HistoryParser();
        byte[] buffer = ArrayPool<byte>.Shared.Rent(InitialBuffer);
        try
        {
            int held = 0;
            while (true)
            {
                if (held == buffer.Length)
                {
                    buffer = Grow(buffer, parser.NextLine);
                }

                int count = stream.Read(buffer, held, buffer.Length - held);
                int consumed = parser.Lines(buffer.AsSpan(0, held + count), isEnd: count == 0);
                held = held + count - consumed;
                buffer.AsSpan(consumed, held).CopyTo(buffer);
                if (count == 0)
                {
                    return parser.Finish();
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads text to its end.</summary>
    /// <exception cref="HistoryException">A line is malformed, or the operations cannot be a history.</exception>
    public static History Read(TextReader reader)
    {
        var parser = new HistoryParser();
        byte[] bytes = [];
        while (reader.ReadLine() is { } line)
        {
            int needed = Encoding.UTF8.GetMaxByteCount(line.Length) + 1;
            if (bytes.Length < needed)
            {
                bytes = new byte[Math.Max(needed, 1024)];
            }

            int count = Encoding.UTF8.GetBytes(line, bytes);
            bytes[count] = (byte)'\n';
            parser.Lines(bytes.AsSpan(0, count + 1), isEnd: false);
        }

        return parser.Finish();
    }

    /// <summary>Writes a history to a file as JSON Lines, in its order.</summary>
    public static void Write(string path, History history)
    {
        using FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 1 << 16);
        Write(file, history);
    }

    /// <summary>Writes a history as JSON Lines, in its order.</summary>
    public static void Write(Stream stream, History history)
    {
        var buffer = new ArrayBufferWriter<byte>(InitialBuffer);
        using var json = new Utf8JsonWriter(buffer, HistoryJson.WriterOptions);
        foreach (Operation operation in history.Operations)
        {
            HistoryJson.Write(json, operation);
            json.Flush();
            json.Reset();
            buffer.Write("\n"u8);
            if (buffer.WrittenCount > InitialBuffer / 2)
            {
                stream.Write(buffer.WrittenSpan);
                buffer.ResetWrittenCount();
            }
        }

        stream.Write(buffer.WrittenSpan);
        stream.Flush();
    }

    private static byte[] Grow(byte[] buffer, int line)
    {
        if (buffer.Length >= LongestLine)
        {
            throw new HistoryException(line, $"longer than {LongestLine} bytes; expected one operation");
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
