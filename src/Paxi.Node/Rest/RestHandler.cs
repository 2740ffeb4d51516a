using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Paxi.Node.Rest;

/// <summary>Splits what belongs to the store from what belongs to the operator.</summary>
internal sealed class RestHandler(KeyValueEndpoint store, AdminEndpoint admin, MembersEndpoint members, StatusEndpoint status)
{
    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await DispatchAsync(context);
        }
        catch (Exception fault) when (fault is OperationCanceledException or ConnectionResetException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // The client went away. A command that was sent is finished by the replicas; nothing here waits for it any more.
        }
    }

    private Task DispatchAsync(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        if (!RestPath.TryParse(target, out var path))
        {
            return Answers.TextAsync(context, StatusCodes.Status400BadRequest, "the path must be / and a key in percent-encoded UTF-8");
        }

        if (path.Segment.Length == 0)
        {
            return store.PostJsonAsync(context);
        }

        if (StatusEndpoint.Serves(path.Segment))
        {
            return status.HandleAsync(context, path);
        }

        if (MembersEndpoint.Serves(path.Segment))
        {
            return members.HandleAsync(context, path);
        }

        if (AdminEndpoint.Serves(path.Segment))
        {
            return admin.HandleAsync(context, path);
        }

        return store.HandleAsync(context, path);
    }
}
