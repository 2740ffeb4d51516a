namespace Paxi.Actors.Links;

/// <summary>How many bytes envelopes had on the wire. Thread-safe: whoever serializes adds, the links actor reads.</summary>
internal sealed class ByteCount
{
    private long _sum;

    public long Sum => Interlocked.Read(ref _sum);

    public void Add(int bytes) => Interlocked.Add(ref _sum, bytes);
}
