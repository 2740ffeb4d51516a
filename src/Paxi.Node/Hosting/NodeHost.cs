using System.Diagnostics;
using System.Net.Sockets;
using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Configuration;
using Paxi.Node.Configuration;

namespace Paxi.Node.Hosting;

/// <summary>Runs replicas until told to stop. Both forms print what a person needs and return the exit status.</summary>
public static class NodeHost
{
    /// <summary>So long a start may take before it is called slow; it goes on.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>One replica in this process.</summary>
    /// <param name="joinAddress">A member of the cluster to join through, <c>akka.tcp://paxi@host:port</c>; null for the seeds of the configuration.</param>
    /// <param name="cancellation">Ends it: the node leaves the cluster and stops within a few seconds.</param>
    /// <exception cref="ConfigurationException">The one line to print; nothing was started, nothing written.</exception>
    /// <exception cref="Paxi.Actors.Journal.JournalException">The data directory is another's, in use or damaged: the one line to print.</exception>
    public static async Task<int> RunServerAsync(
        PaxiSettings settings, ReplicaId id, string? joinAddress, NodeConsole output, CancellationToken cancellation)
    {
        var self = settings.Find(id);
        var join = joinAddress is null ? null : PaxiSettings.ParseAddress("--join", joinAddress);
        var deployment = Deployment.Of(settings);
        PortCheck.Check(settings, [self]);
        return await RunAsync(deployment, [self], join, output, cancellation);
    }

    /// <summary>Every replica of the configuration in this process, each an actor system of its own.</summary>
    /// <inheritdoc cref="RunServerAsync"/>
    public static async Task<int> RunUpAsync(PaxiSettings settings, NodeConsole output, CancellationToken cancellation)
    {
        var deployment = Deployment.Of(settings);
        PortCheck.Check(settings, settings.Replicas);
        return await RunAsync(deployment, settings.Replicas, null, output, cancellation);
    }

    private static async Task<int> RunAsync(
        Deployment deployment, IReadOnlyList<ReplicaAddress> replicas, Address? join, NodeConsole output, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        RaiseMinThreads(replicas.Count);
        var stores = NodeStores.Open(deployment.Settings, replicas);
        var announce = new Announcements(deployment, replicas, output);
        announce.Starting();
        var nodes = replicas.Select((replica, index) => new ReplicaNode(deployment, replica, stores[index], join, output)).ToList();
        try
        {
            await StartAsync(nodes, deployment.Settings, cancellation);
            announce.Ready(await Readiness.WaitForLeaderAsync(nodes, !deployment.Protocol.ProposesAnywhere, Patience, cancellation), clock.Elapsed);
            announce.Joined(await Readiness.WaitForMembersAsync(nodes, Patience, cancellation), clock.Elapsed);
            _ = StartupMemory.ReturnAsync(cancellation);
            return await UntilEndAsync(nodes, output, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return 0;
        }
        finally
        {
            announce.Stopping();
            await Task.WhenAll(nodes.Select(static node => node.StopAsync()));
            foreach (var node in nodes)
            {
                await node.DisposeAsync();
            }

            announce.Stopped();
        }
    }

    /// <summary>
    /// A start blocks a thread for each actor system while the system's first actors need others; the pool adds threads slowly of itself (a start of nine
    /// took 10 s instead of 1.5). Threads that are not needed any more go away.
    /// </summary>
    private static void RaiseMinThreads(int nodes)
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, 4 + (4 * nodes)), completions);
    }

    /// <summary>All at the same time: each waits for its ports and for the cluster.</summary>
    private static async Task StartAsync(IReadOnlyList<ReplicaNode> nodes, PaxiSettings settings, CancellationToken cancellation)
    {
        try
        {
            await Task.WhenAll(nodes.Select(node => Task.Run(() => node.StartAsync(cancellation), cancellation)));
        }
        catch (Exception fault) when (FindSocketFault(fault) is { } socket)
        {
            // Somebody took the port after it was checked.
            throw new ConfigurationException($"a port of the configuration cannot be listened on: {socket.Message.ReplaceLineEndings(" ")} ({settings.Source})", fault);
        }
        catch (Exception fault) when (FindAkkaConfigurationFault(fault) is { } wrong)
        {
            throw new ConfigurationException($"the section akka is wrong: {wrong.Message.ReplaceLineEndings(" ")} ({settings.Source})", fault);
        }
    }

    private static Exception? FindSocketFault(Exception fault) => Causes(fault).FirstOrDefault(
        static cause => cause is SocketException or Microsoft.AspNetCore.Connections.AddressInUseException);

    private static Exception? FindAkkaConfigurationFault(Exception fault) => Causes(fault).FirstOrDefault(
        static cause => cause is Akka.Configuration.ConfigurationException or FormatException);

    private static IEnumerable<Exception> Causes(Exception fault)
    {
        for (Exception? at = fault; at is not null; at = at.InnerException)
        {
            yield return at;
        }
    }

    private static async Task<int> UntilEndAsync(IReadOnlyList<ReplicaNode> nodes, NodeConsole output, CancellationToken cancellation)
    {
        var ended = new TaskCompletionSource<ReplicaNode?>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var cancelled = cancellation.Register(() => ended.TrySetResult(null));
        foreach (var node in nodes)
        {
            node.Ended.Register(() => ended.TrySetResult(node));
        }

        if (await ended.Task is not { } broken)
        {
            return 0;
        }

        output.Error($"the actor system of replica {broken.Id} ended by itself");
        return 1;
    }
}
