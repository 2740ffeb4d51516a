using System.Text;

namespace Paxi.Actors.StateMachines;

/// <summary>
/// The name of an object: what has an owner and a log of its own in WPaxos and its family. Bytes, for the key-value store the key in UTF-8. Compared bytewise,
/// so that every replica sorts alike.
/// </summary>
public readonly struct ObjectKey : IEquatable<ObjectKey>, IComparable<ObjectKey>
{
    private readonly byte[]? _bytes;

    /// <param name="bytes">Kept, not copied: an array of its own, never a slice of a frame that it would keep alive.</param>
    public ObjectKey(byte[] bytes) => _bytes = bytes;

    /// <param name="bytes">Copied.</param>
    public ObjectKey(ReadOnlySpan<byte> bytes) => _bytes = bytes.ToArray();

    /// <param name="text">Becomes UTF-8.</param>
    public ObjectKey(string text) => _bytes = Encoding.UTF8.GetBytes(text);

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Span => _bytes;

    /// <summary>The bytes, not copied; not to be changed.</summary>
    public byte[] Bytes => _bytes ?? [];

    /// <summary>How many bytes.</summary>
    public int Length => _bytes?.Length ?? 0;

    public bool Equals(ObjectKey other) => ReferenceEquals(_bytes, other._bytes) || Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => obj is ObjectKey other && Equals(other);

    /// <summary>Differs between processes, like that of text: nothing may depend on the order of a dictionary.</summary>
    public override int GetHashCode() => KeyComparer.Instance.GetHashCode(Span);

    public int CompareTo(ObjectKey other) => Span.SequenceCompareTo(other.Span);

    public override string ToString() => Encoding.UTF8.GetString(Span);

    public static bool operator ==(ObjectKey left, ObjectKey right) => left.Equals(right);

    public static bool operator !=(ObjectKey left, ObjectKey right) => !left.Equals(right);

    public static bool operator <(ObjectKey left, ObjectKey right) => left.CompareTo(right) < 0;

    public static bool operator >(ObjectKey left, ObjectKey right) => left.CompareTo(right) > 0;

    public static bool operator <=(ObjectKey left, ObjectKey right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ObjectKey left, ObjectKey right) => left.CompareTo(right) >= 0;
}
