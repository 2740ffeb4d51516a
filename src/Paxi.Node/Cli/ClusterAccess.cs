using System.Collections.Immutable;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Configuration;
using Paxi.Node.Configuration;

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
    /// <summary>By the replica that is asked first; at most one for each replica of the configuration.</summary>
    private readonly Dictionary<ReplicaId, PaxiClient> _clients = [];

    private ReplicaApi? _rest;

    public PaxiSettings Settings { get; } = settings;

    public ReplicaApi Rest => _rest ??= new ReplicaApi(new SocketsHttpHandler { ConnectTimeout = ReplicaApi.Patience });

    public async Task<Reply> SendAsync(Command command, ReplicaId? first, CancellationToken cancellation)
    {
        var id = first ?? Settings.Ids[0];
        if (await Listeners.FindNobodyAsync(Settings, id, cancellation) is { } nobody)
        {
            return new Reply { Outcome = Outcome.Failed, Error = nobody };
        }

        if (!_clients.TryGetValue(id, out var client))
        {
            client = PaxiClient.Connect(Settings with { Akka = AkkaLog.Off.WithFallback(Settings.Akka) }, id);
            _clients.Add(id, client);
        }

        return await client.SendAsync(command, cancellation);
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
