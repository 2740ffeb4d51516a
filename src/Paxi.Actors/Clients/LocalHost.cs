using System.Net;
using System.Net.Sockets;
using Paxi.Actors.Configuration;

namespace Paxi.Actors.Clients;

/// <summary>Finds the address by which others reach this machine.</summary>
internal static class LocalHost
{
    /// <summary>The address of this machine from which the way to the replica leads. Sends nothing.</summary>
    /// <exception cref="ConfigurationException">There is no way, or no such host.</exception>
    public static string Towards(ReplicaAddress replica)
    {
        var (host, port) = (replica.Remote.Host.Trim('[', ']'), replica.Remote.Port!.Value);
        try
        {
            var target = Dns.GetHostAddresses(host)[0];
            using var socket = new Socket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(target, port);
            return ((IPEndPoint)socket.LocalEndPoint!).Address.ToString();
        }
        catch (SocketException fault)
        {
            throw new ConfigurationException($"no way to replica {replica.Id} at {replica.Remote}: {fault.Message}", fault);
        }
    }
}
