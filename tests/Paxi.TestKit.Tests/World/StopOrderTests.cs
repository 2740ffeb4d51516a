using Akka.Actor;
using Paxi.TestKit.World;
using Xunit;

namespace Paxi.TestKit.Tests.World;

/// <summary>Akka stops children in the order of a hash table, which is another one in each process; in a world they stop in the order of their paths.</summary>
public sealed class StopOrderTests : IDisposable
{
    private static readonly string[] s_names = ["g", "b", "e", "a", "h", "d", "c", "f"];

    private readonly SimulatedWorld _world = new(seed: 1);
    private readonly List<string> _stopped = [];

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Children_stop_in_the_order_of_their_names()
    {
        var system = _world.CreateSystem("s").ActorSystem;
        var parent = system.ActorOf(Props.Create(() => new Parent(_stopped)), "parent");
        _world.Run();
        system.Stop(parent);
        _world.Run();
        Assert.Equal([.. s_names.Order(StringComparer.Ordinal), "parent"], _stopped);
    }

    [Fact]
    public void Whom_an_actor_stops_by_itself_stops_in_the_order_it_says()
    {
        var system = _world.CreateSystem("s").ActorSystem;
        var parent = system.ActorOf(Props.Create(() => new Parent(_stopped)), "parent");
        parent.Tell("stop children");
        _world.Run();
        Assert.Equal(s_names, _stopped);
    }

    private sealed class Parent(List<string> stopped) : UntypedActor
    {
        private readonly List<IActorRef> _children = [];

        protected override void PreStart()
        {
            foreach (var name in s_names)
            {
                _children.Add(Context.ActorOf(Props.Create(() => new Child(stopped)), name));
            }
        }

        protected override void OnReceive(object message) => _children.ForEach(Context.Stop);

        protected override void PostStop() => stopped.Add(Self.Path.Name);
    }

    private sealed class Child(List<string> stopped) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
        }

        protected override void PostStop() => stopped.Add(Self.Path.Name);
    }
}
