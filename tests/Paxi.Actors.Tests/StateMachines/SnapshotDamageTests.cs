using System.Buffers.Binary;
using System.Numerics;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;
using Xunit;

namespace Paxi.Actors.Tests.StateMachines;

/// <summary>What is no snapshot is refused as such: nothing else is thrown, nothing changes, nothing is allocated by a forged length.</summary>
public sealed class SnapshotDamageTests
{
    private readonly byte[] _snapshot = Sample(keys: 12, value: "a value".Bytes()).Snapshot().ToArray();
    private readonly ReplicatedState _state = Sample(keys: 3, value: "other".Bytes());
    private readonly byte[] _before;

    public SnapshotDamageTests() => _before = _state.Snapshot().ToArray();

    [Fact]
    public void The_undamaged_one_is_taken()
    {
        _state.Restore(_snapshot);
        Assert.Equal(_snapshot, _state.Snapshot().ToArray());
        _state.Restore(_before);
        Assert.Equal(_before, _state.Snapshot().ToArray());
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        for (var length = 0; length < _snapshot.Length; length++)
        {
            Refused(_snapshot[..length]);
            Refused([.. _snapshot, .. _snapshot[..(length + 1)]]);
        }
    }

    [Fact]
    public void Every_flipped_bit_is_refused()
    {
        for (var bit = 0; bit < _snapshot.Length * 8; bit++)
        {
            var damaged = (byte[])_snapshot.Clone();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            Refused(damaged);
        }
    }

    /// <summary>Under a checksum that fits again, what comes is refused or is a state of its own, as good as any.</summary>
    [Fact]
    public void Forged_ones_are_refused_or_whole()
    {
        var (taken, refused) = (0, 0);
        for (var seed = 0; seed < 20_000; seed++)
        {
            var forged = Forge(new Random(seed));
            var state = new ReplicatedState(new KeyValueStore(), new SessionLimits());
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                state.Restore(forged);
            }
            catch (WireFormatException fault)
            {
                refused++;
                Assert.DoesNotContain('\n', fault.Message);
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 64 * 1024);
                continue;
            }

            taken++;
            var again = new ReplicatedState(new KeyValueStore(), new SessionLimits());
            again.Restore(state.Snapshot());
            Assert.Equal(state.Snapshot().ToArray(), again.Snapshot().ToArray());
        }

        Assert.True(taken > 1_000 && refused > 1_000, $"{taken} taken, {refused} refused");
    }

    [Fact]
    public void A_machine_that_refuses_leaves_the_sessions_as_they_were()
    {
        var other = new ReplicatedState(new Diary(), new SessionLimits());
        other.Run(Batches.Open(99), BatchWriter.Block(99, 1, [(2, "not a key-value store".Bytes())]));
        Refused(other.Snapshot().ToArray());
    }

    [Fact]
    public void A_smaller_store_and_table_keep_what_was_used_last()
    {
        var small = new ReplicatedState(new KeyValueStore(maxVersions: 1), new SessionLimits(MaxSessions: 1));
        small.Restore(_snapshot);
        var ended = small.Run(Batches.Block(1, 1, (1, new Set("k", "v".Bytes()))), Batches.Block(2, 1, (9, new GetHistory("key 0"))));
        Assert.Equal([CommandStatus.SessionExpired, CommandStatus.Done], ended.Select(one => one.Status));
        Assert.Equal(2UL, ended[0].Floor);
        Assert.Single(KeyValueCodec.ReadResult(new GetHistory("key 0"), ended[1].Result).Versions!);
    }

    private void Refused(byte[] snapshot)
    {
        Assert.Throws<WireFormatException>(() => _state.Restore(snapshot));
        Assert.Equal(_before, _state.Snapshot().ToArray());
    }

    private byte[] Forge(Random random)
    {
        var forged = (byte[])_snapshot.Clone();
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            var position = random.Next(4, forged.Length - 4);
            forged[position] = random.Next(3) switch
            {
                0 => (byte)random.Next(256),
                1 => (byte)(forged[position] ^ (1 << random.Next(8))),
                _ => 0xFF,
            };
        }

        if (random.Next(4) == 0)
        {
            forged = forged[..random.Next(8, forged.Length)];
        }

        var crc = uint.MaxValue;
        foreach (var value in forged.AsSpan(0, forged.Length - 4))
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(forged.AsSpan(forged.Length - 4), ~crc);
        return forged;
    }

    /// <summary>Two sessions with results, keys with several versions, one of them long.</summary>
    private static ReplicatedState Sample(int keys, ReadOnlyMemory<byte> value)
    {
        var state = new ReplicatedState(new KeyValueStore(), new SessionLimits());
        state.Run(Batches.Open(1), Batches.Open(2));
        for (var key = 0; key < keys; key++)
        {
            var (one, other) = (new Set($"key {key}", value), new Set("key 0", new byte[key * 40]));
            state.Run(Batches.Block((ulong)(key % 2) + 1, 1, (key + 2, one), (key + 3, other)));
        }

        state.Run(Batches.Block(2, 9, (keys + 20, new CompareAndSet("key 1", null, "x".Bytes()))));
        return state;
    }
}
