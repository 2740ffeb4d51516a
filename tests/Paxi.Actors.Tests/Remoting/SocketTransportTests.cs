using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Configuration;
using Akka.Remote.Transport;
using Google.Protobuf;
using Paxi.Actors.Remoting;
using Xunit;

namespace Paxi.Actors.Tests.Remoting;

/// <summary>The transport under Akka.Remote: between two systems of this process, and against peers that behave badly.</summary>
public sealed class SocketTransportTests() : Akka.TestKit.Xunit2.TestKit(Settings("Paxi.Actors.Remoting.SocketTransport, Paxi.Actors"))
{
    private const string Stock = "Akka.Remote.Transport.DotNetty.TcpTransport, Akka.Remote";
    private const int MaxFrame = 1 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static Config Settings(string transport, int port = 0) => ConfigurationFactory.ParseString($$"""
        akka {
          loglevel = OFF
          stdout-loglevel = OFF
          actor.provider = remote
          remote.retry-gate-closed-for = 50ms
          remote.dot-netty.tcp { transport-class = "{{transport}}", hostname = 127.0.0.1, port = {{port}}, maximum-frame-size = {{MaxFrame}}b }
        }
        """);

    /// <summary>Either side may be of Akka's own transport: on the wire they are the same.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Messages_go_both_ways_in_their_order(bool isOtherStock)
    {
        using var other = Other(Settings(isOtherStock ? Stock : typeof(SocketTransport).FullName + ", Paxi.Actors"));
        other.System.ActorOf(Props.Create(static () => new Mirror()), "mirror");
        var mirror = Sys.ActorSelection(new RootActorPath(other.Address) / "user" / "mirror");
        for (var number = 0; number < 2000; number++)
        {
            mirror.Tell(number, TestActor);
        }

        for (var number = 0; number < 2000; number++)
        {
            Assert.Equal(number, ExpectMsg<int>(Patience));
        }

        var large = new string('x', MaxFrame - 1000);
        mirror.Tell(large, TestActor);
        Assert.Equal(large, ExpectMsg<string>(Patience));
    }

    [Fact]
    public void A_peer_that_comes_back_at_its_address_is_reached_again()
    {
        var first = Other(Settings(typeof(SocketTransport).FullName + ", Paxi.Actors"));
        var port = first.Address.Port!.Value;
        using (first)
        {
            first.System.ActorOf(Props.Create(static () => new Mirror()), "mirror");
            Reach(first.Address);
        }

        // The port is free at once: the transport has closed what it opened.
        using var second = Other(Settings(typeof(SocketTransport).FullName + ", Paxi.Actors", port));
        second.System.ActorOf(Props.Create(static () => new Mirror()), "mirror");
        Reach(second.Address);

        void Reach(Address address) => AwaitAssert(() =>
        {
            Sys.ActorSelection(new RootActorPath(address) / "user" / "mirror").Tell("hello", TestActor);
            ExpectMsg("hello", TimeSpan.FromSeconds(1));
        }, Patience);
    }

    /// <summary>Each in its own way no peer of Akka's protocol; the transport parts with them, and serves others.</summary>
    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3 })]
    [InlineData(new byte[] { 3, 0, 0, 0, 0xFF, 0xFF, 0xFF })]
    [InlineData(new byte[] { 0x47, 0x45, 0x54, 0x20, 0x2F })]
    public async Task A_stranger_is_cut_off(byte[] bytes)
    {
        var address = ((ExtendedActorSystem)Sys).Provider.DefaultAddress;
        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await stranger.ConnectAsync(new IPEndPoint(IPAddress.Loopback, address.Port!.Value));
        await stranger.SendAsync(bytes);
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            while (await stranger.ReceiveAsync(new byte[1024], patience.Token) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // Cut off while its bytes were unread.
        }

        Messages_go_both_ways_in_their_order(isOtherStock: false);
    }

    [Fact]
    public async Task What_a_peer_does_not_read_waits_in_bounds()
    {
        using var listener = Listen();
        var transport = new SocketTransport(Sys, Sys.Settings.Config.GetConfig("akka.remote.dot-netty.tcp"));
        var (_, _) = await transport.Listen();
        var handle = await transport.Associate(new Address("tcp", "peer", "127.0.0.1", ((IPEndPoint)listener.LocalEndPoint!).Port));
        using var peer = await listener.AcceptAsync();
        var frame = ByteString.CopyFrom(new byte[64 << 10]);
        var taken = 0;
        while (handle.Write(frame))
        {
            taken++;
            Assert.InRange(taken, 0, 10_000);
        }

        // All of it comes when the peer reads, and then there is room again.
        await ReadAsync(peer, taken * (long)(frame.Length + FrameReader.HeaderBytes));
        Assert.True(handle.Write(frame));
        await ReadAsync(peer, frame.Length + FrameReader.HeaderBytes);
        await transport.Shutdown();
        Assert.False(handle.Write(frame));
        Assert.Equal(0, await peer.ReceiveAsync(new byte[1]));
    }

    [Fact]
    public async Task Who_asks_for_an_end_has_sent_what_was_written()
    {
        using var listener = Listen();
        var transport = new SocketTransport(Sys, Sys.Settings.Config.GetConfig("akka.remote.dot-netty.tcp"));
        await transport.Listen();
        var handle = await transport.Associate(new Address("tcp", "peer", "127.0.0.1", ((IPEndPoint)listener.LocalEndPoint!).Port));
        using var peer = await listener.AcceptAsync();
        var frame = ByteString.CopyFrom(new byte[MaxFrame]);
        for (var count = 0; count < 8; count++)
        {
            Assert.True(handle.Write(frame));
        }

        handle.Disassociate("the test ends it", Sys.Log);
        Assert.False(handle.Write(frame));
        await ReadAsync(peer, 8L * (MaxFrame + FrameReader.HeaderBytes));
        Assert.Equal(0, await peer.ReceiveAsync(new byte[1]));
        await transport.Shutdown();
    }

    [Fact]
    public async Task Where_nobody_listens_there_is_no_association()
    {
        using var listener = Listen();
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        listener.Dispose();
        var transport = new SocketTransport(Sys, Sys.Settings.Config.GetConfig("akka.remote.dot-netty.tcp"));
        await transport.Listen();
        var refused = await Assert.ThrowsAsync<InvalidAssociationException>(() => transport.Associate(new Address("tcp", "peer", "127.0.0.1", port)));
        Assert.Contains($"127.0.0.1:{port}: ", refused.Message, StringComparison.Ordinal);
        await transport.Shutdown();
    }

    [Theory]
    [InlineData("enable-ssl = on", "enable-ssl = on needs Akka's own transport")]
    [InlineData("maximum-frame-size = 1k", "maximum-frame-size must be at least 32000 bytes")]
    public void A_setting_that_cannot_be_is_refused(string setting, string reason)
    {
        var config = ConfigurationFactory.ParseString(setting).WithFallback(Sys.Settings.Config.GetConfig("akka.remote.dot-netty.tcp"));
        var fault = Assert.Throws<ConfigurationException>(() => new SocketTransport(Sys, config));
        Assert.StartsWith(reason, fault.Message, StringComparison.Ordinal);
    }

    private static Socket Listen()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        return listener;
    }

    private static async Task ReadAsync(Socket socket, long bytes)
    {
        using var patience = new CancellationTokenSource(Patience);
        var buffer = new byte[1 << 16];
        while (bytes > 0)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, bytes)), patience.Token);
            Assert.NotEqual(0, read);
            bytes -= read;
        }
    }

    private static OtherSystem Other(Config config) => new(ActorSystem.Create("other", config));

    private sealed class OtherSystem(ActorSystem system) : IDisposable
    {
        public ActorSystem System => system;

        public Address Address => ((ExtendedActorSystem)system).Provider.DefaultAddress;

        public void Dispose() => Assert.True(system.Terminate().Wait(Patience));
    }

    private sealed class Mirror : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message);
    }
}
