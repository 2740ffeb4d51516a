using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;

namespace Paxi.Node.Rest;

/// <summary>
/// <c>GET PUT POST DELETE /key</c> and <c>POST /</c> as Paxi's. The request's <c>Id</c> and <c>Cid</c> come back in the answer and mean nothing else: Paxi's own client gives
/// two different commands the same pair, so exactly-once rests on the session of this node's client.
/// </summary>
internal sealed class KeyValueEndpoint(PaxiClient client)
{
    private const int MaxKeyBytes = 1024;
    private const int MaxValueBytes = 1 << 20;

    /// <summary>Base64 and the other fields of a value at its limit.</summary>
    private const int MaxJsonBytes = (MaxValueBytes / 3 * 4) + 16_384;

    public async Task HandleAsync(HttpContext context, string key)
    {
        var bytes = System.Text.Encoding.UTF8.GetByteCount(key);
        if (bytes > MaxKeyBytes)
        {
            await Answers.TextAsync(context, StatusCodes.Status400BadRequest,
                $"a key has 1 to {MaxKeyBytes} bytes of UTF-8; this one has {bytes}");
            return;
        }

        var method = context.Request.Method;
        if (HttpMethods.IsGet(method))
        {
            await AnswerAsync(context, new Get(key));
        }
        else if (HttpMethods.IsPut(method) || HttpMethods.IsPost(method))
        {
            if (await ReadBodyAsync(context, MaxValueBytes, "a value") is { } value)
            {
                await AnswerAsync(context, new Set(key, value));
            }
        }
        else if (HttpMethods.IsDelete(method))
        {
            await AnswerAsync(context, new Delete(key));
        }
        else
        {
            context.Response.Headers.Allow = "GET, PUT, POST, DELETE";
            await Answers.TextAsync(context, StatusCodes.Status405MethodNotAllowed, $"{method} is not served; use GET, PUT, POST or DELETE");
        }
    }

    /// <summary><c>{"Key":…,"Value":base64 or null,"ClientID":…,"CommandID":…}</c>; without a value it reads.</summary>
    public async Task PostJsonAsync(HttpContext context)
    {
        if (await ReadBodyAsync(context, MaxJsonBytes, "the body") is not { } body)
        {
            return;
        }

        Command command;
        try
        {
            command = Parse(context, body);
        }
        catch (Exception fault) when (fault is JsonException or FormatException or InvalidOperationException)
        {
            await Answers.TextAsync(context, StatusCodes.Status400BadRequest,
                "the body must be JSON: {\"Key\":key,\"Value\":base64 or null,\"ClientID\":\"zone.node\",\"CommandID\":number}");
            return;
        }

        if (command is Set { Value.Length: > MaxValueBytes } set)
        {
            await Answers.TextAsync(context, StatusCodes.Status413PayloadTooLarge,
                $"a value has at most {MaxValueBytes} bytes; this one has {set.Value.Length}");
            return;
        }

        await AnswerAsync(context, command);
    }

    private static Command Parse(HttpContext context, ReadOnlyMemory<byte> body)
    {
        using var json = JsonDocument.Parse(body);
        var root = json.RootElement;
        var field = root.GetProperty("Key");
        var key = field.ValueKind == JsonValueKind.String ? field.GetString()! : field.GetRawText();
        if (root.TryGetProperty("ClientID", out var id) && id.ValueKind == JsonValueKind.String)
        {
            context.Request.Headers["Id"] = id.GetString();
        }

        if (root.TryGetProperty("CommandID", out var command) && command.TryGetInt64(out var number))
        {
            context.Request.Headers["Cid"] = Answers.Number(number);
        }

        return root.TryGetProperty("Value", out var value) && value.ValueKind != JsonValueKind.Null
            ? new Set(key, value.GetBytesFromBase64())
            : new Get(key);
    }

    private async Task AnswerAsync(HttpContext context, Command command)
    {
        var reply = await client.SendAsync(command, context.RequestAborted);
        var headers = context.Response.Headers;
        headers["Id"] = context.Request.Headers["Id"].ToString();
        headers["Cid"] = long.TryParse(context.Request.Headers["Cid"], NumberStyles.Integer, CultureInfo.InvariantCulture, out var cid)
            ? Answers.Number(cid)
            : "0";
        switch (reply.Outcome)
        {
            case Outcome.Done:
                headers["Slot"] = Answers.Number(reply.Slot);
                headers["Ballot"] = reply.Ballot.ToString();
                headers["Execute"] = Answers.Number(reply.Executed);
                if (reply.Value is { } value)
                {
                    context.Response.ContentLength = value.Length;
                    await context.Response.BodyWriter.WriteAsync(value);
                }
                else
                {
                    context.Response.ContentLength = 0;
                }

                break;
            case Outcome.Failed:
                headers["Outcome"] = "failed";
                await Answers.TextAsync(context, StatusCodes.Status500InternalServerError, $"not done, without effect: {reply.Error}");
                break;
            default:
                headers["Outcome"] = "unknown";
                await Answers.TextAsync(context, StatusCodes.Status500InternalServerError,
                    $"unknown whether it took effect or will: {reply.Error}");
                break;
        }
    }

    /// <summary>The whole body, or null after an answer of 413.</summary>
    private static async ValueTask<byte[]?> ReadBodyAsync(HttpContext context, int limit, string what)
    {
        if (context.Request.ContentLength is { } announced && announced > limit)
        {
            await Answers.TextAsync(context, StatusCodes.Status413PayloadTooLarge, $"{what} has at most {limit} bytes; this one has {announced}");
            return null;
        }

        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            if (read.Buffer.Length > limit)
            {
                reader.AdvanceTo(read.Buffer.End);
                await Answers.TextAsync(context, StatusCodes.Status413PayloadTooLarge, $"{what} has at most {limit} bytes");
                return null;
            }

            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
