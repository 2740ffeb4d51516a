using System.Globalization;
using System.Text;

namespace Paxi.Actors.StateMachines;

/// <summary>Encoded commands of the key-value store as people read them: <c>set k "v"</c>.</summary>
public static class KeyValueText
{
    private const int LongestShown = 40;

    /// <summary>The command; bytes that are none of the store's show as their number.</summary>
    public static string Describe(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty)
        {
            return "open session";
        }

        try
        {
            return Read(body);
        }
        catch (InvalidCommandException)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{body.Length} bytes");
        }
    }

    private static string Read(ReadOnlySpan<byte> body)
    {
        var text = new StringBuilder();
        var reader = new KeyValueReader(body);
        while (reader.Next())
        {
            text.Append(text.Length > 0 ? "; " : "").Append(Single(in reader));
        }

        return reader.IsTransaction ? $"txn [{text}]" : text.ToString();
    }

    private static string Single(in KeyValueReader reader)
    {
        var key = Encoding.UTF8.GetString(reader.Key);
        return reader.Operation switch
        {
            KeyValueOperation.Get => $"get {key}",
            KeyValueOperation.Set => $"set {key} {Quote(reader.Value)}",
            KeyValueOperation.Delete => $"delete {key}",
            KeyValueOperation.CompareAndSet => $"cas {key} {(reader.ExpectsValue ? Quote(reader.Expected) : "absent")} {Quote(reader.Value)}",
            _ => $"history {key}",
        };
    }

    private static string Quote(ReadOnlySpan<byte> value)
    {
        var text = Encoding.UTF8.GetString(value);
        return text.Length <= LongestShown ? $"\"{text}\"" : $"\"{text[..LongestShown]}…\"";
    }
}
