using System.Buffers;
using System.Buffers.Binary;
using Paxi.Actors.StateMachines;

namespace Paxi.Actors.Tests.Clients;

/// <summary>
/// A user's own state machine: counts how often each number was executed. Command and result are numbers of 8 bytes, little-endian; a
/// command with a ninth byte reads the count. Numbers that divide by 13 are invalid.
/// </summary>
public sealed class CountingMachine : IStateMachine
{
    private readonly SortedDictionary<long, long> _counts = [];

    public static byte[] Add(long number)
    {
        var body = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(body, number);
        return body;
    }

    public static byte[] Read(long number) => [.. Add(number), 1];

    public static bool IsInvalid(long number) => number % 13 == 0;

    public long CountOf(long number) => _counts.GetValueOrDefault(number);

    public void Execute(ReadOnlySpan<byte> command, IBufferWriter<byte> result)
    {
        var number = BinaryPrimitives.ReadInt64LittleEndian(command);
        if (IsInvalid(number))
        {
            throw new InvalidCommandException($"{number} divides by 13");
        }

        var count = CountOf(number);
        if (!IsReadOnly(command))
        {
            _counts[number] = ++count;
        }

        BinaryPrimitives.WriteInt64LittleEndian(result.GetSpan(8), count);
        result.Advance(8);
    }

    public bool IsReadOnly(ReadOnlySpan<byte> command) => command.Length == 9;

    public bool Conflicts(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => left[..8].SequenceEqual(right[..8]);

    public void WriteSnapshot(IBufferWriter<byte> snapshot)
    {
        foreach (var (number, count) in _counts)
        {
            var span = snapshot.GetSpan(16);
            BinaryPrimitives.WriteInt64LittleEndian(span, number);
            BinaryPrimitives.WriteInt64LittleEndian(span[8..], count);
            snapshot.Advance(16);
        }
    }

    public void ReadSnapshot(ReadOnlyMemory<byte> snapshot)
    {
        _counts.Clear();
        for (var at = 0; at < snapshot.Length; at += 16)
        {
            _counts.Add(
                BinaryPrimitives.ReadInt64LittleEndian(snapshot.Span[at..]), BinaryPrimitives.ReadInt64LittleEndian(snapshot.Span[(at + 8)..]));
        }
    }
}
