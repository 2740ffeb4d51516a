using System.Net;
using System.Net.Sockets;
using Paxi.Actors.Configuration;

namespace Paxi.Node.Configuration;

/// <summary>Takes every port that replicas are about to use, and lets go of them again: what is taken is known before anything is started or written.</summary>
internal static class PortCheck
{
    /// <exception cref="ConfigurationException">A port in use, or an address that is not this machine's; one line that names the key.</exception>
    public static void Check(PaxiSettings settings, IEnumerable<ReplicaAddress> replicas)
    {
        var taken = new List<Socket>();
        try
        {
            foreach (var replica in replicas)
            {
                var key = $"paxi.address.\"{replica.Id}\" = {replica.Remote}";
                taken.Add(Take(key, new IPEndPoint(Resolve(key, RemotingHost(settings, replica), settings.Source), replica.Remote.Port!.Value), settings.Source));
                if (replica.Rest is { } rest)
                {
                    key = $"paxi.http-address.\"{replica.Id}\" = {rest.GetLeftPart(UriPartial.Authority)}";
                    taken.Add(Take(key, RestEndPoint(rest), settings.Source));
                }
            }
        }
        finally
        {
            foreach (var socket in taken)
            {
                socket.Dispose();
            }
        }
    }

    /// <summary>Where the replica's remoting listens: its own address, unless the file's section <c>akka</c> says otherwise.</summary>
    public static string RemotingHost(PaxiSettings settings, ReplicaAddress replica) =>
        settings.Akka.IsEmpty
            ? Bare(replica.Remote.Host)
            : Bare(settings.Akka.GetString("akka.remote.dot-netty.tcp.hostname", replica.Remote.Host));

    /// <summary>Where REST listens: at that address of this machine; for a name at all of them, since a name may mean something else to clients.</summary>
    public static IPEndPoint RestEndPoint(Uri rest)
    {
        if (IPAddress.TryParse(Bare(rest.Host), out var ip))
        {
            return new IPEndPoint(ip, rest.Port);
        }

        return rest.IsLoopback
            ? new IPEndPoint(IPAddress.Loopback, rest.Port)
            : new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, rest.Port);
    }

    /// <summary>A host without the brackets of an IPv6 literal.</summary>
    private static string Bare(string host) => host.Trim('[', ']');

    private static IPAddress Resolve(string key, string host, string source)
    {
        if (IPAddress.TryParse(host, out var ip))
        {
            return ip;
        }

        try
        {
            var found = Dns.GetHostAddresses(host);
            return found.FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork) ?? found[0];
        }
        catch (SocketException fault)
        {
            throw new ConfigurationException($"{key}: the host {host} is not known here: {fault.Message} ({source})", fault);
        }
    }

    private static Socket Take(string key, IPEndPoint place, string source)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(place.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (place.Address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.Bind(place);
            socket.Listen();
            return socket;
        }
        catch (SocketException fault)
        {
            socket?.Dispose();
            throw new ConfigurationException(fault.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => $"{key}: port {place.Port} of {place.Address} is in use; stop what uses it or choose another ({source})",
                SocketError.AddressNotAvailable => $"{key}: {place.Address} is no address of this machine ({source})",
                SocketError.AccessDenied => $"{key}: this user may not listen on port {place.Port}; choose one above 1023 ({source})",
                _ => $"{key}: cannot listen on {place}: {fault.Message} ({source})",
            }, fault);
        }
    }
}
