using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Paxi.Actors.Commands;

namespace Paxi.Actors.Configuration;

/// <summary>A deployment: the configuration file, checked, with the command line's words in front and the defaults behind.</summary>
public sealed record PaxiSettings
{
    /// <summary>What a node's actor system is called; a part of every address.</summary>
    public const string SystemName = "paxi";

    /// <summary>The file that is read when none is named, in the current directory.</summary>
    public const string DefaultFile = "cluster.hocon";

    /// <summary>The file it came from, or that there was none; for messages.</summary>
    public required string Source { get; init; }

    /// <summary>The protocol's name; whether there is one of that name is not checked here.</summary>
    public required string Algorithm { get; init; }

    /// <summary>The replicas, in the order in which they are listed; the first is the seed. They are the voters at the first start; from then on the journal knows who votes.</summary>
    public required ImmutableArray<ReplicaAddress> Replicas { get; init; }

    /// <summary>Whether faults may be injected.</summary>
    public required bool Admin { get; init; }

    /// <summary>Whether the journals survive the process.</summary>
    public required JournalKind Journal { get; init; }

    /// <summary>Absolute; a replica's journal is in <c>DIR/ZONE.NODE</c>.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>How a read is answered that does not say.</summary>
    public required ReadMode ReadMode { get; init; }

    /// <summary>The section <c>paxi</c> with its defaults; for the protocol, the kernel and <see cref="Clients.ClientSettings.Create"/>.</summary>
    public required Config Section { get; init; }

    /// <summary>The file's own section <c>akka</c>, as <c>akka { … }</c>; goes in front of what a node or client sets. Empty when there is none.</summary>
    public required Config Akka { get; init; }

    /// <summary>What the command line said, so that a message about a value can name where it came from.</summary>
    public required SettingsOverrides Overrides { get; init; }

    /// <summary>In the order in which they are listed.</summary>
    public ImmutableArray<ReplicaId> Ids => [.. Replicas.Select(replica => replica.Id)];

    /// <summary>Where nodes look for the cluster, in order. Only the first may found it, so all nodes must have the same list.</summary>
    public ImmutableArray<Address> Seeds => [.. Replicas.Select(replica => replica.Remote)];

    /// <summary>Reads and checks all that can be checked without knowing the protocol; nothing is started or written.</summary>
    /// <param name="configPath">The file; null for <see cref="DefaultFile"/>, which need not be there when the command line gives zones and nodes.</param>
    /// <exception cref="ConfigurationException">The one line to print.</exception>
    public static PaxiSettings Load(string? configPath, SettingsOverrides overrides) => SettingsLoader.Load(configPath, overrides);

    /// <summary>
    /// From the section <c>paxi</c> of an actor system that embeds a replica or a client. Its own name and the names of the replicas' systems are free.
    /// </summary>
    /// <exception cref="ConfigurationException">The one line to print.</exception>
    public static PaxiSettings Of(ActorSystem system) => SettingsLoader.Of(system);

    /// <summary>The address of a node that the command line names.</summary>
    /// <param name="option">As <c>--join</c>, for the message.</param>
    /// <exception cref="ConfigurationException">It is not of the form <c>akka.tcp://paxi@HOST:PORT</c>.</exception>
    public static Address ParseAddress(string option, string text) => ReplicaAddresses.ParseRemote($"{option} {text}", text, null);

    /// <exception cref="ConfigurationException">No such replica; the line lists those there are.</exception>
    public ReplicaAddress Find(ReplicaId id)
    {
        foreach (var replica in Replicas)
        {
            if (replica.Id == id)
            {
                return replica;
            }
        }

        throw new ConfigurationException($"--id {id}: no such replica in {Source}; it may be {string.Join(", ", Ids)}");
    }
}

/// <summary>A replica and where it is.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Remote">Where its actor system listens.</param>
/// <param name="Rest">Where it serves REST; null when it does not.</param>
public sealed record ReplicaAddress(ReplicaId Id, Address Remote, Uri? Rest);

/// <summary>Where journals are kept.</summary>
public enum JournalKind
{
    /// <summary>Survives a crash of the process or machine.</summary>
    Disk,

    /// <summary>For experiments: nothing survives the process.</summary>
    Memory,
}
