using System.Collections.Immutable;
using Akka.Configuration;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Configuration;

namespace Paxi.Node.Cli;

/// <summary>The way to a running cluster: commands by the client actor over Akka.Remote, questions to single replicas by REST.</summary>
internal interface IClusterAccess : IAsyncDisposable
{
    PaxiSettings Settings { get; }

    ReplicaApi Rest { get; }

    /// <summary>Never throws for an outcome.</summary>
    /// <param name="first">Whom to ask first; null for the first replica listed.</param>
    Task<Reply> SendAsync(Command command, ReplicaId? first, CancellationToken cancellation);
}

/// <summary>Opens what is asked for, when it is asked for, and keeps it until the end: a <c>status</c> starts no actor system.</summary>
internal sealed class ClusterAccess(PaxiSettings settings) : IClusterAccess
{
    /// <summary>Akka logs to standard output, which belongs to the answer. A replica that cannot be reached is retried elsewhere, and the outcome says the rest.</summary>
    private static readonly Config Quiet = ConfigurationFactory.ParseString("akka { loglevel = OFF, stdout-loglevel = OFF }");

    /// <summary>By the replica that is asked first; at most one for each replica of the configuration.</summary>
    private readonly Dictionary<ReplicaId, PaxiClient> _clients = [];

    private ReplicaApi? _rest;

    public PaxiSettings Settings { get; } = settings;

    public ReplicaApi Rest => _rest ??= new ReplicaApi(new SocketsHttpHandler { ConnectTimeout = ReplicaApi.Patience });

    public Task<Reply> SendAsync(Command command, ReplicaId? first, CancellationToken cancellation)
    {
        var id = first ?? Settings.Ids[0];
        if (!_clients.TryGetValue(id, out var client))
        {
            client = PaxiClient.Connect(Settings with { Akka = Quiet.WithFallback(Settings.Akka) }, id);
            _clients.Add(id, client);
        }

        return client.SendAsync(command, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        _rest?.Dispose();
        foreach (var client in _clients.Values)
        {
            await client.DisposeAsync();
        }
    }
}
