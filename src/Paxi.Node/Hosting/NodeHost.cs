using Paxi.Actors;
using Paxi.Actors.Configuration;

namespace Paxi.Node.Hosting;

/// <summary>Runs replicas until told to stop. Both forms print what a person needs and return the exit status.</summary>
public static class NodeHost
{
    /// <summary>One replica in this process.</summary>
    /// <param name="joinAddress">A member of the cluster to join through, <c>akka.tcp://paxi@host:port</c>; null for the seeds of the configuration.</param>
    /// <param name="cancellation">Ends it: the node leaves the cluster and stops within a few seconds.</param>
    /// <exception cref="ConfigurationException">The one line to print; nothing was started, nothing written.</exception>
    /// <exception cref="Paxi.Actors.Journal.JournalException">The data directory is another's, in use or damaged: the one line to print.</exception>
    public static Task<int> RunServerAsync(
        PaxiSettings settings, ReplicaId id, string? joinAddress, NodeConsole output, CancellationToken cancellation) =>
        throw new NotImplementedException();

    /// <summary>Every replica of the configuration in this process, each an actor system of its own.</summary>
    /// <inheritdoc cref="RunServerAsync"/>
    public static Task<int> RunUpAsync(PaxiSettings settings, NodeConsole output, CancellationToken cancellation) =>
        throw new NotImplementedException();
}
