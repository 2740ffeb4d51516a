using System.Buffers.Binary;
using Akka.Actor;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.Configuration;
using Paxi.Actors.Links;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;
using Paxi.TestKit.World;
using Xunit;

namespace Paxi.Actors.Tests.Clients;

/// <summary>
/// Clients and replicas with loss, duplication, reordering, refusals, late execution and sessions that are forgotten. Whatever happens,
/// every command ends once, and what its end says is true: done was executed once, failed never is, unknown at most once.
/// </summary>
public sealed class ClientPropertyTests
{
    private const int Seeds = 150;
    private const int CommandsPerSeed = 200;

    [Fact]
    public void Every_command_ends_once_and_truthfully()
    {
        var seen = new SortedDictionary<string, int>();
        for (var seed = 1UL; seed <= Seeds; seed++)
        {
            using var run = new Run(seed);
            run.Play();
            run.Check(seen);
        }

        // A run that never met what it is for proves nothing.
        foreach (var what in new[]
        {
            "Done", "Failed", "Failed invalid", "Failed unsent", "Unknown", "Unknown but executed", "Unknown and not executed", "sent again",
            "session renewed", "cancelled",
        })
        {
            Assert.True(seen.GetValueOrDefault(what) > 20, $"'{what}' happened {seen.GetValueOrDefault(what)} times in {Seeds} runs");
        }
    }

    /// <summary>One world: three replicas that share one state, and one client.</summary>
    private sealed class Run : IDisposable
    {
        private static readonly ReplicaId[] Ids = [new(1, 1), new(1, 2), new(1, 3)];

        private readonly SimulatedWorld _world;
        private readonly SeededRandom _random;
        private readonly SimulatedNetwork _network;
        private readonly CountingMachine _machine = new();
        private readonly ReplicatedState _state;
        private readonly SimulatedSystem _system;
        private readonly IActorRef _client;
        private readonly PaxiClient _typed;
        private readonly List<Issued> _issued = [];
        private readonly HashSet<ulong> _sessions = [];
        private readonly HashSet<(ulong, long)> _executed = [];
        private bool _isHealed;

        public Run(ulong seed)
        {
            _world = new SimulatedWorld(seed);
            _random = _world.Random.Fork("test");
            _network = new SimulatedNetwork(_world, new NetworkOptions
            {
                Loss = _random.NextDouble() * 0.3,
                Duplication = _random.NextDouble() * 0.3,
                Reordering = _random.NextDouble() * 0.3,
                ReorderingDelay = DelayDistribution.Exponential(TimeSpan.Zero, TimeSpan.FromMilliseconds(_random.Next(1, 1500))),
            });
            _state = new ReplicatedState(_machine, new SessionLimits(MaxSessions: _random.Next(2, 4)));
            foreach (var id in Ids)
            {
                var replica = _world.CreateSystem($"replica-{id.Node}", Reference.Whole);
                var transport = _network.Attach(id, replica);
                replica.ActorSystem.ActorOf(Props.Create(() => new FakeReplica(this, id, transport)), "links");
            }

            _system = _world.CreateSystem("client", Reference.Whole);
            var settings = new ClientSettings(
                [.. Ids], TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(200), ReadMode.Log, _random.Next(1, 40), _random.Next(5, 100));
            _client = _system.ActorSystem.ActorOf(
                ClientActor.Props(settings, _network.AttachClient("client", _system), _world.Random.Fork("client")), "client");
            _typed = new PaxiClient(_client);
        }

        public int Resent { get; private set; }

        public void Play()
        {
            for (var number = 1L; number <= CommandsPerSeed; number++)
            {
                Issue(number);
                _world.Advance(TimeSpan.FromMicroseconds(_random.Next(10) == 0 ? _random.Next(300_000) : _random.Next(3000)));
                if (_random.Next(40) == 0)
                {
                    // Other clients come, and the session that was used longest ago goes.
                    for (var left = _random.Next(1, 4); left > 0; left--)
                    {
                        _state.Execute(BatchWriter.Block(SessionIds.Choose(_system.Now, _random), 1, [(1, default)]), wantsResults: false);
                    }
                }
            }

            _world.Advance(TimeSpan.FromSeconds(20));
            _network.Options = new NetworkOptions();
            _isHealed = true;
            // The first one may still find its session forgotten.
            Issue(CommandsPerSeed + 1);
            _world.Advance(TimeSpan.FromSeconds(20));
            for (var number = CommandsPerSeed + 2L; number < CommandsPerSeed + 12; number++)
            {
                Issue(number, isCalm: true);
                _world.Advance(TimeSpan.FromSeconds(1));
            }

            _world.Run();
        }

        public void Check(SortedDictionary<string, int> seen)
        {
            _world.ThrowIfFailed();
            foreach (var issued in _issued)
            {
                var reply = issued.End();
                var count = _machine.CountOf(issued.Number);
                var where = $"seed {_world.Options.Seed}, command {issued.Number}: {reply.Outcome} ({reply.Error}), executed {count} times";
                if (issued.IsRead)
                {
                    Assert.True(count <= 1, where);
                }
                else
                {
                    Assert.True(reply.Outcome switch { Outcome.Done => count == 1, Outcome.Failed => count == 0, _ => count <= 1 }, where);
                }

                Assert.True(reply.Outcome == Outcome.Done == (reply.Error is null), where);
                if (reply.Outcome == Outcome.Done)
                {
                    Assert.Equal(issued.IsRead ? 0 : 1, BinaryPrimitives.ReadInt64LittleEndian(reply.Value!.Value.Span));
                }

                if (issued.Number > CommandsPerSeed + 1)
                {
                    Assert.True(reply.Outcome == Outcome.Done || CountingMachine.IsInvalid(issued.Number), $"healed, but {where}");
                }

                Tally(seen, reply, count);
            }

            Tally(seen, "sent again", Resent);
            Tally(seen, "session renewed", _sessions.Count - 1);
        }

        public void Dispose() => _world.Dispose();

        private static void Tally(SortedDictionary<string, int> seen, Reply reply, long count)
        {
            Tally(seen, reply.Outcome.ToString(), 1);
            if (reply.Outcome == Outcome.Unknown)
            {
                Tally(seen, count > 0 ? "Unknown but executed" : "Unknown and not executed", 1);
            }

            foreach (var (word, what) in new[] { ("invalid", "Failed invalid"), ("before it was sent", "Failed unsent"), ("cancelled", "cancelled") })
            {
                if (reply.Error?.Contains(word, StringComparison.Ordinal) == true)
                {
                    Tally(seen, what, 1);
                }
            }
        }

        private static void Tally(SortedDictionary<string, int> seen, string what, int times) =>
            seen[what] = seen.GetValueOrDefault(what) + times;

        private void Issue(long number, bool isCalm = false)
        {
            var isRead = !isCalm && _random.Next(8) == 0;
            var command = new Invoke(isRead ? CountingMachine.Read(number) : CountingMachine.Add(number), isRead)
            {
                Timeout = isCalm || _random.Next(3) > 0 ? null : TimeSpan.FromMilliseconds(_random.Next(1, 1000)),
                Mode = isRead ? (ReadMode)_random.Next(0, 4) : null,
            };
            if (isCalm || _random.Next(2) == 0)
            {
                var replies = new List<Reply>();
                _client.Tell(command, _system.ActorSystem.ActorOf(Props.Create(() => new Asker(replies))));
                _issued.Add(new Issued(number, isRead, replies, null));
                return;
            }

#pragma warning disable CA2000 // Disposed of with the world.
            var cancellation = new CancellationTokenSource();
#pragma warning restore CA2000
            _issued.Add(new Issued(number, isRead, [], _typed.SendAsync(command, cancellation.Token)));
            if (_random.Next(4) == 0)
            {
                _world.ScheduleOnce(TimeSpan.FromMicroseconds(_random.Next(2000)), cancellation.Cancel);
            }
        }

        private sealed record Issued(long Number, bool IsRead, List<Reply> Replies, Task<Reply>? Task)
        {
            public Reply End()
            {
                if (Task is null)
                {
                    return Assert.Single(Replies);
                }

                // The world has come to rest, so it has ended; only the continuation may still be on its way.
                Assert.True(Task.Wait(TimeSpan.FromSeconds(30)), $"command {Number} never ended");
                return Task.Result;
            }
        }

        private sealed class Asker : UntypedActor
        {
            private readonly List<Reply> _replies;

            public Asker(List<Reply> replies) => _replies = replies;

            protected override void OnReceive(object message) => _replies.Add((Reply)message);
        }

        /// <summary>Executes at once, later, or not at all; always on the one state, as if through a log.</summary>
        private sealed class FakeReplica : UntypedActor, IWithTimers
        {
            private readonly Run _run;
            private readonly ReplicaId _id;
            private readonly ITransport _transport;

            public FakeReplica(Run run, ReplicaId id, ITransport transport) => (_run, _id, _transport) = (run, id, transport);

            public ITimerScheduler Timers { get; set; } = null!;

            protected override void OnReceive(object message)
            {
                switch (message)
                {
                    case ClientRequests requests:
                        Take(requests);
                        break;
                    case Late late:
                        Execute(late.Requests, late.Client);
                        break;
                }
            }

            private void Take(ClientRequests requests)
            {
                Assert.True(BatchReader.TryValidate(requests.Block, out var error), error);
                var luck = _run._isHealed ? 100 : _run._random.Next(100);
                if (luck < 5)
                {
                    var reason = (RefusalReason)_run._random.Next(requests.Mode == ReadMode.Log ? 2 : 3);
                    _transport.Reply(Sender, new ClientRefusal(requests.Session, requests.Request, reason, Ids[_run._random.Next(3)]));
                }
                else if (luck < 15)
                {
                    var delay = TimeSpan.FromMilliseconds(_run._random.Next(3000));
                    var late = new Late(requests, Sender);
                    Timers.StartSingleTimer(late, late, delay);
                }
                else
                {
                    Execute(requests, Sender);
                }
            }

            private void Execute(ClientRequests requests, IActorRef client)
            {
                Count(requests);
                var blocks = requests.Mode == ReadMode.Log
                    ? _run._state.Execute(requests.Block, wantsResults: true)
                    : _run._state.Read(requests.Block);
                foreach (var block in blocks)
                {
                    _transport.Reply(client, new ClientReplies(block.Session, _id, 1, new Ballot(1, _id), 1, block.Count, block.Results));
                }
            }

            private void Count(ClientRequests requests)
            {
                if (requests.Mode == ReadMode.Log)
                {
                    _run._sessions.Add(requests.Session);
                }

                for (var reader = new BatchReader(requests.Block); reader.NextBlock();)
                {
                    while (reader.NextCommand())
                    {
                        _run.Resent += _run._executed.Add((reader.Session, reader.Sequence)) ? 0 : 1;
                    }
                }
            }

            /// <summary>A class, not a record: as a timer's key each is itself.</summary>
            private sealed class Late(ClientRequests requests, IActorRef client)
            {
                public ClientRequests Requests { get; } = requests;

                public IActorRef Client { get; } = client;
            }
        }
    }
}
