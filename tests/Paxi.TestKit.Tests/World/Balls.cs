using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Paxi.Actors.Replicas;
using Paxi.TestKit.World;

namespace Paxi.TestKit.Tests.World;

/// <summary>
/// A world of players that throw balls at each other through random delays, with timers, restarts and stashes: work of every
/// kind that a role does.
/// </summary>
internal sealed class Balls : IDisposable
{
    private readonly SeededRandom _random;
    private readonly List<IActorRef> _players = [];
    private readonly List<SimulatedSystem> _hosts = [];

    public Balls(WorldOptions options, int systems, int players, int balls, long throws, bool isEventful = true)
    {
        World = new SimulatedWorld(options) { IsExpected = failure => failure.Cause is PlannedException };
        _random = World.Random.Fork("balls");
        Left = throws;
        for (var i = 0; i < systems; i++)
        {
            _hosts.Add(World.CreateSystem($"s{i}"));
        }

        for (var i = 0; i < players; i++)
        {
            var number = i;
            var host = _hosts[i % systems];
            _players.Add(host.ActorSystem.ActorOf(Props.Create(() => new Player(this, number, isEventful)), $"p{i}"));
        }

        for (var i = 0; i < balls; i++)
        {
            Throw(i);
        }
    }

    public SimulatedWorld World { get; }

    public long Left { get; private set; }

    public long Restarts { get; private set; }

    public long Ticks { get; private set; }

    public void Dispose() => World.Dispose();

    private void Throw(int ball)
    {
        if (Left-- <= 0)
        {
            return;
        }

        var target = _random.Next(_players.Count);
        var delay = 1_000 + _random.Next(100_000);
        World.ScheduleOnce(delay, new Flight(_players[target], new Ball(ball)), _hosts[target % _hosts.Count]);
    }

    private sealed class Flight(IActorRef target, Ball ball) : IRunnable
    {
        public void Run() => target.Tell(ball, ActorRefs.NoSender);

        public void Execute() => Run();
    }

    private sealed record Ball(int Number);

    private sealed record Tick
    {
        public static readonly Tick Instance = new();
    }

    private sealed class PlannedException : Exception
    {
    }

    private sealed class Player : UntypedActor, IWithTimers, IWithUnboundedStash
    {
        private readonly Balls _world;
        private readonly int _number;
        private readonly bool _isEventful;
        private long _caught;

        public Player(Balls world, int number, bool isEventful)
        {
            _world = world;
            _number = number;
            _isEventful = isEventful;
        }

        public ITimerScheduler Timers { get; set; } = null!;

        public IStash Stash { get; set; } = null!;

        protected override void PreStart()
        {
            if (_isEventful)
            {
                Timers.StartPeriodicTimer("tick", Tick.Instance, TimeSpan.FromMilliseconds(3));
            }
        }

        protected override void PreRestart(Exception reason, object message)
        {
            _world.Restarts++;
            base.PreRestart(reason, message);
        }

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Tick:
                    _world.Ticks++;
                    Stash.UnstashAll();
                    if (_world.Left <= 0)
                    {
                        Timers.CancelAll();
                    }

                    break;
                case Ball ball:
                    Catch(ball);
                    break;
                default:
                    Unhandled(message);
                    break;
            }
        }

        private void Catch(Ball ball)
        {
            _caught++;
            if (_isEventful && _caught % 97 == 0)
            {
                Stash.Stash();
                return;
            }

            _world.World.Record("catch", "player", ball.Number * 1_000L + _number);
            _world.Throw(ball.Number);
            if (_isEventful && _caught % 2_011 == 0)
            {
                throw new PlannedException();
            }
        }
    }
}
