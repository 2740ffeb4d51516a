using RocksDbSharp;

namespace Paxi.Actors.Journal;

/// <summary>
/// How the database is set up: for a log that is written at its end, truncated at its start and read only on start, by a process that shall stay small.
/// </summary>
internal static class RocksDbTuning
{
    private const ulong Mebibyte = 1024 * 1024;
    private const ulong WriteBufferSize = 16 * Mebibyte;
    private const int WriteBuffers = 2;
    private const ulong LargestLog = 64 * Mebibyte;
    private const ulong RecycledLogs = 3;
    private const ulong BlockCacheSize = 8 * Mebibyte;
    private const int OpenFiles = 64;

    public static DbOptions Options()
    {
        var table = new BlockBasedTableOptions()
            .SetBlockCache(Cache.CreateLru(BlockCacheSize))
            .SetBlockSize(16 * 1024)
            .SetCacheIndexAndFilterBlocks(true);
        return new DbOptions()
            .SetCreateIfMissing(true)
            .SetParanoidChecks(true)
            // Overwriting an old log file instead of growing a new one saves the file system's own log a write per sync (a third of the time of a sync).
            // It forces the recovery that takes damage for the end of the log; that it was not the end, the mark of synced commits tells.
            .SetWalRecoveryMode(Recovery.PointInTime)
            .SetRecycleLogFileNum(RecycledLogs)
            .SetMaxTotalWalSize(LargestLog)
            .SetWriteBufferSize(WriteBufferSize)
            .SetMaxWriteBufferNumber(WriteBuffers)
            .SetAllowConcurrentMemtableWrite(false)
            .SetMaxBackgroundFlushes(1)
            .SetMaxBackgroundCompactions(1)
            .SetMaxOpenFiles(OpenFiles)
            .SetMaxFileOpeningThreads(1)
            .SetCompression(Compression.No)
            .SetBlockBasedTableFactory(table)
            .SetInfoLogLevel(InfoLogLevel.Warn)
            .SetMaxLogFileSize(Mebibyte)
            .SetKeepLogFileNum(2)
            .SetStatsDumpPeriodSec(0);
    }
}

/// <summary>Options of a scan; the native ones live as long as the scan.</summary>
internal sealed class ReadOptionsScope : IDisposable
{
    // A scan of the log must not push everything else out of the small cache.
    public ReadOptions Value { get; } = new ReadOptions().SetVerifyChecksums(true).SetFillCache(false);

    public void Dispose() => GC.KeepAlive(Value);
}
