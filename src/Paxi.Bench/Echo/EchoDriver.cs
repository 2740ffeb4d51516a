using System.Text;
using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.Configuration;
using Paxi.Actors.Links;
using Paxi.Bench.Drivers;
using Paxi.Bench.Loads;
using Paxi.Bench.Workloads;

namespace Paxi.Bench.Echo;

/// <summary>One remote message for each request and one for each reply, with the size of a command and its result.</summary>
internal sealed class EchoDriver : IDriver
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ActorSystem _system;
    private readonly AkkaTransport _transport;
    private readonly ReplicaId _server;
    private readonly IActorRef _receiver;
    private readonly Waiting[] _waiting;
    private readonly Timer _timer;

    /// <param name="settings">Its first replica is where the other half listens.</param>
    /// <param name="clients">How many clients there are.</param>
    public EchoDriver(PaxiSettings settings, int clients)
    {
        _waiting = new Waiting[clients];
        Array.Fill(_waiting, Waiting.None);
        _system = ActorSystem.Create("echo-client", QuietConfiguration.Client(settings));
        _transport = new AkkaTransport(_system, settings);
        _server = settings.Ids[0];
        _receiver = _system.ActorOf(Props.Create(() => new Receiver(this)), "client");
        _timer = new Timer(_ => Expire(), null, Patience / 10, Patience / 10);
    }

    public ValueTask<LoadResult> SendAsync(int client, LoadOperation operation)
    {
        var waiting = new Waiting(_waiting[client].Request + 1);
        Volatile.Write(ref _waiting[client], waiting);
        var body = operation.Value ?? Encoding.UTF8.GetBytes(operation.Key);
        var session = (ulong)client + 1;
        var block = BatchWriter.Block(session, waiting.Request, [(waiting.Request, body)]);
        _transport.Send(_server, new ClientRequests(session, waiting.Request, ReadMode.Log, block), _receiver);
        return new ValueTask<LoadResult>(waiting.Task);
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await _system.Terminate();
        _system.Dispose();
    }

    private void Expire()
    {
        var now = Environment.TickCount64;
        for (var client = 0; client < _waiting.Length; client++)
        {
            var waiting = Volatile.Read(ref _waiting[client]);
            if (now - waiting.SentAt > Patience.TotalMilliseconds)
            {
                waiting.TrySetResult(LoadResult.Unknown("no answer"));
            }
        }
    }

    private sealed class Waiting(long request) : TaskCompletionSource<LoadResult>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public static readonly Waiting None = new(0);

        public long Request { get; } = request;

        public long SentAt { get; } = Environment.TickCount64;
    }

    private sealed class Receiver(EchoDriver driver) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            var replies = (ClientReplies)message;
            var waiting = Volatile.Read(ref driver._waiting[(int)replies.Session - 1]);
            if (replies.Slot == waiting.Request)
            {
                waiting.TrySetResult(LoadResult.Done());
            }
        }
    }
}
