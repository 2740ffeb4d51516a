using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.StateMachines;

namespace Paxi.Node.Rest;

/// <summary>Sends a command; the reply tells how it ended, and nothing is thrown for an outcome.</summary>
internal delegate Task<Reply> SendCommand(Command command, CancellationToken cancellation);

/// <summary>
/// <c>GET PUT POST DELETE /key</c> and <c>POST /</c> as Paxi's. The request's <c>Id</c> and <c>Cid</c> come back in the answer and mean nothing else: Paxi's own client gives
/// two different commands the same pair, so exactly-once rests on the session of this node's client.
/// </summary>
/// <param name="send">To this node's client.</param>
/// <param name="readMode">How this deployment answers a read that does not say; a read may say it, as <c>GET /key?read=any</c>.</param>
internal sealed class KeyValueEndpoint(SendCommand send, ReadMode readMode)
{
    private const int MaxKeyBytes = KeyValueStore.MaxKeyBytes;
    private const int MaxValueBytes = KeyValueStore.MaxValueBytes;

    /// <summary>Base64 and the other fields of a value at its limit.</summary>
    private const int MaxJsonBytes = ((MaxValueBytes + 2) / 3 * 4) + 16_384;

    public Task HandleAsync(HttpContext context, RestPath path)
    {
        var key = path.Segment;
        if (!HasKeyLength(key))
        {
            return RefuseKeyAsync(context, key);
        }

        var method = context.Request.Method;
        if (HttpMethods.IsGet(method))
        {
            return ReadAsync(context, key, path.Parameter("read"));
        }

        if (HttpMethods.IsPut(method) || HttpMethods.IsPost(method))
        {
            return WriteAsync(context, key);
        }

        if (HttpMethods.IsDelete(method))
        {
            return AnswerAsync(context, new Delete(key), Caller.Of(context.Request.Headers));
        }

        context.Response.Headers.Allow = "GET, PUT, POST, DELETE";
        return Answers.TextAsync(context, StatusCodes.Status405MethodNotAllowed, $"{method} is not served; use GET, PUT, POST or DELETE");
    }

    /// <summary><c>{"Key":…,"Value":base64 or null,"ClientID":…,"CommandID":…}</c>; without a value it reads.</summary>
    public async Task PostJsonAsync(HttpContext context)
    {
        if (await ReadBodyAsync(context, MaxJsonBytes, "the body") is not { } body)
        {
            return;
        }

        if (!JsonCommand.TryParse(body, Caller.Of(context.Request.Headers), out var command, out var caller))
        {
            await Answers.TextAsync(context, StatusCodes.Status400BadRequest,
                "the body must be JSON: {\"Key\":key,\"Value\":base64 or null,\"ClientID\":\"zone.node\",\"CommandID\":number}");
        }
        else if (!HasKeyLength(command.Key))
        {
            await RefuseKeyAsync(context, command.Key);
        }
        else if (command is Set { Value.Length: > MaxValueBytes } set)
        {
            await RefuseLengthAsync(context, "a value", MaxValueBytes, set.Value.Length);
        }
        else
        {
            await AnswerAsync(context, command, caller);
        }
    }

    /// <summary>Without counting the bytes of a key that cannot be too long.</summary>
    private static bool HasKeyLength(string key) =>
        key.Length > 0 && (key.Length <= MaxKeyBytes / 3 || Encoding.UTF8.GetByteCount(key) <= MaxKeyBytes);

    private static Task RefuseKeyAsync(HttpContext context, string key) => Answers.TextAsync(context, StatusCodes.Status400BadRequest,
        $"a key has 1 to {MaxKeyBytes} bytes of UTF-8; this one has {Encoding.UTF8.GetByteCount(key)}");

    private static Task RefuseLengthAsync(HttpContext context, string what, int limit, long? length) => Answers.TextAsync(
        context, StatusCodes.Status413PayloadTooLarge, $"{what} has at most {limit} bytes{(length is null ? "" : $"; this one has {length}")}");

    private Task ReadAsync(HttpContext context, string key, string? mode)
    {
        var get = new Get(key);
        if (mode is null)
        {
            return AnswerAsync(context, get, Caller.Of(context.Request.Headers), readMode);
        }

        return Enum.TryParse<ReadMode>(mode, ignoreCase: true, out var wanted) && Enum.IsDefined(wanted) && !char.IsAsciiDigit(mode[0])
            ? AnswerAsync(context, get with { Mode = wanted }, Caller.Of(context.Request.Headers), wanted)
            : Answers.TextAsync(context, StatusCodes.Status400BadRequest, "read may be log, leader, quorum or any");
    }

    private async Task WriteAsync(HttpContext context, string key)
    {
        if (await ReadBodyAsync(context, MaxValueBytes, "a value") is { } value)
        {
            await AnswerAsync(context, new Set(key, value), Caller.Of(context.Request.Headers));
        }
    }

    private async Task AnswerAsync(HttpContext context, Command command, Caller caller, ReadMode? read = null)
    {
        var reply = await send(command, context.RequestAborted);
        var headers = context.Response.Headers;
        headers["Id"] = caller.Id;
        headers["Cid"] = caller.Cid;
        switch (reply.Outcome)
        {
            case Outcome.Done:
                headers["Slot"] = Answers.Number(reply.Slot);
                headers["Ballot"] = reply.Ballot.ToString();
                headers["Execute"] = Answers.Number(reply.Executed);
                if (read == ReadMode.Quorum)
                {
                    // Paxi's client rinses when a replica says true; here the replicas have done that before they answer.
                    headers["Inprogress"] = "false";
                }

                var value = reply.Value.GetValueOrDefault();
                context.Response.ContentLength = value.Length;
                if (!value.IsEmpty)
                {
                    await context.Response.BodyWriter.WriteAsync(value, context.RequestAborted);
                }

                break;
            case Outcome.Failed:
                headers["Outcome"] = "failed";
                await Answers.TextAsync(context, StatusCodes.Status500InternalServerError, $"not done, without effect: {reply.Error}");
                break;
            default:
                headers["Outcome"] = "unknown";
                await Answers.TextAsync(context, StatusCodes.Status500InternalServerError, $"unknown whether it took effect or will: {reply.Error}");
                break;
        }
    }

    /// <summary>The whole body, or null after an answer of 413.</summary>
    private static async ValueTask<byte[]?> ReadBodyAsync(HttpContext context, int limit, string what)
    {
        if (context.Request.ContentLength is { } announced && announced > limit)
        {
            await RefuseLengthAsync(context, what, limit, announced);
            return null;
        }

        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            if (read.Buffer.Length > limit)
            {
                reader.AdvanceTo(read.Buffer.End);
                await RefuseLengthAsync(context, what, limit, null);
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

/// <summary>What the caller calls itself and its command, as it goes back in the answer.</summary>
/// <param name="Id">Empty when there was none, or one that no header can hold.</param>
/// <param name="Cid">A decimal number; 0 when there was none.</param>
internal readonly record struct Caller(string Id, string Cid)
{
    private const int MaxIdLength = 64;

    public static Caller Of(IHeaderDictionary headers) => new(Printable(headers["Id"].ToString()), Number(headers["Cid"].ToString()));

    public static string Printable(string id) =>
        id.Length <= MaxIdLength && !id.AsSpan().ContainsAnyExceptInRange(' ', '~') ? id : "";

    private static string Number(string cid) => cid.Length > 0 && long.TryParse(cid, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        ? Answers.Number(number)
        : "0";
}
