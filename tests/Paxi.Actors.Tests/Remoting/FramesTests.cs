using Google.Protobuf;
using Paxi.Actors.Remoting;
using Xunit;

namespace Paxi.Actors.Tests.Remoting;

/// <summary>Frames that are put together, cut anywhere, and taken apart again.</summary>
public sealed class FramesTests
{
    private const int MaxFrame = 100_000;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(1000)]
    [InlineData(1 << 20)]
    public void Frames_come_out_as_they_went_in_wherever_they_are_cut(int piece)
    {
        var random = new Random(7);
        var frames = Enumerable.Range(0, 60).Select(index => Bytes(random, index % 9 == 0 ? MaxFrame - index : random.Next(0, 700))).ToArray();
        var buffer = new FrameBuffer();
        foreach (var frame in frames)
        {
            buffer.Add(frame);
        }

        var (reader, got) = (new FrameReader(MaxFrame), new List<ByteString>());
        for (var at = 0; at < buffer.Length;)
        {
            var room = reader.Room();
            Assert.False(room.IsEmpty);
            var part = Math.Min(Math.Min(piece, room.Length), buffer.Length - at);
            buffer.Written.Slice(at, part).CopyTo(room);
            at += part;
            Assert.True(reader.TryTake(part));
            while (reader.Next() is { } frame)
            {
                got.Add(frame);
            }

            Assert.False(reader.HasFrame);
        }

        Assert.Equal(frames, got);
    }

    [Fact]
    public void A_frame_longer_than_it_may_be_is_told_by_its_length_alone()
    {
        Assert.True(Take(new FrameReader(MaxFrame), MaxFrame));
        Assert.False(Take(new FrameReader(MaxFrame), MaxFrame + 1));
        Assert.False(Take(new FrameReader(MaxFrame), -1));

        static bool Take(FrameReader reader, int length)
        {
            BitConverter.GetBytes(length).CopyTo(reader.Room());
            return reader.TryTake(FrameReader.HeaderBytes);
        }
    }

    [Fact]
    public void A_long_frame_behind_a_short_one_in_the_same_bytes_is_told_too()
    {
        var reader = new FrameReader(MaxFrame);
        byte[] bytes = [.. BitConverter.GetBytes(2), 1, 2, .. BitConverter.GetBytes(MaxFrame + 1)];
        bytes.CopyTo(reader.Room());
        Assert.False(reader.TryTake(bytes.Length));
    }

    [Fact]
    public void The_room_for_a_large_frame_is_given_back()
    {
        var reader = new FrameReader(MaxFrame);
        var usual = reader.Room().Length;
        var buffer = new FrameBuffer();
        buffer.Add(Bytes(new Random(1), MaxFrame));
        for (var at = 0; at < buffer.Length;)
        {
            var room = reader.Room();
            var part = Math.Min(room.Length, buffer.Length - at);
            buffer.Written.Slice(at, part).CopyTo(room);
            at += part;
            Assert.True(reader.TryTake(part));
        }

        Assert.Equal(MaxFrame, reader.Next()!.Length);
        Assert.Equal(usual, reader.Room().Length);
    }

    private static ByteString Bytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return ByteString.CopyFrom(bytes);
    }
}
