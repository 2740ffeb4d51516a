using Paxi.Actors.Commands;
using Paxi.Actors.StateMachines;
using Xunit;

namespace Paxi.Actors.Tests.StateMachines;

/// <summary>Clients that retry, a network that repeats and reorders, a table too small for them all: against the plain model.</summary>
public sealed class ExactlyOncePropertyTests
{
    private static readonly SessionLimits Limits = new(MaxSessions: 4, MaxOutstanding: 12) { MaxSessionResultBytes = 120, MaxResultBytes = 300 };

    [Fact]
    public void Every_result_is_the_models_and_nothing_is_executed_twice()
    {
        var met = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var seed = 0; seed < 150; seed++)
        {
            var diary = new Diary();
            var state = new ReplicatedState(diary, Limits);
            var model = new SessionModel(Limits);
            foreach (var batch in Traffic(new Random(seed)))
            {
                Assert.Equal(model.Execute(batch), Show(state, batch));
            }

            Assert.Equal(model.Diary.Executed, diary.Executed);
            Assert.Equal(diary.Executed.Count, diary.Executed.DistinctBy(text => text.TrimEnd('x')).Count());
            foreach (var (rule, count) in model.Met)
            {
                met[rule] = met.GetValueOrDefault(rule) + count;
            }
        }

        Assert.Equal(
            ["AlreadyAnswered", "Done", "Invalid", "ResultDropped", "SessionExpired", "dropped in a session", "dropped over all", "duplicate", "evicted"],
            met.Keys);
        Assert.All(met, rule => Assert.True(rule.Value > 50, $"{rule.Key} was met {rule.Value} times"));
    }

    /// <summary>
    /// One replica answers, another only follows, a third is restored from a snapshot of the first again and again; their states are equal
    /// byte for byte.
    /// </summary>
    [Fact]
    public void Replicas_agree_across_snapshots()
    {
        for (var seed = 0; seed < 150; seed++)
        {
            var random = new Random(seed);
            var (answering, following, restored) = (New(), New(), New());
            foreach (var batch in Traffic(new Random(seed)))
            {
                var results = Show(answering, batch);
                Assert.Empty(following.Execute(batch, wantsResults: false));
                Assert.Equal(results, Show(restored, batch));
                if (random.Next(5) == 0)
                {
                    var snapshot = answering.Snapshot().ToArray();
                    Assert.Equal(snapshot, following.Snapshot().ToArray());
                    Assert.Equal(snapshot, restored.Snapshot().ToArray());
                    restored = random.Next(2) == 0 ? New() : restored;
                    restored.Restore(snapshot);
                    Assert.Equal(snapshot, restored.Snapshot().ToArray());
                }
            }

            Assert.Equal(answering.Snapshot().ToArray(), following.Snapshot().ToArray());
            Assert.Equal(answering.Snapshot().ToArray(), restored.Snapshot().ToArray());
        }
    }

    /// <summary>
    /// A window of thousands of commands whose blocks come in any order: the order of arrival does not show in the state.
    /// </summary>
    [Fact]
    public void A_wide_window_of_reordered_blocks_is_kept_whole()
    {
        var limits = new SessionLimits(2, 4_096);
        for (var seed = 0; seed < 10; seed++)
        {
            var random = new Random(seed);
            var blocks = Enumerable.Range(0, 128).Select(block => BatchWriter.Block(1, 1,
                [.. Enumerable.Range((block * 30) + 2, 30).Select(sequence => ((long)sequence, $"{sequence}".Bytes()))])).ToArray();
            random.Shuffle(blocks);
            var state = new ReplicatedState(new Diary(), limits);
            state.Run(Batches.Open(1));
            var first = blocks.SelectMany(block => state.Run(block)).ToDictionary(ended => ended.Sequence, ended => ended.Text);
            random.Shuffle(blocks);
            var again = blocks.SelectMany(block => state.Run(block)).ToDictionary(ended => ended.Sequence, ended => ended.Text);
            Assert.Equal(first.OrderBy(pair => pair.Key), again.OrderBy(pair => pair.Key));
            var before = state.Snapshot().Length;
            state.Run(BatchWriter.Block(1, 4_000, [(4_000, "last".Bytes())]));
            Assert.True(state.Snapshot().Length < before / 2);
        }
    }

    private static ReplicatedState New() => new(new Diary(), Limits);

    private static List<string> Show(ReplicatedState state, Batch batch) =>
        [.. state.Execute(batch, wantsResults: true).Decode().Select(
            ended => $"{ended.Session}/{ended.Sequence} {ended.Status} {Convert.ToHexString(ended.Result.Span)}")];

    /// <summary>
    /// Blocks of six clients, each with its own advancing window, sometimes beginning anew with a higher id, sometimes skipping too far
    /// ahead; every block may come again, or late.
    /// </summary>
    private static IEnumerable<Batch> Traffic(Random random)
    {
        var clients = Enumerable.Range(1, 6).Select(number => new Client((ulong)number)).ToArray();
        var late = new List<Batch>();
        for (var step = 0; step < 120; step++)
        {
            var now = new List<Batch>();
            for (var count = random.Next(1, 4); count > 0; count--)
            {
                var client = clients[random.Next(random.Next(1, clients.Length + 1))];
                now.Add(client.Next(random));
            }

            if (late.Count > 0 && random.Next(2) == 0)
            {
                now.Insert(random.Next(now.Count + 1), late[random.Next(late.Count)]);
            }

            late.AddRange(now);
            now.RemoveAll(_ => random.Next(6) == 0);
            yield return BatchWriter.Join(now);
        }
    }

    private sealed class Client(ulong id)
    {
        private ulong _id = id;
        private long _lowest = 1;
        private long _next = 1;

        public Batch Next(Random random)
        {
            if (random.Next(12) == 0)
            {
                (_id, _lowest, _next) = (_id + (ulong)random.Next(3, 20), 1, 1);
            }

            var commands = new List<(long, ReadOnlyMemory<byte>)>();
            if (_next == 1 || random.Next(30) == 0)
            {
                commands.Add((_next++, default));
            }

            for (var count = random.Next(1, 5); count > 0; count--)
            {
                var sequence = _next++ + (random.Next(40) == 0 ? Limits.MaxOutstanding : 0);
                _next = sequence + 1;
                var kind = random.Next(6) switch { 0 => "?", 1 => "!", _ => "" };
                commands.Add((sequence, $"{kind}{_id}/{sequence}{new string('x', random.Next(20))}".Bytes()));
            }

            var block = BatchWriter.Block(_id, _lowest, commands);
            _lowest = Math.Max(_lowest, random.NextInt64(_lowest, _next + 1) - random.Next(8));
            return block;
        }
    }
}
