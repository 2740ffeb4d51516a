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
    private readonly PaxiClient[][] _zones;

    /// <param name="zones">The client actors of each zone.</param>
    private PaxiDriver(ActorSystem? system, PaxiClient[][] zones) => (_system, _zones) = (system, zones);

    /// <summary>Over Akka.Remote, from an actor system of its own.</summary>
    /// <param name="settings">Where the replicas are.</param>
    /// <param name="actors">How many client actors, each with a session of its own; for each zone when the clients are spread.</param>
    /// <param name="isSpread">Client c belongs to zone c modulo their number, and asks the replicas of its zone before all others, as long as one of them answers.</param>
    /// <exception cref="ArgumentException">An option of the client is out of range; one line that names the key.</exception>
    public static PaxiDriver Connect(PaxiSettings settings, int actors, bool isSpread = false)
    {
        var zones = ZoneReplicas.Of(settings, isSpread);
        // Checked before there is a system to end.
        var client = ClientSettings.Create(settings.Section, settings.Ids);
        var system = ActorSystem.Create("paxi-bench", QuietConfiguration.Client(settings));
        var transport = new AkkaTransport(system, settings);
        return new PaxiDriver(system,
        [
            .. zones.Select((own, zone) => Clients(
                system, transport, index => client with { Replicas = ZoneReplicas.Order(settings, own, index), Own = ZoneReplicas.Own(settings, own) }, actors, $"client-{zone + 1}")),
        ]);
    }

    /// <summary>In an actor system that is there already, and stays.</summary>
    public static PaxiDriver Inside(ActorSystem system, IClientTransport transport, ClientSettings settings, int actors) =>
        new(null, [Clients(system, transport, _ => settings, actors, "client")]);

    public async ValueTask<LoadResult> SendAsync(int client, LoadOperation operation)
    {
        var own = _zones[client % _zones.Length];
        var reply = await own[client / _zones.Length % own.Length].SendAsync(CommandOf(operation)).ConfigureAwait(false);
        return reply.Outcome switch
        {
            Outcome.Done when operation.Parts is not null => LoadResult.DoneTransaction([.. (reply.Parts ?? []).Select(static part => part.Value)]),
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

    /// <summary>What a client actor is told.</summary>
    internal static Command CommandOf(LoadOperation operation) => operation.Parts is { } parts
        ? new Transact(Array.ConvertAll(parts, static part => (KeyCommand)CommandOf(part)))
        : operation.Value is { } value ? new Set(operation.Key, value) : new Get(operation.Key);

    private static PaxiClient[] Clients(ActorSystem system, IClientTransport transport, Func<int, ClientSettings> settings, int count, string name) =>
    [
        .. Enumerable.Range(0, count).Select(index => PaxiClient.Start(system, settings(index), transport, $"{name}-{index + 1}")),
    ];
}
