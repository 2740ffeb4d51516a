using System.Buffers.Binary;
using Paxi.Actors.Commands;
using Paxi.Actors.Wire;

namespace Paxi.Actors.Clients;

/// <summary>Walks the results of a <see cref="ClientReplies"/>: <see cref="Next"/> until it is false.</summary>
internal ref struct ResultReader(ClientReplies replies)
{
    private WireReader _reader = new(replies.Results);
    private int _left = replies.Count;

    public long Sequence { get; private set; }

    public CommandStatus Status { get; private set; }

    /// <summary>A slice of the message.</summary>
    public ReadOnlyMemory<byte> Body { get; private set; }

    /// <summary>With <see cref="CommandStatus.SessionExpired"/>: the smallest session id that may be opened.</summary>
    /// <exception cref="WireFormatException">The body is no such number.</exception>
    public readonly ulong Floor => Body.Length == sizeof(ulong)
        ? BinaryPrimitives.ReadUInt64LittleEndian(Body.Span)
        : throw new WireFormatException($"the smallest session id has {sizeof(ulong)} bytes, not {Body.Length}");

    /// <exception cref="WireFormatException">The message is malformed.</exception>
    public bool Next()
    {
        if (_left == 0)
        {
            return false;
        }

        _left--;
        Sequence = _reader.VarInt();
        Status = (CommandStatus)_reader.Byte();
        Body = _reader.Bytes();
        return true;
    }
}
