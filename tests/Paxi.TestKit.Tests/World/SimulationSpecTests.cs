using System.Diagnostics;
using Akka.Actor;
using Paxi.TestKit.World;
using Xunit;

namespace Paxi.TestKit.Tests.World;

public sealed class SimulationSpecTests : SimulationSpec
{
    [Fact]
    public void A_probe_expects_after_the_world_ran()
    {
        var other = World.CreateSystem("other").ActorSystem;
        var echo = other.ActorOf(Props.Create<Echo>());
        var probe = CreateTestProbe();
        echo.Tell("hello", probe.Ref);
        World.Run();

        probe.ExpectMsg("hello");
        Assert.Equal(TimeSpan.FromSeconds(3), World.Now);
    }

    [Fact]
    public void Expect_pumps_in_virtual_time()
    {
        var echo = Sys.ActorOf(Props.Create<Echo>());
        echo.Tell("hello", TestActor);

        ExpectNothing(TimeSpan.FromSeconds(2.999));
        Assert.Equal("hello", Expect<string>());
        Assert.Equal(TimeSpan.FromSeconds(3), World.Now);
    }

    [Fact]
    public void Expect_gives_up_after_its_virtual_time_and_hardly_any_real_time()
    {
        var clock = Stopwatch.StartNew();
        Assert.ThrowsAny<Exception>(() => Expect<string>(within: TimeSpan.FromHours(10)));
        Assert.Equal(TimeSpan.FromHours(10), World.Now);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10));
    }

    private sealed class Echo : UntypedActor
    {
        protected override void OnReceive(object message) =>
            Context.System.Scheduler.ScheduleTellOnce(TimeSpan.FromSeconds(3), Sender, message, Self);
    }
}
