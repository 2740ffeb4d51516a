using System.Runtime.InteropServices;

namespace Paxi.Actors.StateMachines;

/// <summary>
/// Keys as bytes, looked up by a span without making an array. The hash is the runtime's own for text (Marvin, keyed anew in each process),
/// so that nobody can choose keys that collide; it differs between replicas, and so nothing may ever depend on the order of the dictionary.
/// </summary>
internal sealed class KeyComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static readonly KeyComparer Instance = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        var hash = string.GetHashCode(MemoryMarshal.Cast<byte, char>(alternate));
        return (alternate.Length & 1) == 0 ? hash : (hash * 31) + alternate[^1];
    }

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
}
