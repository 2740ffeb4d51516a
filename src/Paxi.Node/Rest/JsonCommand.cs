using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Paxi.Actors.Clients;

namespace Paxi.Node.Rest;

/// <summary>The body of <c>POST /</c>. Names of fields match in any case, as in Paxi's decoder; fields it does not know are passed over.</summary>
internal static class JsonCommand
{
    /// <param name="header">The caller as the request's headers have it; fields of the body win.</param>
    public static bool TryParse(ReadOnlyMemory<byte> body, Caller header, [NotNullWhen(true)] out KeyCommand? command, out Caller caller)
    {
        command = null;
        caller = header;
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
            {
                return false;
            }

            string? key = null;
            byte[]? value = null;
            foreach (var field in json.RootElement.EnumerateObject())
            {
                if (Is(field, "Key"))
                {
                    key = Key(field.Value);
                }
                else if (Is(field, "Value"))
                {
                    value = field.Value.ValueKind == JsonValueKind.Null ? null : field.Value.GetBytesFromBase64();
                }
                else if (Is(field, "ClientID"))
                {
                    caller = caller with { Id = Caller.Printable(field.Value.GetString() ?? "") };
                }
                else if (Is(field, "CommandID"))
                {
                    caller = caller with { Cid = Answers.Number(field.Value.GetInt64()) };
                }
            }

            command = key is null ? null : value is null ? new Get(key) : new Set(key, value);
            return command is not null;
        }
        catch (Exception fault) when (fault is JsonException or FormatException or InvalidOperationException)
        {
            return false;
        }
    }

    private static bool Is(JsonProperty field, string name) => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>A key is text, or a number, which stands for its digits.</summary>
    private static string? Key(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };
}
