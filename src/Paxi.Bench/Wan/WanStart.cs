using Paxi.Actors.Clients;
using Paxi.Bench.Processes;
using Paxi.TestKit.Simulation;

namespace Paxi.Bench.Wan;

/// <summary>Brings a simulated cluster to where a load can begin: started, its leader where it should be, its keys there.</summary>
internal static class WanStart
{
    private const int MaxElections = 50;
    private const int PreloadWindow = 64;

    /// <summary>
    /// Starts the replicas of the leader's region before the others, so that one of them stands for election first. If another wins it
    /// starts again, which has the rest elect anew.
    /// </summary>
    /// <exception cref="BenchException">No leader was elected there.</exception>
    public static void Elect(SimulatedCluster cluster, WanSettings settings, TimeSpan patience)
    {
        if (settings.Protocol.Promises.Owners || settings.LeaderRegion is not { } region)
        {
            cluster.Start();
            cluster.World.Run(() => cluster.Leader is not null, settings.Protocol.Promises.Owners ? TimeSpan.FromSeconds(2) : patience);
            return;
        }

        foreach (var node in cluster.Nodes.Where(node => node.Id.Zone == region + 1))
        {
            node.Start();
        }

        cluster.World.Advance(2 * cluster.Settings.GetTimeSpan("election-timeout"));
        cluster.Start();
        for (var election = 0; election < MaxElections; election++)
        {
            cluster.World.Run(() => cluster.Leader is { } leader && cluster.Node(leader).IsUp, patience);
            cluster.World.Advance(2 * cluster.Settings.GetTimeSpan("election-timeout"));
            if (cluster.Leader is not { } leader)
            {
                break;
            }

            if (leader.Zone == region + 1)
            {
                return;
            }

            cluster.Node(leader).Crash();
            cluster.World.Run(() => cluster.Leader != leader, patience);
            cluster.Node(leader).Start();
        }

        throw new BenchException($"no leader was elected in {settings.Matrix.Regions[region]}");
    }

    /// <summary>Writes every key of <see cref="WanSettings.Preload"/> from its region, many at a time.</summary>
    /// <exception cref="BenchException">Not all were written in time.</exception>
    public static void Preload(SimulatedCluster cluster, WanSettings settings, TimeSpan patience)
    {
        var left = 0;
        foreach (var preload in settings.Preload)
        {
            var home = cluster.Replicas.Where(replica => replica.Zone == preload.Region + 1 && (preload.Node is null || replica.Node == preload.Node)).ToArray();
            var clients = home.Select(replica => cluster.AddClient([replica, .. home.Where(other => other != replica)], zone: preload.Region + 1)).ToArray();
            var next = 0;
            left += preload.Count;
            void Write(SimulatedClient client)
            {
                if (next >= preload.Count)
                {
                    return;
                }

                var key = FormattableString.Invariant($"{preload.From + next++}");
                client.Send(new Set(key, "preloaded"u8.ToArray()), reply =>
                {
                    left -= reply.Outcome == Outcome.Done ? 1 : 0;
                    Write(client);
                });
            }

            for (var opened = 0; opened < PreloadWindow; opened++)
            {
                Write(clients[opened % clients.Length]);
            }
        }

        cluster.World.Run(() => left == 0, patience);
        cluster.ThrowIfFailed();
        if (left > 0)
        {
            throw new BenchException($"{left} keys could not be written before the load");
        }
    }
}
