using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Paxi.Node.Rest;

/// <summary>
/// Paxi's REST on Kestrel. One delegate looks at the raw path; there is no routing table between a request and the client actor, because the path is the key.
/// </summary>
internal static class RestServer
{
    private const int MaxConnections = 10_000;

    /// <summary>Adds Kestrel at that place.</summary>
    public static void Configure(WebApplicationBuilder builder, IPEndPoint place)
    {
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.AllowSynchronousIO = false;
            // The handler reads the body itself, bounded, to answer 413 with the limit in the text.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Listen(place, static endpoint => endpoint.Protocols = HttpProtocols.Http1);
        });
    }

    /// <param name="handler">There when the first request comes: the actor system starts before Kestrel.</param>
    public static void Map(WebApplication app, Func<RestHandler> handler) => app.Run(context => handler().HandleAsync(context));
}

/// <summary>Splits what belongs to the store from what belongs to the operator.</summary>
internal sealed class RestHandler(KeyValueEndpoint store, AdminEndpoint admin, StatusEndpoint status)
{
    public Task HandleAsync(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        if (target.Length == 0 || target[0] != '/' || !RestPath.TryParse(target, out _, out var path))
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

        if (AdminEndpoint.Serves(path.Segment))
        {
            return admin.HandleAsync(context, path);
        }

        return store.HandleAsync(context, path.Segment);
    }
}

internal static class Answers
{
    public static Task TextAsync(HttpContext context, int code, string text)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text + "\n");
    }

    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
