using Paxi.Actors.Commands;
using Paxi.Actors.Replicas;
using Paxi.Actors.Wire;

namespace Paxi.Actors.StateMachines;

/// <summary>
/// Collects the results of a batch, encoded as in <see cref="Clients.ClientReplies"/>, and cuts them so that each piece fits a frame of the
/// network.
/// </summary>
public sealed class ResultBlocks(int commands)
{
    /// <summary>A block is cut before it grows past this; a lone result may be longer.</summary>
    public const int MaxBlockBytes = 1 << 20;

    /// <summary>What does not fit this any more, over the whole batch, is left out.</summary>
    public const int MaxBytes = 64 << 20;

    private const int UsualResultBytes = 24;
    private const int MaxResultOverhead = 16;

    private readonly List<(ulong Session, int Count, int End)> _cuts = [];
    private readonly WireWriter _writer = new(Math.Clamp(commands, 1, 65_536) * UsualResultBytes);
    private ulong _session;
    private int _count;
    private int _start;

    /// <summary>Some result was left out; all further ones will be.</summary>
    public bool IsFull { get; private set; }

    /// <summary>What follows belongs to this session. Blocks of one session that follow each other are answered together: one message instead of several.</summary>
    public void Begin(ulong session)
    {
        if (session != _session)
        {
            Cut();
            _session = session;
        }
    }

    /// <summary>How the next command of the session ended; left out, with all further ones, when it does not fit any more.</summary>
    public void Add(long sequence, CommandStatus status, ReadOnlySpan<byte> result)
    {
        var size = result.Length + MaxResultOverhead;
        if (IsFull || size > MaxBytes - _writer.Length)
        {
            IsFull = true;
            return;
        }

        if (_writer.Length - _start + size > MaxBlockBytes)
        {
            Cut();
        }

        _writer.VarInt(sequence);
        _writer.Byte((byte)status);
        _writer.Bytes(result);
        _count++;
    }

    /// <summary>All pieces, in the order of the commands.</summary>
    public ResultBlock[] ToBlocks()
    {
        Cut();
        var blocks = new ResultBlock[_cuts.Count];
        var start = 0;
        for (var index = 0; index < blocks.Length; index++)
        {
            var (session, count, end) = _cuts[index];
            blocks[index] = new ResultBlock(session, count, _writer.WrittenMemory[start..end]);
            start = end;
        }

        return blocks;
    }

    private void Cut()
    {
        if (_count > 0)
        {
            _cuts.Add((_session, _count, _writer.Length));
        }

        (_count, _start) = (0, _writer.Length);
    }
}
