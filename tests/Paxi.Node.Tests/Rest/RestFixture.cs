using System.Net;
using System.Net.Sockets;
using System.Text;
using Akka.Actor;
using Microsoft.AspNetCore.Builder;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.Links;
using Paxi.Actors.Membership;
using Paxi.Actors.Replicas;
using Paxi.Node.Rest;
using Xunit;

namespace Paxi.Node.Tests.Rest;

/// <summary>The REST server on a port of its own. Behind it instead of a cluster: an actor that keeps keys in memory and one that stands for the replica.</summary>
public sealed class RestFixture : IAsyncLifetime
{
    private readonly ActorSystem _system = ActorSystem.Create("rest", "akka { loglevel = OFF, stdout-loglevel = OFF }");
    private readonly List<WebApplication> _servers = [];

    internal FakeReplica.Log Replica { get; } = new();

    public int Port { get; private set; }

    /// <summary>Faults are switched off here, and reads are answered by a quorum.</summary>
    public int QuorumPort { get; private set; }

    public async Task InitializeAsync()
    {
        var store = _system.ActorOf(Props.Create(() => new FakeStore()));
        SendCommand client = (command, cancellation) => SendAsync(store, command, cancellation);
        var replica = _system.ActorOf(Props.Create(() => new FakeReplica(Replica)));
        Port = await ServeAsync(client, replica, ReadMode.Log, admin: true);
        QuorumPort = await ServeAsync(client, replica, ReadMode.Quorum, admin: false);
    }

    public async Task DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        await _system.Terminate();
    }

    /// <summary>Sends the bytes of one request and returns those of the answer.</summary>
    public async Task<RawAnswer> ExchangeAsync(string request, int? port = null)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, port ?? Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer);
        return RawAnswer.Parse(Encoding.UTF8.GetString(answer.ToArray()));
    }

    /// <summary>A request without a body, or with one.</summary>
    public Task<RawAnswer> SendAsync(string method, string target, string? body = null, string headers = "", int? port = null)
    {
        var length = body is null ? "" : $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n";
        var text = $"{method} {target} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n{length}{headers}\r\n";
        return ExchangeAsync(text + (body is null ? "" : Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(body))), port);
    }

    private static async Task<Reply> SendAsync(IActorRef store, Command command, CancellationToken cancellation)
    {
        try
        {
            return await store.Ask<Reply>(command, Timeout.InfiniteTimeSpan, cancellation);
        }
        catch (OperationCanceledException)
        {
            return new Reply { Outcome = Outcome.Unknown, Error = "cancelled" };
        }
    }

    private async Task<int> ServeAsync(SendCommand client, IActorRef replica, ReadMode read, bool admin)
    {
        var access = new ReplicaAccess(new ReplicaId(1, 1), "test", false, [new(1, 1), new(1, 2), new(2, 1)], admin, replica, replica);
        var handler = new RestHandler(new KeyValueEndpoint(client, read), new AdminEndpoint(access, client), new MembersEndpoint(access), new StatusEndpoint(access));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        RestServer.Configure(builder, new IPEndPoint(IPAddress.Loopback, 0));
        var server = builder.Build();
        _servers.Add(server);
        RestServer.Map(server, () => handler);
        await server.StartAsync();
        return new Uri(server.Urls.Single()).Port;
    }
}

public sealed record RawAnswer(string Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public int Code => int.Parse(Status.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);

    public static RawAnswer Parse(string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        Assert.True(end > 0, $"no answer: {text}");
        var lines = text[..end].Split("\r\n");
        // Case counts here: the names must be written as Paxi writes them.
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair.Length > 1 ? pair[1] : "", StringComparer.Ordinal);
        return new RawAnswer(lines[0], headers, text[(end + 4)..]);
    }
}

/// <summary>Answers as a client actor would, from a dictionary. Some keys end otherwise.</summary>
internal sealed class FakeStore : ReceiveActor
{
    private readonly Dictionary<string, List<ReadOnlyMemory<byte>>> _versions = new(StringComparer.Ordinal);
    private long _slot;

    public FakeStore()
    {
        Receive<KeyCommand>(command => command.Key == "fails", _ => Sender.Tell(new Reply { Outcome = Outcome.Failed, Error = "overloaded" }));
        Receive<KeyCommand>(command => command.Key == "unknown", _ => Sender.Tell(new Reply { Outcome = Outcome.Unknown, Error = "no answer in 10 s" }));
        Receive<KeyCommand>(command => command.Key == "silent", _ => { });
        Receive<KeyCommand>(command => command.Key == "mode", command => Sender.Tell(Done(Encoding.UTF8.GetBytes(command.Mode?.ToString() ?? "none"))));
        Receive<Get>(get => Sender.Tell(Done(Find(get.Key))));
        Receive<Set>(set => Write(set.Key, set.Value));
        Receive<Delete>(delete => Write(delete.Key, null));
        Receive<GetHistory>(history => Sender.Tell(Done(null) with { Versions = _versions.GetValueOrDefault(history.Key, []) }));
    }

    private ReadOnlyMemory<byte>? Find(string key) => _versions.TryGetValue(key, out var versions) && versions.Count > 0 ? versions[^1] : null;

    private void Write(string key, ReadOnlyMemory<byte>? value)
    {
        var before = Find(key);
        if (value is { } written)
        {
            _versions.TryAdd(key, []);
            _versions[key].Add(written.ToArray());
        }
        else
        {
            _versions.Remove(key);
        }

        Sender.Tell(Done(before));
    }

    private Reply Done(ReadOnlyMemory<byte>? value)
    {
        _slot++;
        return new Reply { Outcome = Outcome.Done, Value = value, Slot = _slot, Executed = _slot, Ballot = new Ballot(3, new ReplicaId(1, 2)), Leader = new ReplicaId(1, 2) };
    }
}

/// <summary>Takes faults and remembers them; is running, and led by 1.2.</summary>
internal sealed class FakeReplica : ReceiveActor
{
    public FakeReplica(Log log)
    {
        Receive<InjectFault>(inject =>
        {
            log.Add(inject.Fault);
            Sender.Tell(new FaultInjected(inject.Fault));
        });
        Receive<StatusRequest>(_ => Sender.Tell(new ReplicaStatus(new ReplicaId(1, 1), ReplicaState.Running, "",
            [new RoleStatus(KernelRoles.Gateway, [new("leader", "1.2"), new("ballot", "3.1.2")])])));
        Receive<MembershipQuery>(_ => Sender.Tell(new MembershipView([])));
    }

    internal sealed class Log
    {
        private readonly List<Fault> _faults = [];

        public void Add(Fault fault)
        {
            lock (_faults)
            {
                _faults.Add(fault);
            }
        }

        public IReadOnlyList<Fault> Take()
        {
            lock (_faults)
            {
                Fault[] taken = [.. _faults];
                _faults.Clear();
                return taken;
            }
        }
    }
}
