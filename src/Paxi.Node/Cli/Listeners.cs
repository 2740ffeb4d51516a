using System.Globalization;
using System.Net.Sockets;
using Paxi.Actors;
using Paxi.Actors.Configuration;

namespace Paxi.Node.Cli;

/// <summary>
/// Whether anybody listens where the replicas should. The client would try them one after the other until its time is over, which is right for a replica that is
/// about to come back and wrong where nothing was started.
/// </summary>
internal static class Listeners
{
    /// <summary>An address that neither takes nor refuses a connection within this time may well be a replica's.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Null as soon as one address takes a connection, or does not refuse it; else the one line that says that nobody is there.</summary>
    /// <param name="settings">Where the replicas should be.</param>
    /// <param name="first">The replica to ask first: where it listens, no other is tried.</param>
    /// <param name="cancellation">Ends the waiting with null: whoever cancels wants no reason.</param>
    public static async Task<string?> FindNobodyAsync(PaxiSettings settings, ReplicaId first, CancellationToken cancellation)
    {
        var nearest = settings.Find(first);
        if (await MayListenAsync(nearest, cancellation))
        {
            return null;
        }

        var others = settings.Replicas.Where(replica => replica.Id != first).ToArray();
        if ((await Task.WhenAll(others.Select(replica => MayListenAsync(replica, cancellation)))).Any(static may => may))
        {
            return null;
        }

        var rest = others.Length switch
        {
            0 => "",
            1 => $" or at {Place(others[0])}",
            _ => string.Create(CultureInfo.InvariantCulture, $" or at the other {others.Length} addresses of {settings.Source}"),
        };
        return $"nobody listens at {Place(nearest)}{rest}; is the cluster started, with paxi up or paxi server?";
    }

    private static async Task<bool> MayListenAsync(ReplicaAddress replica, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(replica.Remote.Host.Trim('[', ']'), replica.Remote.Port!.Value, patience.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string Place(ReplicaAddress replica) => string.Create(CultureInfo.InvariantCulture, $"{replica.Remote.Host}:{replica.Remote.Port}");
}
