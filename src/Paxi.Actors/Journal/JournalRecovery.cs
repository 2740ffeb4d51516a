using System.Buffers.Binary;
using System.Globalization;
using RocksDbSharp;

namespace Paxi.Actors.Journal;

/// <summary>
/// Opens a database whose log may be damaged. The engine takes the first damage for the end of its log, and opening for writing throws away what lies behind.
/// So the database is first opened for reading only and asked for its last commit: if synced ones are missing, it stays as it is.
/// </summary>
internal static class JournalRecovery
{
    private const int CommitsLength = 2 * sizeof(ulong);

    /// <summary>The database, and how many commits and records it has taken since it was made.</summary>
    /// <exception cref="JournalException">It cannot be opened, or lost commits that were synced.</exception>
    public static (RocksDb Database, ulong Commits, ulong Records) Open(JournalDirectory directory, SyncedMark mark)
    {
        RocksDb? database = null;
        try
        {
            if (mark.Commits > 0)
            {
                using var found = RocksDb.OpenReadOnly(RocksDbTuning.Options().SetCreateIfMissing(false), directory.Database, false);
                Read(found, directory, mark);
            }

            database = RocksDb.Open(RocksDbTuning.Options().SetCreateIfMissing(mark.Commits == 0), directory.Database);
            var (commits, records) = Read(database, directory, mark);
            return (database, commits, records);
        }
        catch (RocksDbSharpException cause)
        {
            database?.Dispose();
            throw new JournalException(
                $"{directory.Database}: the journal cannot be opened: {JournalDirectory.OneLine(cause.Message)}", cause);
        }
        catch (JournalException)
        {
            database?.Dispose();
            throw;
        }
    }

    /// <summary>The store's own record, written with each batch.</summary>
    public static byte[] CommitsValue(ulong commits, ulong records)
    {
        var value = new byte[CommitsLength];
        BinaryPrimitives.WriteUInt64LittleEndian(value, commits);
        BinaryPrimitives.WriteUInt64LittleEndian(value.AsSpan(sizeof(ulong)), records);
        return JournalRecord.Value(JournalRecord.CommitsKey, value);
    }

    private static (ulong Commits, ulong Records) Read(RocksDb database, JournalDirectory directory, SyncedMark mark)
    {
        var commits = 0UL;
        var records = 0UL;
        if (database.Get(JournalRecord.CommitsKey) is { } stored)
        {
            if (!JournalRecord.TryValue(JournalRecord.CommitsKey, stored, out var value) || value.Length != CommitsLength)
            {
                throw new JournalException($"{directory.Database}: the record of commits is damaged: its checksum does not match");
            }

            commits = BinaryPrimitives.ReadUInt64LittleEndian(value);
            records = BinaryPrimitives.ReadUInt64LittleEndian(value[sizeof(ulong)..]);
        }

        if (commits < mark.Commits)
        {
            throw new JournalException(string.Create(CultureInfo.InvariantCulture,
                $"{directory.Database}: the log is damaged or cut off behind commit {commits}: commits {commits + 1} to {mark.Commits} ")
                + string.Create(CultureInfo.InvariantCulture, $"({mark.Records - records} records) were synced and cannot be read"));
        }

        return (commits, records);
    }
}
