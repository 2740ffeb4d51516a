using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Paxi.Bench.Comparisons;

/// <summary>
/// The ceiling for REST: Kestrel with one handler, which reads the body and answers with ten bytes. No routing, no key, no store, no consensus.
/// </summary>
internal static class BareKestrel
{
    /// <summary>What it prints when it listens.</summary>
    public const string Ready = "kestrel listens";

    private static readonly byte[] Value = "0123456789"u8.ToArray();

    /// <summary>Serves until standard input ends.</summary>
    public static async Task<int> RunAsync(int port, TextReader input, TextWriter output)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, port));
        await using var host = builder.Build();
        host.Run(AnswerAsync);
        await host.StartAsync();
        await output.WriteLineAsync(Ready);
        await output.FlushAsync();
        while (await input.ReadLineAsync() is not null)
        {
        }

        await host.StopAsync();
        return 0;
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request.BodyReader;
        while (true)
        {
            var read = await request.ReadAsync();
            request.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                break;
            }
        }

        context.Response.ContentLength = Value.Length;
        await context.Response.BodyWriter.WriteAsync(Value);
    }
}
