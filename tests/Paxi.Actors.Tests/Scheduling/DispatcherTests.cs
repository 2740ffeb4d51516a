using Akka.Actor;
using Akka.Configuration;
using Paxi.Actors.Scheduling;
using Xunit;

namespace Paxi.Actors.Tests.Scheduling;

/// <summary>The dispatchers of the roles and of the remoting: who runs what, and that nothing is lost or done twice at a time.</summary>
public sealed class DispatcherTests : Akka.TestKit.Xunit2.TestKit
{
    private const string Roles = "test-roles";
    private const string Remoting = "test-remoting";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly Config Configuration = ConfigurationFactory.ParseString($$"""
        {{Roles}} {
          type = "{{typeof(RoleDispatcherConfigurator).FullName}}, {{typeof(RoleDispatcherConfigurator).Assembly.GetName().Name}}"
          throughput = 5
          shutdown-timeout = 10ms
        }
        {{Remoting}} {
          type = "{{typeof(RemotingDispatcherConfigurator).FullName}}, {{typeof(RemotingDispatcherConfigurator).Assembly.GetName().Name}}"
          throughput = 5
        }
        """);

    public DispatcherTests()
        : base(Configuration)
    {
    }

    [Theory]
    [InlineData(Roles)]
    [InlineData(Remoting)]
    public void What_a_socket_brings_to_an_idle_actor_is_done_on_its_thread(string dispatcher)
    {
        var actor = Sys.ActorOf(Props.Create(static () => new Witness()).WithDispatcher(dispatcher));
        // Its creation may still be under way, elsewhere.
        AwaitAssert(() =>
        {
            var socket = SocketThread.Run(() => SocketThread.Turn(() => actor.Tell(Where.Instance, TestActor)));
            Assert.Equal(socket, ExpectMsg<Thread>(Patience).ManagedThreadId);
        }, Patience);
    }

    [Fact]
    public void What_others_bring_to_roles_is_done_by_a_thread_of_their_own()
    {
        var actor = Sys.ActorOf(Props.Create(static () => new Witness()).WithDispatcher(Roles));
        for (var count = 0; count < 100; count++)
        {
            actor.Tell(Where.Instance, TestActor);
            var thread = ExpectMsg<Thread>(Patience);
            Assert.Equal("paxi roles", thread.Name);
            Assert.False(thread.IsThreadPoolThread);
        }
    }

    [Fact]
    public void What_others_bring_to_the_remoting_is_done_by_the_pool()
    {
        var actor = Sys.ActorOf(Props.Create(static () => new Witness()).WithDispatcher(Remoting));
        actor.Tell(Where.Instance, TestActor);
        Assert.True(ExpectMsg<Thread>(Patience).IsThreadPoolThread);
    }

    /// <summary>Sockets and others at the same time: each message once, those of a sender in their order, and never two actors at work.</summary>
    [Fact]
    public void Roles_work_one_at_a_time_and_lose_nothing()
    {
        const int actors = 4;
        const int senders = 6;
        const int messages = 2000;
        var shared = new Shared();
        var roles = Enumerable.Range(0, actors).Select(index =>
            Sys.ActorOf(Props.Create(() => new Counter(shared, senders)).WithDispatcher(Roles))).ToArray();
        // Each passes what it gets to the next one, so that roles bring forth work for roles.
        for (var index = 0; index < actors; index++)
        {
            roles[index].Tell(new Next(index + 1 < actors ? roles[index + 1] : TestActor));
        }

        Parallel.For(0, senders, new ParallelOptions { MaxDegreeOfParallelism = senders }, sender =>
        {
            Action<int> send = number => roles[0].Tell(new Numbered(sender, number));
            Action sendAll = () =>
            {
                for (var number = 0; number < messages; number++)
                {
                    if (sender % 2 == 0)
                    {
                        SocketThread.Turn(() => send(number));
                    }
                    else
                    {
                        send(number);
                    }
                }
            };
            SocketThread.Run(sendAll);
        });

        var next = new int[senders];
        for (var count = 0; count < senders * messages; count++)
        {
            var got = ExpectMsg<Numbered>(Patience);
            Assert.Equal(next[got.Sender]++, got.Number);
        }

        ExpectNoMsg(TimeSpan.Zero);
        Assert.Equal(0, shared.Overlaps);
    }

    [Fact]
    public void Too_much_for_a_turn_goes_to_the_own_thread_and_the_socket_is_free_again()
    {
        const int rallies = 5000;
        var ping = Sys.ActorOf(Props.Create(() => new Rally(TestActor)).WithDispatcher(Roles));
        var pong = Sys.ActorOf(Props.Create(() => new Rally(TestActor)).WithDispatcher(Roles));
        // Two actors that answer each other for long: a socket's thread has other work.
        var socket = SocketThread.Run(() => SocketThread.Turn(() => ping.Tell(new Ball(rallies, []), pong)));
        var threads = ExpectMsg<Ball>(Patience).Threads;
        Assert.Equal(rallies + 1, threads.Count);
        Assert.InRange(threads.Count(thread => thread == socket), 0, 64);
        Assert.NotEqual(socket, threads[^1]);
    }

    [Fact]
    public void The_thread_ends_with_the_last_role_and_comes_back_with_the_next_one()
    {
        var first = Sys.ActorOf(Props.Create(static () => new Witness()).WithDispatcher(Roles));
        first.Tell(Where.Instance, TestActor);
        var thread = ExpectMsg<Thread>(Patience);
        Watch(first);
        Sys.Stop(first);
        ExpectTerminated(first, Patience);
        Assert.True(thread.Join(Patience));

        var second = Sys.ActorOf(Props.Create(static () => new Witness()).WithDispatcher(Roles));
        second.Tell(Where.Instance, TestActor);
        var other = ExpectMsg<Thread>(Patience);
        Assert.NotSame(thread, other);
        Assert.Equal("paxi roles", other.Name);
    }

    [Fact]
    public void A_role_that_fails_is_restarted_and_goes_on()
    {
        var actor = Sys.ActorOf(Props.Create(static () => new Witness()).WithDispatcher(Roles));
        for (var count = 0; count < 20; count++)
        {
            SocketThread.Run(() => SocketThread.Turn(() => actor.Tell(Fail.Instance, TestActor)));
            actor.Tell(Fail.Instance, TestActor);
            actor.Tell(Where.Instance, TestActor);
            ExpectMsg<Thread>(Patience);
        }
    }

    private sealed record Where
    {
        public static readonly Where Instance = new();
    }

    private sealed record Fail
    {
        public static readonly Fail Instance = new();
    }

    private sealed record Numbered(int Sender, int Number);

    private sealed record Next(IActorRef Actor);

    private sealed record Ball(int Left, List<int> Threads);

    private sealed class Shared
    {
        private int _active;
        private int _overlaps;

        public int Overlaps => Volatile.Read(ref _overlaps);

        public void Enter()
        {
            if (Interlocked.Increment(ref _active) > 1)
            {
                Interlocked.Increment(ref _overlaps);
            }
        }

        public void Leave() => Interlocked.Decrement(ref _active);
    }

    private sealed class Witness : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is Fail)
            {
                throw new InvalidOperationException("told to");
            }

            Sender.Tell(Thread.CurrentThread);
        }
    }

    private sealed class Counter(Shared shared, int senders) : UntypedActor
    {
        private readonly int[] _next = new int[senders];
        private IActorRef _to = ActorRefs.Nobody;

        protected override void OnReceive(object message)
        {
            shared.Enter();
            switch (message)
            {
                case Next next:
                    _to = next.Actor;
                    break;
                case Numbered numbered when numbered.Number == _next[numbered.Sender]:
                    _next[numbered.Sender]++;
                    Thread.SpinWait(20);
                    _to.Tell(numbered);
                    break;
                default:
                    // Not in its order: the test misses it.
                    break;
            }

            shared.Leave();
        }
    }

    private sealed class Rally(IActorRef end) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is Ball ball)
            {
                ball.Threads.Add(Environment.CurrentManagedThreadId);
                var to = ball.Left == 0 ? end : Sender;
                to.Tell(ball with { Left = ball.Left - 1 }, Self);
            }
        }
    }
}
