using System.Buffers;

namespace Paxi.Actors.StateMachines;

/// <summary>The multi-version key-value store.</summary>
/// <param name="maxVersions">How many versions of a key are kept, at least 1.</param>
public sealed class KeyValueStore(int maxVersions = KeyValueStore.DefaultMaxVersions) : IStateMachine
{
    public const int MaxKeyBytes = 1024;
    public const int MaxValueBytes = 1 << 20;
    public const int DefaultMaxVersions = 16;

    public int MaxVersions { get; } = maxVersions;

    public void Execute(ReadOnlySpan<byte> command, IBufferWriter<byte> result) => throw new NotImplementedException();

    public bool IsReadOnly(ReadOnlySpan<byte> command) => throw new NotImplementedException();

    public bool Conflicts(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => throw new NotImplementedException();

    public void WriteSnapshot(IBufferWriter<byte> snapshot) => throw new NotImplementedException();

    public void ReadSnapshot(ReadOnlyMemory<byte> snapshot) => throw new NotImplementedException();
}
