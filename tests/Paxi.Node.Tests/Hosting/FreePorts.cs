using System.Net;
using System.Net.Sockets;

namespace Paxi.Node.Tests.Hosting;

/// <summary>Ports that nobody uses. The system hands them out in turn, so that what one test was given comes late to another.</summary>
internal static class FreePorts
{
    public static int[] Take(int count)
    {
        var sockets = Enumerable.Range(0, count).Select(static _ =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            return socket;
        }).ToList();
        var ports = sockets.Select(static socket => ((IPEndPoint)socket.LocalEndPoint!).Port).ToArray();
        sockets.ForEach(static socket => socket.Dispose());
        return ports;
    }
}
