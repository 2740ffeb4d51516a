using System.Diagnostics;
using System.Globalization;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.StateMachines;
using Xunit;
using Xunit.Abstractions;

namespace Paxi.Actors.Tests.StateMachines;

/// <summary>
/// Speed and memory of the replicated state; prints, asserts on no clock, and runs only when the environment variable PAXI_MEASURE is set.
/// </summary>
public sealed class StateMeasurement(ITestOutputHelper output)
{
    private const int Keys = 1_000_000;
    private const int Rounds = 3;

    private static readonly bool IsAsked = Environment.GetEnvironmentVariable("PAXI_MEASURE") is not null;

    [Theory]
    [InlineData(1_000, true)]
    [InlineData(1_000, false)]
    [InlineData(Keys, true)]
    public void Commands_of_sessions_per_second(int keys, bool wantsResults)
    {
        if (!IsAsked)
        {
            return;
        }

        const int sessions = 64, perBlock = 16, blocks = 4_000;
        var random = new Random(1);
        var batches = new List<Batch>();
        for (var block = 0; block < blocks; block++)
        {
            var first = ((block / sessions) * perBlock) + 2;
            var session = (ulong)(block % sessions) + 1;
            batches.Add(Batches.Block(session, first, [.. Enumerable.Range(first, perBlock).Select(
                sequence => ((long)sequence, (Command?)Either(sequence, Key(random.Next(keys)))))]));
        }

        var joined = batches.Chunk(8).Select(BatchWriter.Join).ToList();
        for (var round = 0; round < Rounds; round++)
        {
            var store = new KeyValueStore();
            for (var key = 0; key < keys; key++)
            {
                store.Apply(new Set(Key(key), "0123456789".Bytes()));
            }

            var state = new ReplicatedState(store, new SessionLimits());
            for (ulong session = 1; session <= sessions; session++)
            {
                state.Execute(Batches.Open(session), wantsResults: false);
            }

            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var clock = Stopwatch.StartNew();
            var results = 0L;
            foreach (var batch in joined)
            {
                results += state.Execute(batch, wantsResults).Sum(block => block.Count);
            }

            Print($"{keys} keys, half writes, results {wantsResults}: {blocks * perBlock / clock.Elapsed.TotalSeconds:0} commands/s, "
                + $"{(GC.GetAllocatedBytesForCurrentThread() - allocated) / (blocks * perBlock)} bytes allocated each");
            Assert.Equal(wantsResults ? blocks * perBlock : 0, results);
        }
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(Keys)]
    public void Commands_of_the_store_alone_per_second(int keys)
    {
        if (!IsAsked)
        {
            return;
        }

        const int commands = 2_000_000;
        var random = new Random(1);
        var store = new KeyValueStore();
        var sets = Enumerable.Range(0, keys).Select(key => new Set(Key(key), "0123456789".Bytes()).Encode()).ToArray();
        var gets = Enumerable.Range(0, keys).Select(key => new Get(Key(key)).Encode()).ToArray();
        random.Shuffle(sets);
        random.Shuffle(gets);
        var result = new System.Buffers.ArrayBufferWriter<byte>(4096);
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (name, list) in new[] { ("set", sets), ("get", gets) })
            {
                var clock = Stopwatch.StartNew();
                for (var index = 0; index < commands; index++)
                {
                    result.ResetWrittenCount();
                    store.Execute(list[index % keys].Span, result);
                }

                Print($"{keys} keys, {name}: {commands / clock.Elapsed.TotalSeconds:0} commands/s");
            }
        }

        Assert.Equal(keys, store.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(16)]
    public void Bytes_per_key(int versions)
    {
        if (!IsAsked)
        {
            return;
        }

        var before = GC.GetTotalMemory(forceFullCollection: true);
        var store = new KeyValueStore();
        var result = new System.Buffers.ArrayBufferWriter<byte>(4096);
        for (var version = 0; version < versions; version++)
        {
            for (var key = 0; key < Keys; key++)
            {
                result.ResetWrittenCount();
                store.Execute(new Set(Key(key), "0123456789".Bytes()).Encode().Span, result);
            }
        }

        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Keys;
        Print($"{Keys} keys of 11 bytes, {versions} versions of 10 bytes: {each:0.0} bytes a key, "
            + $"{each - 11 - (versions * 10):0.0} beyond key and values");
        var state = new ReplicatedState(store, new SessionLimits());
        for (var round = 0; round < 2; round++)
        {
            var clock = Stopwatch.StartNew();
            var snapshot = state.Snapshot();
            var written = clock.Elapsed;
            state.Restore(snapshot);
            var read = clock.Elapsed - written;
            Print($"  snapshot of {snapshot.Length} bytes written in {written.TotalMilliseconds:0} ms, read in {read.TotalMilliseconds:0} ms");
        }

        Assert.Equal(Keys, store.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void Bytes_per_object_with_sessions(int writers)
    {
        if (!IsAsked)
        {
            return;
        }

        var before = GC.GetTotalMemory(forceFullCollection: true);
        var states = new ReplicatedObjects(new KeyValueStore(), new SessionLimits());
        var keys = new ObjectKey[Keys];
        var clock = Stopwatch.StartNew();
        for (var key = 0; key < Keys; key++)
        {
            // The table of the learner has the key too, and shares it.
            keys[key] = new ObjectKey(Key(key));
            for (var writer = 0; writer < writers; writer++)
            {
                var sequence = (key / 64) + 1;
                var session = SessionIds.Choose(DateTimeOffset.UnixEpoch, new Random((key + writer) % 64));
                states.Execute([keys[key]], Batches.Block(session, Math.Max(1, sequence - 8), (sequence, new Set(Key(key), "0123456789".Bytes()))), null);
            }
        }

        var each = (GC.GetTotalMemory(forceFullCollection: true) - before - (48.0 * Keys)) / Keys;
        Print($"{Keys} objects written {writers} times by different sessions in {clock.Elapsed.TotalSeconds:0.0} s: {each:0.0} bytes an object without the shared key, "
            + $"{each - 10:0.0} beyond key and value");
        GC.KeepAlive(keys);
        GC.KeepAlive(states);
    }

    private static KeyCommand Either(int sequence, string key) => sequence % 2 == 0 ? new Get(key) : new Set(key, "0123456789".Bytes());

    private static string Key(int number) => string.Create(CultureInfo.InvariantCulture, $"key {number:0000000}");

    private void Print(FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private void Print(string text) => output.WriteLine(text);
}
