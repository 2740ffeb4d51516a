using System.Net;
using System.Net.Http;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Configuration;
using Paxi.Node.Cli;

namespace Paxi.Node.Tests.Cli;

/// <summary>Stands where the network is: answers of replicas as recorded, replies of the client as told. What was asked is kept.</summary>
internal sealed class FakeCluster : IClusterAccess
{
    private readonly Handler _handler = new();

    public FakeCluster(PaxiSettings settings)
    {
        Settings = settings;
        Rest = new ReplicaApi(_handler);
    }

    public PaxiSettings Settings { get; }

    public ReplicaApi Rest { get; }

    /// <summary>Answers a command of the client.</summary>
    public Func<Command, Reply> Client { get; set; } = static _ => throw new InvalidOperationException("no command was expected");

    public List<(Command Command, ReplicaId? First)> Sent { get; } = [];

    /// <summary>Answers a request by its port and its path with query; null refuses the connection.</summary>
    public Func<int, string, (HttpStatusCode Status, string Body)?> Replica
    {
        get => _handler.Answer;
        set => _handler.Answer = value;
    }

    /// <summary>Every request: port and path with query.</summary>
    public IReadOnlyCollection<string> Requests => _handler.Requests;

    public int Disposed { get; private set; }

    public Task<Reply> SendAsync(Command command, ReplicaId? first, CancellationToken cancellation)
    {
        Sent.Add((command, first));
        return Task.FromResult(Client(command));
    }

    public ValueTask DisposeAsync()
    {
        Disposed++;
        return ValueTask.CompletedTask;
    }

    private sealed class Handler : HttpMessageHandler
    {
        public System.Collections.Concurrent.ConcurrentQueue<string> Requests { get; } = new();

        public Func<int, string, (HttpStatusCode Status, string Body)?> Answer { get; set; } = static (_, _) => null;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests.Enqueue($"{request.RequestUri!.Port}{request.RequestUri.PathAndQuery}");
            return Answer(request.RequestUri.Port, request.RequestUri.PathAndQuery) is { } answer
                ? Task.FromResult(new HttpResponseMessage(answer.Status) { Content = new StringContent(answer.Body) })
                : Task.FromException<HttpResponseMessage>(new HttpRequestException(
                    "refused", new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.ConnectionRefused)));
        }
    }
}
