using Akka.Actor;
using Paxi.Actors.Journal;
using Paxi.TestKit.World;
using Xunit;

namespace Paxi.Actors.Tests.Journal;

/// <summary>The journal on a disk that loses what was not synced, and whose host is killed at any moment.</summary>
public sealed class JournalActorCrashTests
{
    private const int Requests = 60;

    /// <summary>Whatever was answered is there; and what is there is the first so many requests, each whole.</summary>
    [Fact]
    public void Nothing_answered_is_lost_and_nothing_is_there_in_part()
    {
        var (answered, unanswered) = (0, 0);
        for (ulong seed = 1; seed <= 200; seed++)
        {
            var chance = new Random((int)seed);
            using var world = new SimulatedWorld(seed);
            var disk = new SimulatedDisk(world, "1.1");
            var asked = Run(world, disk, chance.NextDouble() < 0.3 ? chance.Next(1, Requests) : null, chance.Next(200, 12_000));
            var host = world.CreateSystem("again");
            using var store = disk.Open(host);
            var there = store.Read(1).Select(pair => (JournalKey.ToInt64(pair.Key) / 2, JournalKey.ToInt64(pair.Key) % 2)).ToList();
            Assert.Equal(Enumerable.Range(0, there.Count / 2).SelectMany(number => new[] { ((long)number, 0L), (number, 1L) }), there);
            Assert.Equal(Enumerable.Range(0, asked.Answers.Count).Select(number => (long)number), asked.Answers);
            Assert.InRange(asked.Answers.Count, 0, there.Count / 2);
            answered += asked.Answers.Count;
            unanswered += Requests - asked.Answers.Count;
        }

        // A run that always or never got its answers would prove nothing.
        Assert.True(answered > 1_000 && unanswered > 1_000, $"{answered} answered, {unanswered} not");
    }

    [Fact]
    public void Ends_that_come_on_another_thread_keep_the_order()
    {
        using var system = ActorSystem.Create("threads");
        using var inbox = Inbox.Create(system);
        using var store = new ThreadedStore();
        var journal = system.ActorOf(JournalActor.Props(store, inbox.Receiver));
        const int requests = 5_000, window = 200;
        for (long number = 0; number < requests + window; number++)
        {
            if (number < requests)
            {
                journal.Tell(new Persist([JournalWrite.Put(1, JournalKey.Of(number), new byte[] { 1 })], number), inbox.Receiver);
            }

            if (number >= window)
            {
                Assert.Equal(number - window, ((Persisted)inbox.Receive(TimeSpan.FromSeconds(30))).Token);
            }
        }
    }

    private static Asker.Answered Run(SimulatedWorld world, SimulatedDisk disk, int? failsAt, int microseconds)
    {
        var host = world.CreateSystem("host");
        var answered = new Asker.Answered();
        var store = disk.Open(host);
        host.ActorSystem.ActorOf(Props.Create(() => new Asker(store, answered, new Random(microseconds))), "asker");
        if (failsAt is { } failing)
        {
            world.Run(() => answered.Answers.Count >= failing, TimeSpan.FromSeconds(1));
            disk.IsFailing = true;
        }

        world.Run(() => false, TimeSpan.FromMicroseconds(microseconds));
        host.Kill();
        disk.IsFailing = false;
        return answered;
    }

    /// <summary>Asks for two puts each time, several requests under way.</summary>
    private sealed class Asker : UntypedActor
    {
        private readonly IActorRef _journal;
        private readonly Answered _answered;
        private readonly Random _random;
        private long _next;

        public Asker(IJournalStore store, Answered answered, Random random)
        {
            (_answered, _random) = (answered, random);
            _journal = Context.ActorOf(JournalActor.Props(store, Self));
            Ask();
        }

        protected override void OnReceive(object message)
        {
            if (message is Persisted persisted)
            {
                _answered.Answers.Add((long)persisted.Token);
                Ask();
            }
        }

        private void Ask()
        {
            for (var count = _random.Next(1, 5); count > 0 && _next < Requests; count--, _next++)
            {
                _journal.Tell(new Persist([Put(_next * 2), Put((_next * 2) + 1)], _next), Self);
            }
        }

        private static JournalWrite Put(long key) => JournalWrite.Put(1, JournalKey.Of(key), new byte[] { 1 });

        public sealed class Answered
        {
            public List<long> Answers { get; } = [];
        }
    }

    /// <summary>Ends its commits now inside the call, now on a thread of its own.</summary>
    private sealed class ThreadedStore : IJournalStore
    {
        private readonly System.Collections.Concurrent.BlockingCollection<Action<JournalException?>> _ends = new(16);
        private readonly Thread _thread;
        private int _calls;

        public ThreadedStore()
        {
            _thread = new Thread(() =>
            {
                foreach (var done in _ends.GetConsumingEnumerable())
                {
                    done(null);
                }
            });
            _thread.Start();
        }

        public bool IsVolatile => true;

        public IEnumerable<KeyValuePair<byte[], byte[]>> Read(byte table, ReadOnlyMemory<byte> from = default) => [];

        public void Commit(IReadOnlyList<JournalWrite> writes, Action<JournalException?> done)
        {
            if (++_calls % 3 == 0)
            {
                done(null);
            }
            else
            {
                _ends.Add(done);
            }
        }

        public void Dispose()
        {
            _ends.CompleteAdding();
            _thread.Join();
            _ends.Dispose();
        }
    }
}
