using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Paxi.Actors.Journal;

/// <summary>
/// A lower bound of what the disk has promised: the number of the last synced commit, in a small file beside the database, overwritten after each sync
/// and not synced itself. Since it is written only after a commit is durable, a database that recovers fewer commits has lost synced ones.
/// It survives the end of the process; a loss of power may set it back by as much as the operating system had not yet written (seconds), which
/// weakens the detection, never the data.
/// </summary>
internal sealed class SyncedMark : IDisposable
{
    private const int Length = 32;
    private const int ChecksumOffset = 16;
    private readonly SafeFileHandle _file;
    private readonly byte[] _buffer = new byte[Length];

    private SyncedMark(SafeFileHandle file) => _file = file;

    public ulong Commits { get; private set; }

    public ulong Records { get; private set; }

    /// <summary>Makes the mark of an empty journal, durably.</summary>
    public static void Create(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        using var mark = new SyncedMark(file);
        mark.Write(0, 0);
        RandomAccess.FlushToDisk(file);
    }

    /// <exception cref="JournalException">The file is missing or damaged.</exception>
    public static SyncedMark Open(string path)
    {
        if (!File.Exists(path))
        {
            throw new JournalException($"{path} is missing: the journal cannot tell whether it has all that it synced");
        }

        var mark = new SyncedMark(File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite));
        if (mark.TryRead())
        {
            return mark;
        }

        mark.Dispose();
        throw new JournalException($"{path} is damaged: the journal cannot tell whether it has all that it synced");
    }

    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Write(ulong commits, ulong records)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer, commits);
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer.AsSpan(sizeof(ulong)), records);
        BinaryPrimitives.WriteUInt32LittleEndian(
            _buffer.AsSpan(ChecksumOffset), JournalRecord.Checksum(_buffer.AsSpan(0, ChecksumOffset), default));
        RandomAccess.Write(_file, _buffer, 0);
        Commits = commits;
        Records = records;
    }

    public void Sync() => RandomAccess.FlushToDisk(_file);

    public void Dispose() => _file.Dispose();

    private bool TryRead()
    {
        if (RandomAccess.GetLength(_file) != Length || RandomAccess.Read(_file, _buffer, 0) != Length)
        {
            return false;
        }

        var checksum = JournalRecord.Checksum(_buffer.AsSpan(0, ChecksumOffset), default);
        Commits = BinaryPrimitives.ReadUInt64LittleEndian(_buffer);
        Records = BinaryPrimitives.ReadUInt64LittleEndian(_buffer.AsSpan(sizeof(ulong)));
        return BinaryPrimitives.ReadUInt32LittleEndian(_buffer.AsSpan(ChecksumOffset)) == checksum;
    }
}
