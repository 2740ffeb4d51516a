using System.Diagnostics.Metrics;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Cluster;
using Paxi.Actors.Clients;
using Paxi.Actors.Links;
using Paxi.Actors.Wire;
using Xunit;
using Envelope = Paxi.Actors.Links.Envelope;

namespace Paxi.Actors.Tests.Wire;

/// <summary>What a peer may do to a node over real Akka.Remote: two actor systems in this process, over loopback.</summary>
public sealed class RemoteRefusalTests
{
    private const string Json = """
        akka.actor.serializers.json = "Akka.Serialization.NewtonSoftJsonSerializer, Akka"
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly ClientRefusal Proper = new(1, 2, RefusalReason.Overloaded, null);

    [Fact]
    public async Task A_foreign_type_is_refused_counted_and_logged_once_and_the_association_lives_on()
    {
        await using var node = new RemoteNode();
        await using var peer = new RemoteNode(Json);
        node.System.ActorOf(Props.Create<Echo>(), "echo");
        var echo = peer.At(node.Address, "echo");
        Assert.Equal(Proper, await echo.Ask<object>(Proper, Patience));
        var measured = 0L;
        using var listener = Listen(value => Interlocked.Add(ref measured, value));

        const int sent = 50;
        for (var index = 0; index < sent; index++)
        {
            echo.Tell(new Foreign { Value = index });
        }

        // Behind them on the same association, in order.
        Assert.Equal(Proper, await echo.Ask<object>(Proper, Patience));
        Assert.Equal(sent, node.Refused);
        Assert.True(Interlocked.Read(ref measured) >= sent);
        Assert.Equal(0, Foreign.Revived);
        Assert.Contains(nameof(Foreign), Assert.Single(node.RefusalLines), StringComparison.Ordinal);

        // What the node refused would have been made into an object by Akka's own.
        var json = peer.System.Serialization.FindSerializerForType(typeof(object));
        json.FromBinary<object>(json.ToBinary(new Foreign { Value = 1 }));
        Assert.Equal(1, Foreign.Revived);
    }

    [Fact]
    public async Task A_message_on_no_list_does_not_even_leave()
    {
        await using var node = new RemoteNode();
        await using var peer = new RemoteNode();
        node.System.ActorOf(Props.Create<Echo>(), "echo");
        var echo = peer.At(node.Address, "echo");
        echo.Tell(new Foreign());
        Assert.Equal(Proper, await echo.Ask<object>(Proper, Patience));
        Assert.Equal(0, node.Refused);
    }

    [Fact]
    public async Task Kinds_without_end_fill_neither_log_nor_memory()
    {
        await using var node = new RemoteNode();
        for (var kind = 0; kind < 10_000; kind++)
        {
            Assert.ThrowsAny<System.Runtime.Serialization.SerializationException>(() => node.System.Serialization.Deserialize([], 1, $"Evil{kind}\nforged line"));
        }

        Assert.Equal(10_000, node.Refused);
        await node.System.ActorSelection("/user/ear").ResolveOne(Patience);
        Assert.InRange(node.RefusalLines.Count, Refusals.MaxKinds, Refusals.MaxKinds + 1);
        Assert.All(node.RefusalLines, line => Assert.DoesNotContain('\n', line));
    }

    [Fact]
    public async Task A_peer_cannot_start_actors_here()
    {
        await using var node = new RemoteNode();
        await using var peer = new RemoteNode("""
            akka.actor.serializers.daemon-create = "Akka.Remote.Serialization.DaemonMsgCreateSerializer, Akka.Remote"
            """);
        node.System.ActorOf(Props.Create<Echo>(), "echo");
        var echo = peer.At(node.Address, "echo");
        Assert.Equal(Proper, await echo.Ask<object>(Proper, Patience));

        // The child lives at the peer's name for it, if at all.
        var remote = peer.System.ActorOf(Props.Create<Echo>().WithDeploy(Deploy.None.WithScope(new RemoteScope(node.Address))), "intruder");
        await Assert.ThrowsAsync<AskTimeoutException>(() => remote.Ask<object>(Proper, TimeSpan.FromSeconds(1)));
        Assert.Equal(Proper, await echo.Ask<object>(Proper, Patience));
        Assert.True(node.Refused > 0);
    }

    [Fact]
    public async Task Cold_messages_travel()
    {
        await using var node = new RemoteNode("paxi.admin = on");
        await using var peer = new RemoteNode();
        node.System.ActorOf(Props.Create<Echo>(), "echo");
        var echo = peer.At(node.Address, "echo");
        var done = new FaultInjected(new SlowFault(new ReplicaId(1, 2), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)));
        Assert.Equal(done, await echo.Ask<object>(done, Patience));

        // An order passes to where admin is on, and not back to where it is off.
        await Assert.ThrowsAsync<AskTimeoutException>(() => echo.Ask<object>(new InjectFault(done.Fault), TimeSpan.FromSeconds(1)));
        Assert.Equal(0, node.Refused);
        Assert.Equal(1, peer.Refused);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Garbage_on_the_port_leaves_the_node_alive(int seed)
    {
        await using var node = new RemoteNode();
        await using var peer = new RemoteNode();
        node.System.ActorOf(Props.Create<Echo>(), "echo");
        var echo = peer.At(node.Address, "echo");
        Assert.Equal(Proper, await echo.Ask<object>(Proper, Patience));
        var random = new Random(seed);
        for (var connection = 0; connection < 20; connection++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(node.Address.Host, node.Address.Port!.Value);
            var garbage = new byte[random.Next(1, 4096)];
            random.NextBytes(garbage);
            if (connection % 2 == 0)
            {
                // A frame of its length (little-endian, four bytes): it gets past the framing.
                BitConverter.TryWriteBytes(garbage.AsSpan(), Math.Max(garbage.Length - 4, 0));
            }

            await client.GetStream().WriteAsync(garbage);
        }

        Assert.Equal(Proper, await echo.Ask<object>(Proper, Patience));
        await using var other = new RemoteNode();
        Assert.Equal(Proper, await other.At(node.Address, "echo").Ask<object>(Proper, Patience));
    }

    [Fact]
    public async Task A_cluster_forms_without_the_serializers_that_are_refused()
    {
        const string cluster = """
            akka.actor.provider = cluster
            akka.cluster { gossip-interval = 200ms, leader-actions-interval = 200ms, periodic-tasks-initial-delay = 100ms, log-info = off }
            """;
        await using var first = new RemoteNode(cluster);
        await using var second = new RemoteNode(cluster);
        using var limit = new CancellationTokenSource(Patience);
        await Cluster.Get(first.System).JoinAsync(first.Address, limit.Token);
        await Cluster.Get(second.System).JoinAsync(first.Address, limit.Token);
        first.System.ActorOf(Props.Create<Echo>(), "echo");
        var envelope = new Envelope(WireSamples.One, 7, [new Paxi.Actors.Replicas.ForwardRefusal(Proper)]);
        var answer = await second.At(first.Address, "echo").Ask<Envelope>(envelope, Patience);
        Assert.Equal(WireSamples.Text(envelope), WireSamples.Text(answer));
        await Cluster.Get(second.System).LeaveAsync(limit.Token);
        Assert.Equal(0, first.Refused + second.Refused);
    }

    private static MeterListener Listen(Action<long> seen)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, self) =>
            {
                if (instrument is { Name: "paxi.wire.refused", Meter.Name: "Paxi" })
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => seen(value));
        listener.Start();
        return listener;
    }

    /// <summary>On no list. Its property tells when somebody made one out of bytes.</summary>
    internal sealed class Foreign
    {
        private static int s_revived;

        public static int Revived => s_revived;

        public int Value
        {
            get;
            set
            {
                field = value;
                if (new System.Diagnostics.StackTrace().ToString().Contains("Newtonsoft", StringComparison.Ordinal))
                {
                    Interlocked.Increment(ref s_revived);
                }
            }
        }
    }
}
