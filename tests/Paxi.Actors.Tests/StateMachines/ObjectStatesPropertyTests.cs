using Paxi.Actors.Commands;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;
using Xunit;

namespace Paxi.Actors.Tests.StateMachines;

/// <summary>Sessions per object: clients that retry, a network that repeats and reorders, tables too small, restores at any point; against the plain model.</summary>
public sealed class ObjectStatesPropertyTests
{
    private static readonly string[] Names = ["a", "b", "c"];

    [Fact]
    public void Every_result_is_the_models_and_nothing_is_executed_twice()
    {
        var met = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var seed = 0; seed < 120; seed++)
        {
            var limits = Limits(seed);
            var diary = new ObjectDiary();
            var states = new ReplicatedObjects(diary, limits);
            var model = new ObjectModel(limits, 256 << 10);
            foreach (var (objects, batch) in Traffic(seed))
            {
                Assert.Equal(Show(model.Execute(objects[0].ToString(), batch)), Run(states, objects, batch));
            }

            foreach (var (name, executed) in model.Diary.Executed)
            {
                Assert.Equal(executed, diary.Executed[name]);
                Assert.Equal(executed.Count, executed.Distinct().Count());
            }

            foreach (var (rule, count) in model.Met)
            {
                met[rule] = met.GetValueOrDefault(rule) + count;
            }
        }

        Assert.Equal(
            ["AlreadyAnswered", "Done", "Invalid", "ResultDropped", "SessionExpired", "dropped of another", "dropped of its own", "duplicate", "evicted"],
            met.Keys);
        Assert.All(met, rule => Assert.True(rule.Value > 50, $"{rule.Key} was met {rule.Value} times"));
    }

    /// <summary>
    /// One replica answers; another executes the same order of each object, the objects interleaved otherwise; a third is restored from the first, object by object, again and again.
    /// Their states are equal byte for byte.
    /// </summary>
    [Fact]
    public void Replicas_agree_across_restores_and_interleavings()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var limits = Limits(seed);
            var (answering, following, restored) = (New(limits), New(limits), New(limits));
            var traffic = Traffic(seed).ToList();
            foreach (var (objects, batch) in traffic)
            {
                Assert.Equal(Run(answering, objects, batch), Run(restored, objects, batch));
                foreach (var name in Names.Where(_ => random.Next(6) == 0))
                {
                    var key = new ObjectKey(name);
                    var state = Bytes(answering, key);
                    Assert.Equal(state, Bytes(restored, key));
                    restored.ReadObject(key, state);
                    Assert.Equal(state, Bytes(restored, key));
                }
            }

            foreach (var (objects, batch) in Interleave(traffic, random))
            {
                following.Execute(objects, batch, results: null);
            }

            foreach (var name in Names)
            {
                Assert.Equal(Bytes(answering, new ObjectKey(name)), Bytes(following, new ObjectKey(name)));
                Assert.Equal(Bytes(answering, new ObjectKey(name)), Bytes(restored, new ObjectKey(name)));
            }
        }
    }

    [Fact]
    public void A_damaged_state_is_refused_and_changes_nothing()
    {
        foreach (var seed in new[] { 1, 2, 3 })
        {
            var states = New(Limits(seed));
            foreach (var (objects, batch) in Traffic(seed).Take(12))
            {
                states.Execute(objects, batch, results: null);
            }

            var key = new ObjectKey("a");
            var good = Bytes(states, key);
            var other = Bytes(states, new ObjectKey("b"));
            var small = good.Length < 4096 ? good : other;
            for (var bit = seed; bit < small.Length * 8; bit += 11)
            {
                var damaged = (byte[])small.Clone();
                damaged[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.Throws<WireFormatException>(() => states.ReadObject(key, damaged));
            }

            for (var length = 0; length < small.Length; length += 1 + (length / 16))
            {
                Assert.Throws<WireFormatException>(() => states.ReadObject(key, small.AsMemory(0, length)));
            }

            Assert.Equal(good, Bytes(states, key));
        }
    }

    [Fact]
    public void A_machine_that_refuses_leaves_the_sessions_as_they_were()
    {
        var (states, other) = (New(new SessionLimits()), New(new SessionLimits()));
        var key = new ObjectKey("a");
        states.Execute([key], BatchWriter.Block(1, 1, [(1, "a:1".Bytes())]), null);
        other.Execute([key], BatchWriter.Block(9, 1, [(1, "a:#".Bytes())]), null);
        var before = Bytes(states, key);
        Assert.Throws<WireFormatException>(() => states.ReadObject(key, Bytes(other, key)));
        Assert.Equal(before, Bytes(states, key));
    }

    [Fact]
    public void An_object_never_written_is_written_as_any_other_and_read_back()
    {
        var states = New(new SessionLimits());
        var key = new ObjectKey("a");
        var absent = Bytes(states, key);
        states.Execute([key], BatchWriter.Block(1, 1, [(1, "a:1".Bytes())]), null);
        states.ReadObject(key, absent);
        Assert.Equal(absent, Bytes(states, key));
        Assert.Equal("1 in a;", One(states, 1, 1).Text);
    }

    [Fact]
    public void The_session_with_the_smallest_id_is_forgotten_when_an_object_knows_too_many()
    {
        var states = New(new SessionLimits());
        var key = new ObjectKey("a");
        for (ulong session = 10; session < 10 + ObjectStates.MaxSessionsPerObject; session++)
        {
            states.Execute([key], BatchWriter.Block(session, 1, [(1, "a:1".Bytes())]), null);
        }

        Assert.Equal(CommandStatus.Done, One(states, 10, 1).Status);
        Assert.Equal(CommandStatus.Done, One(states, 5_000, 1).Status);
        Assert.Equal((CommandStatus.SessionExpired, 11UL), (One(states, 10, 1).Status, One(states, 10, 1).Floor));
        Assert.Equal(CommandStatus.SessionExpired, One(states, ulong.MaxValue, 1).Status);
    }

    /// <summary>Whatever clients do, the state of an object stays within what a frame takes.</summary>
    [Fact]
    public void Commands_that_nobody_acknowledges_do_not_grow_an_object_without_bound()
    {
        const int sessions = 8, each = 16_000;
        var states = New(new SessionLimits());
        var key = new ObjectKey("a");
        for (ulong session = 1; session <= sessions; session++)
        {
            for (var from = 1; from < each; from += 1_000)
            {
                states.Execute([key], BatchWriter.Block(session, 1,
                    [.. Enumerable.Range(from, 1_000).Select(sequence => ((long)sequence, "!a".Bytes()))]), null);
            }
        }

        Assert.InRange(Bytes(states, key).Length, 1_000, ObjectStates.MaxObjectBytes - KeyValueStore.MaxHistoryBytes);
        Assert.Equal(CommandStatus.SessionExpired, One(states, 1, each).Status);
        Assert.Equal(CommandStatus.Invalid, One(states, sessions, 1).Status);
        var again = New(new SessionLimits());
        again.ReadObject(key, Bytes(states, key));
        Assert.Equal(Bytes(states, key), Bytes(again, key));
    }

    /// <summary>A block whose own session is the one to be forgotten: what follows in it is told so.</summary>
    [Fact]
    public void A_block_that_outgrows_the_object_by_itself_loses_its_session()
    {
        var states = New(new SessionLimits(MaxSessions: 4, MaxOutstanding: 100_000));
        var key = new ObjectKey("a");
        var ended = Execute(states, [key], BatchWriter.Block(7, 1,
            [.. Enumerable.Range(1, 33_000).Select(sequence => ((long)sequence, "!a".Bytes()))]));
        Assert.Equal(32_769, ended.Count(one => one.Status == CommandStatus.Invalid));
        Assert.All(ended.Skip(32_769), one => Assert.Equal((CommandStatus.SessionExpired, 8UL), (one.Status, one.Floor)));
        Assert.Equal(CommandStatus.Done, One(states, 8, 1).Status);
    }

    private static SessionLimits Limits(int seed) => new(MaxSessions: seed % 3 == 0 ? 65_536 : 4, MaxOutstanding: 12);

    private static ReplicatedObjects New(SessionLimits limits) => new(new ObjectDiary(), limits);

    private static byte[] Bytes(ObjectStates states, ObjectKey key)
    {
        var writer = new WireWriter();
        states.WriteObject(key, writer.Buffer);
        return writer.ToArray();
    }

    private static Ended One(ObjectStates states, ulong session, long sequence) =>
        Execute(states, [new ObjectKey("a")], BatchWriter.Block(session, 1, [(sequence, "a:1".Bytes())])).Single();

    private static List<Ended> Execute(ObjectStates states, ObjectKey[] objects, Batch batch)
    {
        var results = new ResultBlocks(batch.Count);
        states.Execute(objects, batch, results);
        return results.ToBlocks().Decode();
    }

    private static List<string> Run(ObjectStates states, ObjectKey[] objects, Batch batch) => Show(Execute(states, objects, batch));

    private static List<string> Show(List<Ended> ended) => [.. ended.Select(one =>
        $"{one.Session}/{one.Sequence} {one.Status} {one.Result.Length} {Convert.ToHexString(one.Result.Span[..Math.Min(one.Result.Length, 80)])}")];

    /// <summary>Another order that keeps that of each object.</summary>
    private static IEnumerable<(ObjectKey[] Objects, Batch Batch)> Interleave(List<(ObjectKey[] Objects, Batch Batch)> traffic, Random random)
    {
        var left = traffic.ToList();
        while (left.Count > 0)
        {
            var blocked = new HashSet<ObjectKey>();
            var chosen = 0;
            for (var index = 0; index < left.Count; index++)
            {
                var isFree = !left[index].Objects.Any(blocked.Contains);
                if (isFree && random.Next(3) == 0)
                {
                    chosen = index;
                    break;
                }

                blocked.UnionWith(left[index].Objects);
            }

            yield return left[chosen];
            left.RemoveAt(chosen);
        }
    }

    /// <summary>
    /// Blocks of clients for an object each, and transactions. Every client sends to all objects with one row of numbers; its window advances, it skips too far ahead, begins anew with a higher id;
    /// every block may come again, or late.
    /// </summary>
    private static IEnumerable<(ObjectKey[] Objects, Batch Batch)> Traffic(int seed)
    {
        var random = new Random(seed);
        var clients = Enumerable.Range(1, seed % 5 == 0 ? 120 : 7).Select(number => new Client((ulong)number, isLong: seed % 4 == 1)).ToArray();
        var late = new List<(string[] Names, Batch Batch)>();
        for (var step = 0; step < 150; step++)
        {
            var names = random.Next(5) == 0 ? [.. Names.Where(_ => random.Next(3) > 0)] : new[] { Names[random.Next(Names.Length)] };
            if (names.Length == 0)
            {
                continue;
            }

            var now = new List<Batch>();
            for (var count = names.Length > 1 ? 1 : random.Next(1, 4); count > 0; count--)
            {
                now.Add(clients[random.Next(random.Next(1, clients.Length + 1))].Next(random, names));
            }

            var again = late.Where(one => one.Names.SequenceEqual(names)).ToList();
            if (again.Count > 0 && random.Next(2) == 0)
            {
                now.Insert(random.Next(now.Count + 1), again[random.Next(again.Count)].Batch);
            }

            late.AddRange(now.Select(batch => (names, batch)));
            now.RemoveAll(_ => random.Next(6) == 0);
            yield return ([.. names.Select(name => new ObjectKey(name))], BatchWriter.Join(now));
        }
    }

    private sealed class Client(ulong id, bool isLong)
    {
        private ulong _id = id;
        private long _lowest = 1;
        private long _next = 1;

        public Batch Next(Random random, string[] names)
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
                var sequence = _next++ + (random.Next(40) == 0 ? 12 : 0);
                _next = sequence + 1;
                var kind = random.Next(6) switch { 0 => "?", 1 => "!", _ => "" };
                var length = isLong ? random.Next(100_000) : random.Next(4) == 0 ? random.Next(900) : 0;
                commands.Add((sequence, $"{kind}{string.Join(',', names)}:{_id}/{sequence}*{length}".Bytes()));
            }

            var block = BatchWriter.Block(_id, _lowest, commands);
            _lowest = Math.Max(_lowest, random.NextInt64(_lowest, _next + 1) - random.Next(8));
            return block;
        }
    }
}
