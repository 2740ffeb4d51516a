using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Paxi.Actors.Commands;
using Paxi.Actors.Replicas;

namespace Paxi.Actors.StateMachines;

/// <summary>
/// What becomes of one command, the same whether its session is one of <see cref="ReplicatedState"/> or of an object in <see cref="ObjectStates"/>.
/// </summary>
internal sealed class CommandRunner(IStateMachine machine, int maxOutstanding)
{
    private readonly ArrayBufferWriter<byte> _result = new();

    /// <summary>Of the last <see cref="Run"/>: the result, or the reason.</summary>
    public ReadOnlySpan<byte> Result => _result.WrittenSpan;

    /// <summary>Executes one command; <see cref="Result"/> has what it gave, or why it was refused.</summary>
    public CommandStatus Run(ReadOnlySpan<byte> body)
    {
        _result.ResetWrittenCount();
        try
        {
            machine.Execute(body, _result);
            return CommandStatus.Done;
        }
        catch (InvalidCommandException fault)
        {
            _result.ResetWrittenCount();
            _result.Write(Encoding.UTF8.GetBytes(fault.Message));
            return CommandStatus.Invalid;
        }
    }

    /// <summary>Where nobody waits for it, a read is not worth executing.</summary>
    public void Read(long sequence, ReadOnlySpan<byte> body, ResultBlocks? results)
    {
        if (results is { IsFull: false })
        {
            results.Add(sequence, Run(body), Result);
        }
    }

    /// <summary>Answers read-only commands; a command that is not read-only ends as <see cref="CommandStatus.Invalid"/>.</summary>
    public IReadOnlyList<ResultBlock> ReadAll(Batch batch)
    {
        var results = new ResultBlocks(batch.Count);
        for (var reader = new BatchReader(batch); reader.NextBlock();)
        {
            results.Begin(reader.Session);
            while (reader.NextCommand())
            {
                var body = reader.Body.Span;
                if (!body.IsEmpty && machine.IsReadOnly(body))
                {
                    Read(reader.Sequence, body, results);
                }
                else
                {
                    results.Add(reader.Sequence, CommandStatus.Invalid, "only a read can be answered outside the log"u8);
                }
            }
        }

        return results.ToBlocks();
    }

    /// <summary>Whether the command is to be executed: the session does not know it yet. Otherwise it is answered.</summary>
    public bool IsNew(Session session, in BatchReader command, ResultBlocks? results)
    {
        var sequence = command.Sequence;
        if (sequence < session.Lowest)
        {
            results?.Add(sequence, CommandStatus.AlreadyAnswered, default);
        }
        else if (sequence - command.Lowest > maxOutstanding)
        {
            results?.Add(sequence, CommandStatus.Invalid, TooFar(sequence, command.Lowest));
        }
        else if (session.TryFind(sequence, out var status, out var result))
        {
            results?.Add(sequence, status, result);
        }
        else
        {
            return true;
        }

        return false;
    }

    /// <param name="floor">The smallest id that may be opened.</param>
    public static void Expired(long sequence, ulong floor, ResultBlocks? results)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, floor);
        results?.Add(sequence, CommandStatus.SessionExpired, bytes);
    }

    private byte[] TooFar(long sequence, long lowest) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $"sequence number {sequence} is more than {maxOutstanding} above the lowest outstanding one, {lowest}"));
}
