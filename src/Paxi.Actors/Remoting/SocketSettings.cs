using System.Net;
using System.Net.Sockets;
using Akka.Configuration;

namespace Paxi.Actors.Remoting;

/// <summary>What <see cref="SocketTransport"/> takes of the section <c>akka.remote.dot-netty.tcp</c>; the names and their meaning are Akka's.</summary>
internal sealed class SocketSettings
{
    private const int LeastFrameBytes = 32_000;

    /// <exception cref="ConfigurationException">A value that cannot be.</exception>
    public SocketSettings(Config config)
    {
        if (config.GetBoolean("enable-ssl"))
        {
            throw new ConfigurationException(
                "enable-ssl = on needs Akka's own transport: transport-class = \"Akka.Remote.Transport.DotNetty.TcpTransport, Akka.Remote\"");
        }

        Host = config.GetString("hostname") is { Length: > 0 } host ? host : IPAddress.Any.ToString();
        Port = config.GetInt("port");
        PublicHost = Bracketed(config.GetString("public-hostname") is { Length: > 0 } publicHost ? publicHost : Host);
        PublicPort = config.GetInt("public-port") is > 0 and var publicPort ? publicPort : null;
        ConnectTimeout = config.GetTimeSpan("connection-timeout");
        MaxFrameBytes = Size(config, "maximum-frame-size") is >= LeastFrameBytes and var size
            ? size
            : throw new ConfigurationException($"maximum-frame-size must be at least {LeastFrameBytes} bytes");
        SendBufferBytes = Size(config, "send-buffer-size");
        ReceiveBufferBytes = Size(config, "receive-buffer-size");
        Backlog = config.GetInt("backlog");
        IsNoDelay = config.GetBoolean("tcp-nodelay");
        IsKeepAlive = config.GetBoolean("tcp-keepalive");
        Family = config.GetBoolean("dns-use-ipv6") ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
    }

    /// <summary>Where this process listens.</summary>
    public string Host { get; }

    public int Port { get; }

    /// <summary>Under which others know it.</summary>
    public string PublicHost { get; }

    /// <summary>Null for the one on which it listens.</summary>
    public int? PublicPort { get; }

    public TimeSpan ConnectTimeout { get; }

    /// <summary>Of a frame without its length.</summary>
    public int MaxFrameBytes { get; }

    /// <summary>Of the kernel; 0 for what it likes.</summary>
    public int SendBufferBytes { get; }

    /// <summary>Of the kernel; 0 for what it likes.</summary>
    public int ReceiveBufferBytes { get; }

    public int Backlog { get; }

    public bool IsNoDelay { get; }

    public bool IsKeepAlive { get; }

    /// <summary>Of the addresses that a name has, those of this family come first.</summary>
    public AddressFamily Family { get; }

    public void Apply(Socket socket)
    {
        if (SendBufferBytes > 0)
        {
            socket.SendBufferSize = SendBufferBytes;
        }

        if (ReceiveBufferBytes > 0)
        {
            socket.ReceiveBufferSize = ReceiveBufferBytes;
        }

        socket.NoDelay = IsNoDelay;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, IsKeepAlive);
    }

    /// <exception cref="SocketException">The name is not known.</exception>
    public async Task<IPEndPoint> ResolveAsync(string host, int port)
    {
        if (IPAddress.TryParse(host.Trim('[', ']'), out var literal))
        {
            return new IPEndPoint(literal, port);
        }

        var found = await Dns.GetHostAddressesAsync(host).ConfigureAwait(false);
        var address = Array.Find(found, one => one.AddressFamily == Family) ?? found.FirstOrDefault();
        return address is not null ? new IPEndPoint(address, port) : throw new SocketException((int)SocketError.HostNotFound);
    }

    /// <summary>As it stands in an address: a literal one of IPv6 in brackets.</summary>
    public static string Bracketed(string host) =>
        IPAddress.TryParse(host, out var literal) && literal.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{host.Trim('[', ']')}]" : host;

    private static int Size(Config config, string name) => (int)Math.Min(int.MaxValue, config.GetByteSize(name) ?? 0);
}
