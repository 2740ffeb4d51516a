using System.Buffers.Binary;
using Google.Protobuf;

namespace Paxi.Actors.Remoting;

/// <summary>Bytes as they come, cut into frames.</summary>
internal sealed class FrameReader(int maxFrameBytes)
{
    /// <summary>Of a frame's length.</summary>
    public const int HeaderBytes = sizeof(uint);

    private const int UsualBytes = 16 << 10;

    private byte[] _buffer = new byte[UsualBytes];
    private int _from;
    private int _to;

    /// <summary>Whether the next frame is there as a whole.</summary>
    public bool HasFrame => _to - _from >= HeaderBytes && _to - _from - HeaderBytes >= NextLength;

    /// <summary>Of the frame whose length has come.</summary>
    private uint NextLength => BinaryPrimitives.ReadUInt32LittleEndian(_buffer.AsSpan(_from));

    /// <summary>Where the next bytes are to be put; never empty. Only while there is no whole frame.</summary>
    public Memory<byte> Room()
    {
        var held = _to - _from;
        var needed = Math.Max(UsualBytes, held >= HeaderBytes ? HeaderBytes + (int)NextLength : 0);
        if (_buffer.Length < needed || (_buffer.Length > UsualBytes && needed == UsualBytes && held <= UsualBytes / 2))
        {
            // Large frames are rare, so the room for one is given back.
            var other = new byte[needed];
            _buffer.AsSpan(_from, held).CopyTo(other);
            (_buffer, _from, _to) = (other, 0, held);
        }
        else if (_from > 0)
        {
            _buffer.AsSpan(_from, held).CopyTo(_buffer);
            (_from, _to) = (0, held);
        }

        return _buffer.AsMemory(_to);
    }

    /// <summary>So many bytes were put there; false when a frame among them is longer than it may be.</summary>
    public bool TryTake(int bytes)
    {
        _to += bytes;
        for (var at = _from; _to - at >= HeaderBytes;)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(_buffer.AsSpan(at));
            if (length > (uint)maxFrameBytes)
            {
                return false;
            }

            at += (int)Math.Min(HeaderBytes + length, (uint)(_to - at));
        }

        return true;
    }

    /// <summary>The next whole frame, copied; null when there is none.</summary>
    public ByteString? Next()
    {
        if (!HasFrame)
        {
            return null;
        }

        var length = (int)NextLength;
        var frame = ByteString.CopyFrom(_buffer.AsSpan(_from + HeaderBytes, length));
        _from += HeaderBytes + length;
        return frame;
    }
}

/// <summary>Frames behind one another, as they are to be sent.</summary>
internal sealed class FrameBuffer
{
    /// <summary>More room than this is given back when it is empty.</summary>
    private const int KeptBytes = 64 << 10;

    private const int SmallestBytes = 1 << 10;

    private byte[] _buffer = [];

    public int Length { get; private set; }

    public Memory<byte> Written => _buffer.AsMemory(0, Length);

    public void Add(ByteString frame)
    {
        var needed = Length + FrameReader.HeaderBytes + frame.Length;
        if (needed > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(SmallestBytes, Math.Max(needed, 2 * _buffer.Length)));
        }

        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(Length), frame.Length);
        frame.Span.CopyTo(_buffer.AsSpan(Length + FrameReader.HeaderBytes));
        Length = needed;
    }

    public void Clear()
    {
        Length = 0;
        if (_buffer.Length > KeptBytes)
        {
            _buffer = [];
        }
    }
}
