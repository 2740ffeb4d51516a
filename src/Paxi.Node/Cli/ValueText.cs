using System.Buffers;
using System.Globalization;
using System.Text;

namespace Paxi.Node.Cli;

/// <summary>Shows keys and values: what is in the store may be any bytes and must not drive the terminal.</summary>
internal static class ValueText
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>The text that the bytes are the UTF-8 of, or null when they are not UTF-8.</summary>
    public static string? TryText(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>
    /// One line without control characters: text as it is, with <c>\n</c>, <c>\t</c>, <c>\x1b</c> for what would drive a terminal; bytes that are not text as <c>\xff</c>.
    /// </summary>
    public static string Show(ReadOnlySpan<byte> bytes) => TryText(bytes) is { } text ? Escape(text) : EscapeBytes(bytes);

    /// <summary>The same, cut to <paramref name="most"/> characters with the size behind.</summary>
    public static string Show(ReadOnlySpan<byte> bytes, int most)
    {
        // An escaped byte is at most 4 characters wide and at least 1: what lies behind cannot be shown anyway.
        var head = bytes.Length > most ? CutAtCharacter(bytes[..most]) : bytes;
        var text = Show(head);
        return text.Length <= most && head.Length == bytes.Length
            ? text
            : string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, Math.Min(most, text.Length))}… ({bytes.Length} bytes)");
    }

    /// <inheritdoc cref="Show(ReadOnlySpan{byte})"/>
    public static string Escape(string text)
    {
        if (!text.Any(NeedsEscape))
        {
            return text;
        }

        var line = new StringBuilder(text.Length + 8);
        foreach (var character in text)
        {
            switch (character)
            {
                case '\n': line.Append("\\n"); break;
                case '\r': line.Append("\\r"); break;
                case '\t': line.Append("\\t"); break;
                case < (char)256 when NeedsEscape(character): line.Append(CultureInfo.InvariantCulture, $"\\x{(int)character:x2}"); break;
                case var _ when NeedsEscape(character): line.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"); break;
                default: line.Append(character); break;
            }
        }

        return line.ToString();
    }

    private static string EscapeBytes(ReadOnlySpan<byte> bytes)
    {
        var line = new StringBuilder(bytes.Length * 4);
        foreach (var value in bytes)
        {
            _ = value is >= 0x20 and < 0x7f and not (byte)'\\'
                ? line.Append((char)value)
                : line.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}");
        }

        return line.ToString();
    }

    /// <summary>Control characters, separators of lines, and the marks that turn the direction of text.</summary>
    private static bool NeedsEscape(char character) =>
        character is '\u061c' or '\u200e' or '\u200f' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') ||
        char.GetUnicodeCategory(character) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    /// <summary>Without the start of a character whose rest was cut off.</summary>
    private static ReadOnlySpan<byte> CutAtCharacter(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= 3 && back <= bytes.Length; back++)
        {
            var lead = bytes[^back];
            if ((lead & 0xC0) != 0x80)
            {
                return lead >= 0xC0 && Rune.DecodeFromUtf8(bytes[^back..], out _, out _) == OperationStatus.NeedMoreData ? bytes[..^back] : bytes;
            }
        }

        return bytes;
    }
}
