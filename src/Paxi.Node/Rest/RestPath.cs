using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Paxi.Node.Rest;

/// <summary>Takes a request's raw target apart. The path is decoded here and not by the server, which would leave <c>%2F</c> as it is: a key may be any UTF-8 text.</summary>
internal readonly record struct RestPath(string Segment, string Query)
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>The segment behind the first slash, decoded; false when it is not the encoding of UTF-8 text.</summary>
    public static bool TryParse(string rawTarget, [NotNullWhen(false)] out string? error, out RestPath path)
    {
        var question = rawTarget.IndexOf('?', StringComparison.Ordinal);
        var raw = question < 0 ? rawTarget.AsSpan(1) : rawTarget.AsSpan(1, question - 1);
        var query = question < 0 ? "" : rawTarget[(question + 1)..];
        error = null;
        if (raw.IndexOfAny('%', '+') < 0)
        {
            path = new RestPath(raw.ToString(), query);
            return true;
        }

        if (TryDecode(raw, out var segment))
        {
            path = new RestPath(segment, query);
            return true;
        }

        path = default;
        error = "the key in the path is not percent-encoded UTF-8";
        return false;
    }

    /// <summary>The value of a query parameter, decoded, or null.</summary>
    public string? Parameter(string name)
    {
        foreach (var part in Query.Split('&'))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals == name.Length && part.StartsWith(name, StringComparison.Ordinal))
            {
                return TryDecode(part.AsSpan(equals + 1), out var value) ? value : null;
            }
        }

        return null;
    }

    private static bool TryDecode(ReadOnlySpan<char> raw, [NotNullWhen(true)] out string? text)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(raw)];
        var length = 0;
        text = null;
        for (var index = 0; index < raw.Length; index++)
        {
            if (raw[index] != '%')
            {
                length += Encoding.UTF8.GetBytes(raw.Slice(index, 1), bytes.AsSpan(length));
            }
            else if (index + 2 < raw.Length && char.IsAsciiHexDigit(raw[index + 1]) && char.IsAsciiHexDigit(raw[index + 2]))
            {
                bytes[length++] = Convert.FromHexString(raw.Slice(index + 1, 2))[0];
                index += 2;
            }
            else
            {
                return false;
            }
        }

        try
        {
            text = Strict.GetString(bytes, 0, length);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
