using System.Diagnostics;
using System.Net.Sockets;
using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Configuration;
using Paxi.Actors.Epochs;
using Paxi.Actors.Wire;
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
        var first = join is null ? null : await Joining.AskEpochAsync(settings, self, join, cancellation);
        return await RunAsync(deployment, [self], join, first, output, cancellation);
    }

    /// <summary>Every replica of the configuration in this process, each an actor system of its own.</summary>
    /// <inheritdoc cref="RunServerAsync"/>
    public static async Task<int> RunUpAsync(PaxiSettings settings, NodeConsole output, CancellationToken cancellation)
    {
        var deployment = Deployment.Of(settings);
        PortCheck.Check(settings, settings.Replicas);
        return await RunAsync(deployment, settings.Replicas, null, null, output, cancellation);
    }

    private static async Task<int> RunAsync(
        Deployment deployment, IReadOnlyList<ReplicaAddress> replicas, Address? join, Epoch? first, NodeConsole output, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var stores = NodeStores.Open(deployment, replicas);
        var announce = new Announcements(deployment, replicas, output);
        announce.Starting();
        var nodes = replicas.Select((replica, index) => new ReplicaNode(deployment, replica, stores[index], join, output, first)).ToList();
        try
        {
            await StartAsync(nodes, deployment.Settings, cancellation);
            // A replica without a vote hears no leader.
            var needsLeader = first is null && !deployment.Protocol.ProposesAnywhere;
            announce.Ready(await Readiness.WaitForLeaderAsync(nodes, needsLeader, Patience, cancellation), needsLeader, clock.Elapsed);
            announce.Joined(await Readiness.WaitForMembersAsync(nodes, Patience, cancellation), clock.Elapsed);
            _ = Task.Run(HyperionSerializer.CompileAhead, CancellationToken.None);
            _ = StartupMemory.ReturnAsync(cancellation);
            if (first is not null && !nodes[0].Epoch.Voters.Contains(nodes[0].Id))
            {
                await Task.WhenAny(
                    Joining.AskForVotesAsync(nodes[0].System, deployment.Settings, replicas[0], first, join!, () => nodes[0].Epoch, output, cancellation),
                    UntilEndAsync(nodes, output, cancellation));
            }

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
    /// All at the same time. A start blocks a thread for each actor system while the system's first actors need others, and the pool adds threads slowly of itself:
    /// a start of nine took 10 s instead of 1.5. Afterwards more threads than cores only make the batches smaller.
    /// </summary>
    private static async Task StartAsync(List<ReplicaNode> nodes, PaxiSettings settings, CancellationToken cancellation)
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, 4 + (4 * nodes.Count)), completions);
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
        finally
        {
            ThreadPool.SetMinThreads(workers, completions);
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

    private static async Task<int> UntilEndAsync(List<ReplicaNode> nodes, NodeConsole output, CancellationToken cancellation)
    {
        var ended = new TaskCompletionSource<ReplicaNode?>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var cancelled = cancellation.Register(() => ended.TrySetResult(null));
        foreach (var node in nodes)
        {
            node.Ended.Register(() => ended.TrySetResult(node));
        }

        var lost = Task.WhenAll(nodes.Select(static node => node.LostVote));
        if (await Task.WhenAny(ended.Task, lost) == lost)
        {
            output.Line($"{string.Join(", ", nodes.Select(static node => node.Id))} votes no more ({nodes[0].Epoch}): it goes");
            return 0;
        }

        if (await ended.Task is not { } broken)
        {
            return 0;
        }

        output.Error($"the actor system of replica {broken.Id} ended by itself");
        return 1;
    }
}
