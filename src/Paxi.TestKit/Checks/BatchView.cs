using Paxi.Actors.Commands;
using Paxi.TestKit.World;

namespace Paxi.TestKit.Checks;

/// <summary>
/// A batch as the checks compare it: by a digest of 128 bits, made once for each step that is observed. Not cryptographic; two different batches of one run have the
/// same digest with a probability below 2^-80.
/// </summary>
/// <param name="Count">How many commands.</param>
/// <param name="Digest">Of the payload.</param>
public readonly record struct BatchView(int Count, UInt128 Digest)
{
    public static BatchView Of(Batch batch) => new(batch.Count, DigestOf(batch.Payload.Span));

    internal static UInt128 DigestOf(ReadOnlySpan<byte> bytes)
    {
        var hash = default(TraceHash);
        hash.Add(bytes);
        return hash.Value;
    }

    /// <summary>As messages show it: how many commands and a part of the digest.</summary>
    public override string ToString() =>
        Count == 0 ? "no-op" : $"{Count} command{(Count == 1 ? "" : "s")} #{(uint)Digest:x8}";
}
