using System.Buffers.Binary;
using Akka.Actor;

namespace Paxi.Actors.Journal;

/// <summary>
/// A role asks the journal to make writes durable. The journal answers the sender with <see cref="Persisted"/> in the order of the requests; it never
/// answers when the disk failed: the replica stops its roles instead.
/// </summary>
/// <param name="Writes">Applied atomically and in order.</param>
/// <param name="Token">Comes back in <see cref="Persisted"/>.</param>
public sealed record Persist(IReadOnlyList<JournalWrite> Writes, object Token) : INoSerializationVerificationNeeded;

/// <summary>The writes of <see cref="Persist"/> are durable.</summary>
public sealed record Persisted(object Token) : INoSerializationVerificationNeeded;

/// <summary>The journal tells the replica that it cannot write any more.</summary>
public sealed record JournalFailed(JournalException Fault) : INoSerializationVerificationNeeded;

/// <summary>Keys whose byte order is the order of the numbers.</summary>
public static class JournalKey
{
    /// <summary>The number in eight bytes, the highest first.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public static byte[] Of(long number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        var key = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(key, number);
        return key;
    }

    /// <summary>The inverse of <see cref="Of"/>.</summary>
    public static long ToInt64(ReadOnlySpan<byte> key) => BinaryPrimitives.ReadInt64BigEndian(key);
}
