using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Links;
using Paxi.Actors.Wire;
using Paxi.TestKit.World;
using Xunit;
using Envelope = Paxi.Actors.Links.Envelope;

namespace Paxi.TestKit.Tests.World;

public sealed class SimulatedNetworkTests : IDisposable
{
    private static readonly NetworkOptions Even = new() { Delay = DelayDistribution.Constant(TimeSpan.FromMilliseconds(1)), Serializes = false };

    private readonly SimulatedWorld _world = new(seed: 3);
    private readonly SimulatedNetwork _network;
    private readonly ReplicaId[] _ids = [new(1, 1), new(1, 2), new(2, 1)];
    private readonly List<SimulatedSystem> _systems = [];
    private readonly List<ITransport> _transports = [];
    private readonly List<string> _got = [];

    public SimulatedNetworkTests()
    {
        _network = new SimulatedNetwork(_world, Even);
        for (var index = 0; index < _ids.Length; index++)
        {
            _systems.Add(_world.CreateSystem($"s{index}"));
            _transports.Add(_network.Attach(_ids[index], _systems[index]));
            Listen(index);
        }

        _world.Settle();
    }

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Messages_arrive_after_their_delay_in_order()
    {
        _network.Options = Even with { Delay = DelayDistribution.Uniform(TimeSpan.Zero, TimeSpan.FromMilliseconds(20)) };
        Send(0, 1, 50);
        _world.Run();
        Assert.Equal(Enumerable.Range(1, 50).Select(number => $"1.2 gets {number}"), _got);
        Assert.Equal(50, _network.Counters.Delivered);
    }

    [Fact]
    public void Reordering_and_duplication_happen_as_often_as_they_should()
    {
        _network.Options = Even with { Reordering = 0.2, Duplication = 0.1, DuplicationDelay = DelayDistribution.Constant(TimeSpan.FromSeconds(2)) };
        Send(0, 1, 1_000);
        _world.Advance(TimeSpan.FromSeconds(1));
        var beforeCopies = _got.Count;
        Assert.NotEqual(Enumerable.Range(1, 1_000).Select(number => $"1.2 gets {number}"), _got);
        _world.Run();
        Assert.InRange(_got.Count, 1_050, 1_150);
        Assert.Equal(_got.Count - beforeCopies, _network.Counters.Duplicated);
        Assert.InRange(_network.Counters.Reordered, 150, 250);
        Assert.Equal(1_000, _got.Distinct().Count());
    }

    [Fact]
    public void Loss_is_counted_and_a_link_may_lose_more_than_the_others()
    {
        _network.Options = Even with { Loss = 0.1 };
        _network.Link(_ids[0], _ids[2]).Loss = 1;
        Send(0, 1, 1_000);
        Send(0, 2, 10);
        _world.Run();
        Assert.InRange(_network.Counters.Lost, 70, 140);
        Assert.Equal(1_010 - _network.Counters.Lost, _got.Count);
        Assert.DoesNotContain(_got, got => got.StartsWith("2.1", StringComparison.Ordinal));
    }

    [Fact]
    public void A_cut_link_loses_what_is_sent_and_what_is_under_way_one_way_only()
    {
        Send(0, 1, 1);
        _network.CutOneWay(["1.1"], ["1.2"]);
        Send(0, 1, 1);
        Send(1, 0, 1);
        Send(0, 2, 1);
        _world.Run();
        Assert.Equal(["1.1 gets 1", "2.1 gets 1"], _got.Order());
        Assert.Equal(2, _network.Counters.Cut);
        _network.Heal();
        Send(0, 1, 1);
        _world.Run();
        Assert.Equal(3, _got.Count);
    }

    [Fact]
    public void A_partition_cuts_both_ways_and_split_makes_groups()
    {
        _network.Partition("2.1");
        Assert.Equal(["1.1 -> 2.1", "1.2 -> 2.1", "2.1 -> 1.1", "2.1 -> 1.2"], _network.Links.Where(link => link.IsCut).Select(link => link.Name).Order());
        _network.Heal();
        _network.Split(["1.1"], ["1.2"]);
        Assert.Equal(["1.1 -> 1.2", "1.2 -> 1.1"], _network.Links.Where(link => link.IsCut).Select(link => link.Name).Order());
    }

    [Fact]
    public void A_clogged_link_lets_go_when_it_ends()
    {
        _network.Link(_ids[0], _ids[1]).Clog(TimeSpan.FromMilliseconds(100));
        Send(0, 1, 2);
        _world.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Empty(_got);
        _world.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(["1.2 gets 1", "1.2 gets 2"], _got);
    }

    [Fact]
    public void Held_messages_are_delivered_or_dropped_one_by_one()
    {
        _network.IsHeld = true;
        _transports[0].Send(_ids[1], new Envelope(_ids[0], 1, [new Number(1), new Number(2), new Number(3)]));
        _world.Run();
        Assert.Equal(3, _network.HeldCount);
        _network.Drop("1.1", "1.2");
        _network.Link("1.1", "1.2").Deliver(1);
        _world.Run();
        Assert.Equal(["1.2 gets 3"], _got);
        Assert.Equal(1, _network.DeliverAll());
        Assert.Contains("no message 0 waits on 1.1 -> 1.2", Assert.Throws<InvalidOperationException>(() => _network.Deliver("1.1", "1.2")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dead_replica_is_unreachable_and_its_successor_is_reached()
    {
        _systems[1].Kill();
        Send(0, 1, 1);
        _world.Run();
        Assert.Equal(1, _network.Counters.Unreachable);
        Send(1, 0, 1);
        _world.Run();
        Assert.Empty(_got);
        Send(0, 1, 1);
        _systems[1] = _world.CreateSystem("again");
        _transports[1] = _network.Attach(_ids[1], _systems[1]);
        Listen(1);
        _world.Run();
        Assert.Equal(["1.2 gets 1"], _got);
    }

    [Fact]
    public void Zones_have_delays_of_their_own()
    {
        _network.Options = Even with { Delay = DelayDistribution.Zones(new double[,] { { 1, 40 }, { 70, 1 } }) };
        Send(0, 2, 1);
        _world.Run();
        Assert.Equal(TimeSpan.FromMilliseconds(40), _world.Now);
        Send(2, 0, 1);
        _world.Run();
        Assert.Equal(TimeSpan.FromMilliseconds(110), _world.Now);
    }

    [Fact]
    public void What_no_serializer_takes_fails_the_world()
    {
        _network.Options = Even with { Serializes = true };
        Send(0, 1, 1);
        _world.Run();
        Assert.Equal(1, _network.Counters.Unserializable);
        Assert.Contains("does not pass the serializer", Assert.Throws<WorldFailedException>(_world.ThrowIfFailed).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Messages_in_envelopes_are_counted()
    {
        _transports[0].Send(_ids[1], new Envelope(_ids[0], 1, [new Number(1), new Number(2)]));
        Assert.Equal((1, 2), (_network.Counters.Sent, _network.Counters.Messages));
    }

    private void Listen(int index)
    {
        var name = _ids[index].ToString();
        _systems[index].ActorSystem.ActorOf(Props.Create(() => new Listener(_got, name)), "links");
    }

    private void Send(int from, int to, int count)
    {
        for (var number = 1; number <= count; number++)
        {
            _transports[from].Send(_ids[to], new Envelope(_ids[from], 1, [new Number(number)]));
        }
    }

    private sealed record Number(int Value) : IWireMessage;

    private sealed class Listener : UntypedActor
    {
        private readonly List<string> _got;
        private readonly string _name;

        public Listener(List<string> got, string name) => (_got, _name) = (got, name);

        protected override void OnReceive(object message)
        {
            foreach (var inner in ((Envelope)message).Messages)
            {
                _got.Add($"{_name} gets {((Number)inner).Value}");
            }
        }
    }
}
