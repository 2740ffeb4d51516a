using Paxi.Actors.StateMachines;

namespace Paxi.Protocols;

/// <summary>A hash that is the same in every process and release: what depends on it stands in journals. FNV-1a, mixed.</summary>
internal static class StableHash
{
    public static ulong Of(ObjectKey key)
    {
        var hash = 14695981039346656037UL;
        foreach (var letter in key.Span)
        {
            hash = (hash ^ letter) * 1099511628211UL;
        }

        return Mix(hash);
    }

    /// <summary>The finalizer of SplitMix64: each bit of the value changes half of the bits.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
        return value ^ (value >> 31);
    }
}
