using Paxi.Actors.Wire;

namespace Paxi.Actors.StateMachines;

/// <summary>
/// The sessions of one object in one immutable array, in the form of <see cref="ObjectSessions"/>. This is what nearly every object has: one thing for the garbage collector to mark, without room
/// to spare. A write copies the array, so it is used up to <see cref="MaxBytes"/> only.
/// </summary>
internal static class PackedSessions
{
    /// <summary>Past so many bytes the object has <see cref="ObjectSessions"/>.</summary>
    public const int MaxBytes = 1024;

    /// <summary>No sessions, floor 0.</summary>
    public static readonly byte[] None = [0, 0];

    /// <summary>Where the session stands or would stand.</summary>
    public static Place Find(byte[] packed, ulong id)
    {
        var reader = new WireReader(packed);
        var floor = reader.VarUInt();
        var count = (int)reader.VarUInt();
        var head = reader.Position;
        for (var left = count; left > 0; left--)
        {
            var start = reader.Position;
            var found = reader.UInt64();
            if (found > id)
            {
                return new Place(floor, count, head, start, start, IsFound: false);
            }

            SessionCodec.Skip(ref reader);
            if (found == id)
            {
                return new Place(floor, count, head, start, reader.Position, IsFound: true);
            }
        }

        return new Place(floor, count, head, packed.Length, packed.Length, IsFound: false);
    }

    /// <summary>Reads the session that was found into <paramref name="session"/>.</summary>
    public static void Load(byte[] packed, Place place, Session session)
    {
        var reader = new WireReader(packed.AsMemory(place.Start, place.End - place.Start));
        SessionCodec.ReadInto(session, reader.UInt64(), ref reader);
    }

    /// <summary>With the session in that place.</summary>
    /// <param name="packed">Is not changed.</param>
    /// <param name="place">The session's.</param>
    /// <param name="session">It as it is now.</param>
    /// <param name="writer">Used up.</param>
    public static byte[] Replace(byte[] packed, Place place, Session session, WireWriter writer)
    {
        writer.Clear();
        writer.VarUInt(place.Floor);
        writer.VarInt(place.Count + (place.IsFound ? 0 : 1));
        writer.Raw(packed.AsSpan(place.Head, place.Start - place.Head));
        SessionCodec.Write(session, writer.Buffer);
        writer.Raw(packed.AsSpan(place.End));
        return writer.ToArray();
    }

    /// <param name="Floor">Of the object.</param>
    /// <param name="Count">How many sessions there are.</param>
    /// <param name="Head">Where the first one begins.</param>
    /// <param name="Start">Where this one begins.</param>
    /// <param name="End">Where it ends; the start when it is not there.</param>
    /// <param name="IsFound">Whether it is there.</param>
    public readonly record struct Place(ulong Floor, int Count, int Head, int Start, int End, bool IsFound)
    {
        /// <summary>How many bytes it takes.</summary>
        public int Length => End - Start;
    }
}
