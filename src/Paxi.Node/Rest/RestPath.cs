using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Paxi.Node.Rest;

/// <summary>
/// Takes a request's raw target apart. The path is decoded here and not by the server, which would leave <c>%2F</c> as it is and fold <c>..</c>: a key may be
/// any UTF-8 text, and is all that stands behind the first slash.
/// </summary>
internal readonly record struct RestPath(string Segment, string Query)
{
    private const string Scheme = "http://";

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>False when the path is not the percent-encoding of UTF-8 text.</summary>
    public static bool TryParse(string rawTarget, out RestPath path)
    {
        path = default;
        var start = Start(rawTarget);
        if (start < 0)
        {
            return false;
        }

        var question = rawTarget.IndexOf('?', start);
        var raw = rawTarget.AsSpan(start..(question < 0 ? rawTarget.Length : question));
        var query = question < 0 ? "" : rawTarget[(question + 1)..];
        if (!TryDecode(raw, out var segment))
        {
            return false;
        }

        path = new RestPath(segment, query);
        return true;
    }

    /// <summary>The value of a query parameter, decoded; null when it is missing or not the encoding of text.</summary>
    public string? Parameter(string name)
    {
        if (Query.Length == 0)
        {
            return null;
        }

        foreach (var range in Query.AsSpan().Split('&'))
        {
            var part = Query.AsSpan(range);
            if (part.Length > name.Length && part[name.Length] == '=' && part.StartsWith(name, StringComparison.Ordinal))
            {
                return TryDecode(part[(name.Length + 1)..], out var value) ? value : null;
            }
        }

        return null;
    }

    /// <summary>The index behind the first slash of the path, also of a whole URL, which proxies send; -1 when there is no path.</summary>
    private static int Start(string target)
    {
        if (target.StartsWith('/'))
        {
            return 1;
        }

        if (!target.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return -1;
        }

        return target.IndexOf('/', Scheme.Length) is var slash and >= 0 ? slash + 1 : -1;
    }

    private static bool TryDecode(ReadOnlySpan<char> raw, [NotNullWhen(true)] out string? text)
    {
        // The server takes a target of ASCII only; what is not must be percent-encoded.
        text = null;
        if (!Ascii.IsValid(raw))
        {
            return false;
        }

        if (!raw.Contains('%'))
        {
            text = raw.ToString();
            return true;
        }

        var bytes = new byte[raw.Length];
        var length = 0;
        for (var index = 0; index < raw.Length; index++)
        {
            if (raw[index] != '%')
            {
                bytes[length++] = (byte)raw[index];
            }
            else if (index + 2 < raw.Length && char.IsAsciiHexDigit(raw[index + 1]) && char.IsAsciiHexDigit(raw[index + 2]))
            {
                bytes[length++] = byte.Parse(raw.Slice(index + 1, 2), System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture);
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
