using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Configuration;
using Paxi.Actors.Hosting;
using Paxi.Protocols;

namespace Paxi.Node.Tests.Samples;

/// <summary>The C# of the README, word for word; <see cref="ReadmeTests"/> compares and runs it.</summary>
internal static class ReadmeSamples
{
    public static async Task<string?> TypedAsync(string file)
    {
        var settings = PaxiSettings.Load(file, SettingsOverrides.None);
        await using var paxi = PaxiClient.Connect(settings);

        await paxi.SetAsync("42", "hello");
        var swap = await paxi.CompareAndSetAsync("42", expected: "hello", "world");
        var value = await paxi.GetStringAsync("42");            // "world"; null when the key is absent
        return swap.Swapped ? value : null;
    }

    public static async Task<Reply> AskAsync(PaxiClient paxi)
    {
        IActorRef client = paxi.Actor;
        var reply = await client.Ask<Reply>(new Set("42", Encoding.UTF8.GetBytes("hello")));
        Console.WriteLine(reply.Outcome);                       // Done, Failed (certainly no effect) or Unknown
        return reply;
    }

    public static IHost Build(ReplicaId self, IReadOnlyList<KeyValuePair<ReplicaId, Address>> addresses, int port, Config settings)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddAkka("paxi", (akka, _) => akka
            .WithRemoting("127.0.0.1", port)
            .WithPaxi(new PaxiOptions { Self = self, Addresses = addresses, Protocol = ProtocolList.Find("paxos"), Settings = settings }));
        return builder.Build();
    }
}
