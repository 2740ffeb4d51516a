using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Prometheus;

namespace Paxi.Node.Rest;

/// <summary>
/// The instruments of the meter <c>Paxi</c> and the process's own figures, for Prometheus. A registry of its own: the library's default one would also listen to
/// every event source and meter of the runtime, which costs more than it tells.
/// </summary>
internal static class NodeMetrics
{
    private static readonly CollectorRegistry Registry = Metrics.NewCustomRegistry();

    private static readonly Lazy<MeterBridge> Bridge = new(static () =>
    {
        DotNetStats.Register(Registry);
        var bridge = new MeterBridge("Paxi", Metrics.WithCustomRegistry(Registry));
        Registry.AddBeforeCollectCallback(bridge.Observe);
        return bridge;
    });

    private static readonly Meter Meter = new("Paxi");

    private static readonly Counter<long> Garbage =
        Meter.CreateCounter<long>("paxi.remoting.garbage", "{frame}", "What came to the port of Akka.Remote and is no frame");

    /// <summary>A connection to the remoting port carried no frame.</summary>
    public static void GarbageReceived(string replica) => Garbage.Add(1, new KeyValuePair<string, object?>("replica", replica));

    /// <summary>Counts from now on; once a process, before the first replica.</summary>
    public static void Start() => _ = Bridge.Value;

    public static Task WriteAsync(HttpContext context)
    {
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        return Registry.CollectAndExportAsTextAsync(context.Response.Body, context.RequestAborted);
    }
}
