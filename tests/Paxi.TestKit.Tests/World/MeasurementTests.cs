using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using Paxi.TestKit.World;
using Xunit;
using Xunit.Abstractions;

namespace Paxi.TestKit.Tests.World;

/// <summary>Prints figures; asserts on no clock, only that the work was done.</summary>
public sealed class MeasurementTests(ITestOutputHelper output)
{
    private const int Throws = 300_000;

    [Theory]
    [InlineData(1, false)]
    [InlineData(5, false)]
    [InlineData(5, true)]
    public void Deliveries_per_second(int systems, bool isShuffled)
    {
        var best = 0.0;
        for (var round = 0; round < 3; round++)
        {
            using var balls = new Balls(
                new WorldOptions { ShuffleReadyWork = isShuffled }, systems, players: 5, balls: 100, Throws);
            var clock = Stopwatch.StartNew();
            balls.World.Run();
            best = Math.Max(best, Throws / clock.Elapsed.TotalSeconds);
            Assert.True(balls.Left <= 0);
        }

        Print($"{systems} systems, shuffled {isShuffled}: {best:0} deliveries/s");
    }

    [Theory]
    [InlineData(10, 9)]
    [InlineData(1, 90)]
    public void Creation_and_disposal_of_systems(int systems, int actorsEach)
    {
        const int Worlds = 30;
        var creation = TimeSpan.Zero;
        var disposal = TimeSpan.Zero;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < Worlds; i++)
        {
            var clock = Stopwatch.StartNew();
            var world = new SimulatedWorld(seed: 1);
            for (var s = 0; s < systems; s++)
            {
                var system = world.CreateSystem($"s{s}").ActorSystem;
                for (var a = 0; a < actorsEach; a++)
                {
                    system.ActorOf(Props.Create(() => new Idle()), $"a{a}");
                }
            }

            world.Settle();
            var created = clock.Elapsed;
            world.Dispose();
            if (i >= 5)
            {
                creation += created;
                disposal += clock.Elapsed - created;
            }
        }

        var kept = (GC.GetTotalMemory(forceFullCollection: true) - before) / 1024.0 / Worlds;
        Print($"{systems} systems of {actorsEach} actors: creation {creation.TotalMilliseconds / (Worlds - 5):0.00} ms, "
            + $"disposal {disposal.TotalMilliseconds / (Worlds - 5):0.000} ms, kept {kept:0} KiB a world");
        Assert.True(kept < 4_096, "worlds are not collected");
    }

    private void Print(FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private void Print(string text) => output.WriteLine(text);

    private sealed class Idle : UntypedActor
    {
        protected override void OnReceive(object message)
        {
        }
    }
}
