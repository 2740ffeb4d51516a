using System.Buffers;
using System.Buffers.Binary;
using Paxi.Actors.Commands;
using Paxi.Actors.Journal;
using Paxi.Actors.Replicas;
using Paxi.Actors.Wire;

namespace Paxi.Actors.StateMachines;

/// <summary>
/// The state machine together with the sessions, so that a retried command takes effect once. A function of the batches executed, alone.
/// <para>
/// A command with an empty body opens its session and does nothing else; it ends as <see cref="CommandStatus.Done"/> with an empty result,
/// however often it is executed. A read-only command needs no session and is executed every time. Every other command needs an open
/// session, and its end is kept until the session's lowest outstanding number passes it. A block counts as a use of its session, whatever
/// it holds.
/// </para>
/// <para>
/// A sequence number is judged against the <c>lowest</c> of its own block, not of the table, so that all copies of a block are judged
/// alike: a command refused as too far ahead does not take effect later, as long as the client never sends it again with a higher
/// <c>lowest</c>.
/// </para>
/// <para>
/// The sessions need one order of all batches, the same on every replica. A protocol that orders only what conflicts, or each object for
/// itself, must bring the commands that open sessions into one order, or have a state for each order.
/// </para>
/// <code>
/// snapshot := "PXS1", sessions, state machine, CRC-32C u32 over all before
/// </code>
/// </summary>
public class ReplicatedState(IStateMachine machine, SessionLimits limits)
{
    private const int ChecksumBytes = sizeof(uint);
    private const int SpareSnapshotBytes = 4096;

    private readonly SessionLimits _limits = limits.Checked();
    private readonly CommandRunner _runner = new(machine, limits.MaxOutstanding);
    private SessionTable _sessions = new(limits);

    /// <summary>Of the last one: the next is about as long.</summary>
    private int _snapshotBytes;

    private static ReadOnlySpan<byte> Magic => "PXS1"u8;

    /// <summary>Executes the commands of all blocks, each at most once.</summary>
    /// <param name="batch">Decided; a no-op gives no blocks.</param>
    /// <param name="wantsResults">False where nobody waits: nothing is encoded and the list is empty.</param>
    /// <returns>
    /// The results, in the order of the commands; blocks of one session that follow each other give one piece, long results give several. Results past
    /// <see cref="ResultBlocks.MaxBytes"/> of one batch are left out: their clients ask again, and the session answers.
    /// </returns>
    public virtual IReadOnlyList<ResultBlock> Execute(Batch batch, bool wantsResults)
    {
        var results = wantsResults ? new ResultBlocks(batch.Count) : null;
        for (var reader = new BatchReader(batch); reader.NextBlock();)
        {
            results?.Begin(reader.Session);
            var session = _sessions.Use(reader.Session, reader.Lowest);
            while (reader.NextCommand())
            {
                var body = reader.Body.Span;
                if (body.IsEmpty)
                {
                    Open(ref session, in reader, results);
                }
                else if (machine.IsReadOnly(body))
                {
                    _runner.Read(reader.Sequence, body, results);
                }
                else
                {
                    session ??= _limits.OpensByUse ? _sessions.Open(reader.Session, reader.Lowest) : null;
                    Write(session, in reader, results);
                }
            }
        }

        return results?.ToBlocks() ?? [];
    }

    /// <summary>
    /// Answers read-only commands from the present state; a command that is not read-only ends as <see cref="CommandStatus.Invalid"/>.
    /// </summary>
    public virtual IReadOnlyList<ResultBlock> Read(Batch batch) => _runner.ReadAll(batch);

    /// <summary>Sessions and state machine; equal states give equal bytes.</summary>
    public virtual ReadOnlyMemory<byte> Snapshot()
    {
        var writer = new ArrayBufferWriter<byte>(_snapshotBytes + (_snapshotBytes / 8) + SpareSnapshotBytes);
        writer.Write(Magic);
        _sessions.Write(writer);
        machine.WriteSnapshot(writer);
        BinaryPrimitives.WriteUInt32LittleEndian(writer.GetSpan(ChecksumBytes), JournalRecord.Checksum(writer.WrittenSpan, default));
        writer.Advance(ChecksumBytes);
        _snapshotBytes = writer.WrittenCount;
        return writer.WrittenMemory;
    }

    /// <summary>Replaces everything by what <see cref="Snapshot"/> gave.</summary>
    /// <exception cref="WireFormatException">The bytes are no snapshot; nothing was changed.</exception>
    public virtual void Restore(ReadOnlyMemory<byte> snapshot)
    {
        if (snapshot.Length < Magic.Length + ChecksumBytes || !snapshot.Span.StartsWith(Magic))
        {
            throw new WireFormatException("the bytes are no snapshot, or of another format");
        }

        var content = snapshot[..^ChecksumBytes];
        if (BinaryPrimitives.ReadUInt32LittleEndian(snapshot.Span[^ChecksumBytes..]) != JournalRecord.Checksum(content.Span, default))
        {
            throw new WireFormatException("the snapshot is damaged: its checksum is another");
        }

        var reader = new WireReader(content);
        reader.Raw(Magic.Length);
        var sessions = SessionTable.Read(ref reader, _limits);
        machine.ReadSnapshot(reader.Raw(reader.Remaining));
        _sessions = sessions;
    }

    private void Open(ref Session? session, in BatchReader command, ResultBlocks? results)
    {
        session ??= _sessions.Open(command.Session, command.Lowest);
        if (session is null)
        {
            CommandRunner.Expired(command.Sequence, _sessions.Floor, results);
        }
        else
        {
            results?.Add(command.Sequence, CommandStatus.Done, default);
        }
    }

    private void Write(Session? session, in BatchReader command, ResultBlocks? results)
    {
        if (session is null)
        {
            CommandRunner.Expired(command.Sequence, _sessions.Floor, results);
        }
        else if (_runner.IsNew(session, in command, results))
        {
            var status = _runner.Run(command.Body.Span);
            _sessions.Record(session, command.Sequence, status, _runner.Result);
            results?.Add(command.Sequence, status, _runner.Result);
        }
    }
}
