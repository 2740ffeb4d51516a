using Paxi.Actors.Configuration;
using Paxi.Actors.Journal;
using Paxi.Actors.Replicas;
using Paxi.Node.Configuration;

namespace Paxi.Node.Hosting;

/// <summary>Opens the journals of the replicas that this process runs: all of them or none.</summary>
internal static class NodeStores
{
    /// <summary>In the order of <paramref name="replicas"/>. When one cannot be opened the others are closed, and directories that were made are taken away again.</summary>
    /// <exception cref="JournalException">Another's directory, in use, damaged, or not writable: one line that says which.</exception>
    public static IReadOnlyList<IJournalStore> Open(Deployment deployment, IReadOnlyList<ReplicaAddress> replicas)
    {
        var settings = deployment.Settings;
        var agreed = AgreedSettings.Of(deployment.Protocol.Name, settings.Section);
        var opened = new List<IJournalStore>();
        var made = MissingParents(settings.DataDirectory);
        try
        {
            foreach (var replica in replicas)
            {
                if (settings.Journal == JournalKind.Memory)
                {
                    opened.Add(new MemoryJournalStore());
                    continue;
                }

                var directory = DirectoryOf(settings, replica);
                if (!Directory.Exists(directory))
                {
                    made.Add(directory);
                }

                opened.Add(new RocksDbJournalStore(directory, agreed.Identity(replica.Id, deployment.Protocol.Name)));
            }

            return opened;
        }
        catch
        {
            opened.ForEach(static store => store.Dispose());
            made.Reverse();
            foreach (var directory in made.Where(Directory.Exists))
            {
                // The journals of replicas in it are ours and empty; what holds anything else stays.
                var isJournal = directory != settings.DataDirectory && Path.GetDirectoryName(directory) == settings.DataDirectory;
                if (isJournal || !Directory.EnumerateFileSystemEntries(directory).Any())
                {
                    Directory.Delete(directory, recursive: isJournal);
                }
            }

            throw;
        }
    }

    /// <summary>Where a replica's journal is.</summary>
    public static string DirectoryOf(PaxiSettings settings, ReplicaAddress replica) => Path.Combine(settings.DataDirectory, replica.Id.ToString());

    /// <summary>The data directory and those above it that are not there yet, the outermost first.</summary>
    private static List<string> MissingParents(string directory)
    {
        var missing = new List<string>();
        for (var at = directory; at is not null && !Path.Exists(at); at = Path.GetDirectoryName(at))
        {
            missing.Insert(0, at);
        }

        return missing;
    }
}
