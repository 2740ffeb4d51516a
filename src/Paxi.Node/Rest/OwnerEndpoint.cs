using System.Text.Json;
using Akka.Actor;
using Microsoft.AspNetCore.Http;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;

namespace Paxi.Node.Rest;

/// <summary><c>/owner?key=K</c>: which replica proposes for a key, as far as this one knows; null when it knows none.</summary>
internal sealed class OwnerEndpoint(ReplicaAccess access)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static bool Serves(string segment) => segment is "owner";

    public async Task HandleAsync(HttpContext context, RestPath path)
    {
        if (!HttpMethods.IsGet(context.Request.Method))
        {
            await Answers.NotAKeyAsync(context, path.Segment);
            return;
        }

        var key = path.Parameter("key");
        var length = System.Text.Encoding.UTF8.GetByteCount(key ?? "");
        if (length is 0 or > KeyValueStore.MaxKeyBytes)
        {
            await Answers.TextAsync(context, StatusCodes.Status400BadRequest, $"write /owner?key=K with a key of 1 to {KeyValueStore.MaxKeyBytes} bytes in percent-encoded UTF-8");
            return;
        }

        try
        {
            var answer = await access.Replica.Ask<OwnerAnswer>(new OwnerQuery(new ObjectKey(key!)), Patience, context.RequestAborted);
            context.Response.ContentType = "application/json";
            await JsonSerializer.SerializeAsync(context.Response.Body,
                new OwnerLine(key!, answer.Owner?.ToString(), answer.Ballot.IsZero ? null : answer.Ballot.ToString()), OwnerLine.Json, context.RequestAborted);
        }
        catch (AskTimeoutException)
        {
            await Answers.TextAsync(context, StatusCodes.Status503ServiceUnavailable, "the replica does not answer");
        }
    }
}

/// <summary>The form of <c>/owner</c>.</summary>
internal sealed record OwnerLine(string Key, string? Owner, string? Ballot)
{
    public static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
}
