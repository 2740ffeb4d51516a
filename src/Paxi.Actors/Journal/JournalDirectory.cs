using System.Globalization;

namespace Paxi.Actors.Journal;

/// <summary>
/// A replica's directory: <c>replica</c> says whose it is, <c>lock</c> keeps other processes out, <c>process</c> names the one that is in,
/// <c>synced</c> is the <see cref="SyncedMark"/>, <c>db</c> the database. <c>replica</c> is made last, so that a directory which has it is complete, and
/// one which lacks it and holds anything that we did not make is somebody else's.
/// </summary>
internal sealed class JournalDirectory : IDisposable
{
    private const string IdentityFile = "replica";
    private const string NewIdentityFile = "replica.new";
    private const string LockFile = "lock";
    private const string ProcessFile = "process";
    private const string SyncedFile = "synced";
    private const string DatabaseDirectory = "db";
    private const int LongestIdentity = 4096;
    private static readonly string[] MadeBeforeIdentity = [NewIdentityFile, LockFile, ProcessFile, SyncedFile];
    private readonly FileStream _lock;

    private JournalDirectory(string path, FileStream @lock)
    {
        Path = path;
        _lock = @lock;
    }

    public string Path { get; }

    public string Database => System.IO.Path.Combine(Path, DatabaseDirectory);

    public string Synced => System.IO.Path.Combine(Path, SyncedFile);

    /// <summary>Takes the directory for this process, making it if it is not there or empty. Writes nothing into one that is not the identity's.</summary>
    /// <exception cref="JournalException">It is another's, in use, or cannot be made.</exception>
    public static JournalDirectory Open(string path, JournalIdentity identity)
    {
        try
        {
            var isNew = !Check(path, identity);
            Directory.CreateDirectory(path);
            var directory = new JournalDirectory(path, Lock(path));
            try
            {
                // Again under the lock: another process may have made it in between.
                isNew = isNew && !Check(path, identity);
                directory.Claim(identity, isNew);
                return directory;
            }
            catch
            {
                directory.Dispose();
                throw;
            }
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new JournalException($"{path} cannot be used for the journal of {identity}: {OneLine(cause.Message)}", cause);
        }
    }

    /// <summary>A foreign message without its line ends, for a message of one line.</summary>
    public static string OneLine(string message)
    {
        var text = message.ReplaceLineEndings(" ").Trim();
        return text.Length == 0 ? "no reason given" : text;
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>True when the directory is the identity's; false when there is none yet.</summary>
    private static bool Check(string path, JournalIdentity identity)
    {
        if (File.Exists(path))
        {
            throw new JournalException($"{path} is a file; the journal of {identity} needs a directory");
        }

        var identityFile = System.IO.Path.Combine(path, IdentityFile);
        if (File.Exists(identityFile))
        {
            CheckIdentity(path, identityFile, identity);
            return true;
        }

        if (Directory.Exists(path))
        {
            CheckEmpty(path, identity);
        }

        return false;
    }

    private static void CheckIdentity(string path, string identityFile, JournalIdentity identity)
    {
        if (new FileInfo(identityFile).Length > LongestIdentity
            || !JournalIdentity.TryParse(File.ReadAllText(identityFile), out var found, out var format))
        {
            throw new JournalException($"{identityFile} does not say whose journal {path} is; it cannot be opened as {identity}");
        }

        if (found!.Replica != identity.Replica || found.Algorithm != identity.Algorithm)
        {
            throw new JournalException($"{path} belongs to replica {found}; it cannot be opened as {identity}; give this one another directory (--data or paxi.data)");
        }

        if (format != JournalIdentity.Format)
        {
            throw new JournalException(string.Create(CultureInfo.InvariantCulture,
                $"{path} has the journal format {format}; this program reads and writes format {JournalIdentity.Format}"));
        }

        if (found.Difference(identity) is { } difference)
        {
            throw new JournalException($"{path} was written with {difference.Key} = {difference.Here}; it cannot be opened with {difference.There}");
        }
    }

    private static void CheckEmpty(string path, JournalIdentity identity)
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries(path))
        {
            var name = System.IO.Path.GetFileName(entry);
            if (!MadeBeforeIdentity.Contains(name, StringComparer.Ordinal))
            {
                throw new JournalException($"{path} holds files that are no journal's ({name}); the journal of {identity} needs an empty "
                    + "directory or its own");
            }
        }
    }

    private static FileStream Lock(string path)
    {
        var file = System.IO.Path.Combine(path, LockFile);
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException cause) when (cause is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException))
        {
            var owner = System.IO.Path.Combine(path, ProcessFile);
            var process = File.Exists(owner) ? " " + OneLine(File.ReadAllText(owner)) : " (unknown)";
            throw new JournalException($"{path} is in use by process{process}: {OneLine(cause.Message)}", cause);
        }
    }

    private void Claim(JournalIdentity identity, bool isNew)
    {
        if (isNew)
        {
            SyncedMark.Create(Synced);
            var made = System.IO.Path.Combine(Path, NewIdentityFile);
            using (var file = new FileStream(made, FileMode.Create, FileAccess.Write))
            {
                file.Write(System.Text.Encoding.UTF8.GetBytes(identity.ToText()));
                file.Flush(flushToDisk: true);
            }

            File.Move(made, System.IO.Path.Combine(Path, IdentityFile));
        }

        File.WriteAllText(
            System.IO.Path.Combine(Path, ProcessFile), Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
    }
}
