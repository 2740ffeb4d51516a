using Akka.Actor;
using Paxi.Actors.Clients;
using Paxi.Actors.Configuration;
using Paxi.Actors.Links;
using Paxi.Bench.Loads;
using Paxi.Bench.Workloads;

namespace Paxi.Bench.Drivers;

/// <summary>The actor client, as a process would use it: all logical clients go through one client actor, or a few.</summary>
internal sealed class PaxiDriver : IDriver
{
    private readonly ActorSystem? _system;
    private readonly PaxiClient[] _clients;

    private PaxiDriver(ActorSystem? system, PaxiClient[] clients) => (_system, _clients) = (system, clients);

    /// <summary>Over Akka.Remote, from an actor system of its own.</summary>
    /// <param name="settings">Where the replicas are.</param>
    /// <param name="actors">How many client actors, each with a session of its own.</param>
    /// <exception cref="ArgumentException">An option of the client is out of range; one line that names the key.</exception>
    public static PaxiDriver Connect(PaxiSettings settings, int actors)
    {
        var client = ClientSettings.Create(settings.Section, settings.Ids);
        var system = ActorSystem.Create("paxi-bench", QuietConfiguration.Client(settings));
        return new PaxiDriver(system, Clients(system, new AkkaTransport(system, settings), client, actors));
    }

    /// <summary>In an actor system that is there already, and stays.</summary>
    public static PaxiDriver Inside(ActorSystem system, IClientTransport transport, ClientSettings settings, int actors) =>
        new(null, Clients(system, transport, settings, actors));

    public async ValueTask<LoadResult> SendAsync(int client, LoadOperation operation)
    {
        Command command = operation.Value is { } value ? new Set(operation.Key, value) : new Get(operation.Key);
        var reply = await _clients[client % _clients.Length].SendAsync(command).ConfigureAwait(false);
        return reply.Outcome switch
        {
            Outcome.Done => LoadResult.Done(reply.Value),
            Outcome.Failed => LoadResult.Failed(reply.Error ?? "failed"),
            _ => LoadResult.Unknown(reply.Error ?? "unknown"),
        };
    }

    public async ValueTask DisposeAsync()
    {
        if (_system is not null)
        {
            await _system.Terminate();
            _system.Dispose();
        }
    }

    private static PaxiClient[] Clients(ActorSystem system, IClientTransport transport, ClientSettings settings, int count) =>
    [
        .. Enumerable.Range(1, count).Select(number => PaxiClient.Start(system, settings, transport, $"client-{number}")),
    ];
}
