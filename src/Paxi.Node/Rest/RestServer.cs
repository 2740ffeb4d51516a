using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Paxi.Node.Rest;

/// <summary>
/// Paxi's REST on Kestrel. One delegate looks at the raw path; there is no routing table, no scope and no middleware between a request and the client actor,
/// because the path is the key.
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
            // A key has up to 1,024 bytes, which may all be percent-encoded; what is longer is answered with the limit.
            kestrel.Limits.MaxRequestLineSize = 64 << 10;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Listen(place, static endpoint => endpoint.Protocols = HttpProtocols.Http1);
        });
    }

    /// <param name="handler">There when the first request comes: the actor system starts before Kestrel.</param>
    public static void Map(WebApplication app, Func<RestHandler> handler) => app.Run(context => handler().HandleAsync(context));
}
